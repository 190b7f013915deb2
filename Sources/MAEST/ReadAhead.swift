import Foundation

/// Values that a thread of its own makes, a few ahead of the one who takes them.
///
/// The thread is none of Dispatch's, whose number is that of the cores: it waits most of the time.
/// `@unchecked Sendable` because the condition's lock guards all that changes.
package final class ReadAhead<Value: Sendable>: @unchecked Sendable {
  /// Hands a value over, waiting for room; throws once nobody wants more.
  package typealias Deliver = (Value) throws -> Void

  private let capacity: Int
  private let condition = NSCondition()
  private var ready: [Value] = []
  private var end: Result<Void, any Error>?
  private var isAbandoned = false

  /// - Parameters:
  ///   - capacity: the most values that wait, at least 1.
  ///   - produce: makes all values, on the thread; what it throws, ``next()`` throws after the last value.
  package init(capacity: Int, _ produce: @escaping @Sendable (_ deliver: Deliver) throws -> Void) {
    precondition(capacity >= 1, "room for \(capacity) values")
    self.capacity = capacity
    Thread.detachNewThread { [self] in
      let end = Result { try produce { try deliver($0) } }
      condition.withLock {
        self.end = end
        condition.broadcast()
      }
    }
  }

  private func deliver(_ value: Value) throws {
    try condition.withLock {
      while ready.count >= capacity && !isAbandoned { condition.wait() }
      if isAbandoned { throw CancellationError() }
      ready.append(value)
      condition.broadcast()
    }
  }

  /// The next value, waiting for it; nil after the last one.
  package func next() throws -> Value? {
    try condition.withLock {
      while ready.isEmpty && end == nil { condition.wait() }
      guard !ready.isEmpty else {
        try end?.get()
        return nil
      }
      condition.broadcast()
      return ready.removeFirst()
    }
  }

  /// Lets the thread end at its next value.
  package func abandon() {
    condition.withLock {
      isAbandoned = true
      condition.broadcast()
    }
  }
}
