import Foundation
import Synchronization

/// Values that a thread of its own makes, a few ahead of the one who takes them.
///
/// The thread is none of Dispatch's, whose number is that of the cores: it waits most of the time.
package final class ReadAhead<Value: Sendable>: Sendable {
  /// Hands a value over, waiting for room; throws once nobody wants more.
  package typealias Deliver = (Value) throws -> Void

  private let values: BoundedQueue<Value>
  /// What the thread threw; known when ``values`` is closed.
  private let failure = Mutex<(any Error)?>(nil)

  /// - Parameters:
  ///   - capacity: the most values that wait, at least 1.
  ///   - produce: makes all values, on the thread; what it throws, ``next()`` throws after the last value.
  package init(capacity: Int, _ produce: @escaping @Sendable (_ deliver: Deliver) throws -> Void) {
    values = BoundedQueue(capacity: capacity)
    Thread.detachNewThread { [self] in
      do {
        try produce { guard values.put($0) else { throw CancellationError() } }
      } catch {
        failure.withLock { $0 = error }
      }
      values.close()
    }
  }

  /// The next value, waiting for it; nil after the last one.
  package func next() throws -> Value? {
    if let value = values.take(upTo: 1).first { return value }
    if let error = failure.withLock({ $0 }) { throw error }
    return nil
  }

  /// Lets the thread end at its next value, and drops those that wait.
  package func abandon() { values.abandon() }
}
