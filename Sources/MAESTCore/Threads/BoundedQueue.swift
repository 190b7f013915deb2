import Foundation

/// Values on their way from some threads to others; those who put wait while it is full.
///
/// `@unchecked Sendable` because the condition's lock guards all that changes.
package final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
  private let capacity: Int
  private let condition = NSCondition()
  private var elements: [Element] = []
  private var isClosed = false

  /// - Parameter capacity: the most values that wait, at least 1.
  package init(capacity: Int) {
    precondition(capacity >= 1, "room for \(capacity) values")
    self.capacity = capacity
  }

  /// Adds a value, waiting for room.
  ///
  /// - Returns: false where nobody wants it any more.
  package func put(_ element: Element) -> Bool {
    condition.withLock {
      while elements.count >= capacity && !isClosed { condition.wait() }
      guard !isClosed else { return false }
      elements.append(element)
      condition.broadcast()
      return true
    }
  }

  /// Takes values in order, waiting for one; no value once the queue is closed and empty.
  ///
  /// - Parameter limit: the most that are taken, at least 1; those that are there are not kept waiting for more.
  package func take(upTo limit: Int) -> [Element] {
    condition.withLock {
      while elements.isEmpty && !isClosed { condition.wait() }
      let taken = Array(elements.prefix(limit))
      elements.removeFirst(taken.count)
      condition.broadcast()
      return taken
    }
  }

  /// Says that no more values come. Those that are there can be taken.
  package func close() { end(dropsElements: false) }

  /// Drops what is there, and closes.
  package func abandon() { end(dropsElements: true) }

  private func end(dropsElements: Bool) {
    condition.withLock {
      isClosed = true
      if dropsElements { elements = [] }
      condition.broadcast()
    }
  }
}
