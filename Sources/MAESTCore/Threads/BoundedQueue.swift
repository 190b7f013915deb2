import Dispatch
import Synchronization

/// Values on their way from some threads to others; producers wait while it is full.
package final class BoundedQueue<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  /// Free places, and one signal more once the queue is closed.
  private let places = DispatchSemaphore(value: 0)
  /// One signal for each element put, and one more once the queue is closed. A consumer that takes several elements
  /// leaves the signals of the others, whose receiver then finds no element and waits again.
  private let arrivals = DispatchSemaphore(value: 0)

  /// - Parameter capacity: the most values that wait, at least 1.
  package init(capacity: Int) {
    precondition(capacity >= 1, "room for \(capacity) values")
    // Signalled, not its initial value: a semaphore must not be released below that.
    for _ in 0..<capacity { places.signal() }
  }

  /// Adds a value, waiting for room.
  ///
  /// - Returns: false if the queue is closed.
  package func put(_ element: Element) -> Bool {
    places.wait()
    let isClosed = state.withLock { state in
      if !state.isClosed { state.elements.append(element) }
      return state.isClosed
    }
    if isClosed {
      // For the next producer.
      places.signal()
    } else {
      arrivals.signal()
    }
    return !isClosed
  }

  /// Takes values in order, waiting for at least one; no value once the queue is closed and empty.
  ///
  /// - Parameters:
  ///   - limit: the most that are taken, at least 1.
  ///   - checkpoint: called now and then while waiting; what it throws ends the waiting.
  package func take<Failure: Error>(
    upTo limit: Int, checkpoint: () throws(Failure) -> Void
  ) throws(Failure) -> [Element] {
    while true {
      while arrivals.wait(timeout: .now() + .milliseconds(20)) == .timedOut { try checkpoint() }
      if let taken = taken(upTo: limit) { return taken }
    }
  }

  /// Takes values in order, waiting for at least one; no value once the queue is closed and empty.
  package func take(upTo limit: Int) -> [Element] {
    while true {
      arrivals.wait()
      if let taken = taken(upTo: limit) { return taken }
    }
  }

  /// The next values after a signal; nil if there is none and more may come.
  private func taken(upTo limit: Int) -> [Element]? {
    let (taken, isClosed) = state.withLock { state in
      let taken = Array(state.elements.prefix(limit))
      state.elements.removeFirst(taken.count)
      return (taken, state.isClosed)
    }
    for _ in taken { places.signal() }
    guard taken.isEmpty else { return taken }
    guard isClosed else { return nil }
    // For the next consumer.
    arrivals.signal()
    return []
  }

  /// Says that no more values come. Those that are there can be taken.
  package func close() { end(dropsElements: false) }

  /// Drops what is there, and closes.
  package func abandon() { end(dropsElements: true) }

  private func end(dropsElements: Bool) {
    state.withLock { state in
      state.isClosed = true
      if dropsElements { state.elements = [] }
    }
    places.signal()
    arrivals.signal()
  }
}
