import Dispatch
import Synchronization

/// A bounded queue between threads; producers wait while it is full.
package final class BoundedQueue<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  /// Counts free places, plus one signal once the queue is closed.
  private let places = DispatchSemaphore(value: 0)
  /// Counts elements put, plus one signal once the queue is closed. A consumer that takes several elements leaves the
  /// signals of the others; a consumer that receives such a signal finds no element and waits again.
  private let arrivals = DispatchSemaphore(value: 0)

  /// - Parameter capacity: the maximum number of queued elements, at least 1.
  package init(capacity: Int) {
    precondition(capacity >= 1, "room for \(capacity) values")
    // Uses signals instead of an initial value: a semaphore must not be deallocated below its initial value.
    for _ in 0..<capacity { places.signal() }
  }

  /// Adds an element, waiting for a free place.
  ///
  /// - Returns: false if the queue is closed.
  package func put(_ element: Element) -> Bool {
    places.wait()
    let isClosed = state.withLock { state in
      if !state.isClosed { state.elements.append(element) }
      return state.isClosed
    }
    if isClosed {
      // Wakes the next producer.
      places.signal()
    } else {
      arrivals.signal()
    }
    return !isClosed
  }

  /// Removes elements in order, waiting for at least one; returns none once the queue is closed and empty.
  ///
  /// - Parameters:
  ///   - limit: the maximum number of elements, at least 1.
  ///   - checkpoint: called regularly while waiting; an error that it throws ends the wait.
  package func take<Failure: Error>(
    upTo limit: Int, checkpoint: () throws(Failure) -> Void
  ) throws(Failure) -> [Element] {
    while true {
      while arrivals.wait(timeout: .now() + .milliseconds(20)) == .timedOut { try checkpoint() }
      if let taken = taken(upTo: limit) { return taken }
    }
  }

  /// Removes elements in order, waiting for at least one; returns none once the queue is closed and empty.
  ///
  /// - Parameters:
  ///   - limit: the maximum number of elements, at least 1.
  ///   - consumerCount: the consumers that share what is queued: none takes more than its share, rounded up.
  package func take(upTo limit: Int, sharedBy consumerCount: Int = 1) -> [Element] {
    while true {
      arrivals.wait()
      if let taken = taken(upTo: limit, sharedBy: consumerCount) { return taken }
    }
  }

  /// Returns the next elements after a signal; nil if there are none and more may come.
  private func taken(upTo limit: Int, sharedBy consumerCount: Int = 1) -> [Element]? {
    let (taken, isClosed) = state.withLock { state in
      let share = (state.elements.count + consumerCount - 1) / consumerCount
      let taken = Array(state.elements.prefix(min(limit, share)))
      state.elements.removeFirst(taken.count)
      return (taken, state.isClosed)
    }
    for _ in taken { places.signal() }
    guard taken.isEmpty else { return taken }
    guard isClosed else { return nil }
    // Wakes the next consumer.
    arrivals.signal()
    return []
  }

  /// Closes the queue: no elements can be added. Queued elements can still be removed.
  package func close() { end(dropsElements: false) }

  /// Closes the queue and drops its elements.
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
