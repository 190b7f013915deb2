import Foundation
import MAESTCore
import Synchronization

/// Values that a thread of its own makes, a few ahead of the one who takes them.
///
/// The thread is none of Dispatch's, whose number is that of the cores: it waits most of the time. It ends with this
/// object: at its next value it learns that nobody wants one, and what it holds, such as a decoder, goes with it.
package final class ReadAhead<Value: Sendable>: Sendable {
  /// Hands a value over, waiting for room; throws once nobody wants more.
  package typealias Deliver = (Value) throws -> Void

  private let values: BoundedQueue<Value>
  private let failure = Failure()

  /// What the thread threw; known when ``values`` is closed.
  private final class Failure: Sendable {
    let error = Mutex<(any Error)?>(nil)
  }

  /// - Parameters:
  ///   - capacity: the most values that wait, at least 1.
  ///   - produce: makes all values, on the thread; what it throws, ``next()`` throws after the last value.
  package init(capacity: Int, _ produce: @escaping @Sendable (_ deliver: Deliver) throws -> Void) {
    values = BoundedQueue(capacity: capacity)
    // Not this object: the thread must not keep it.
    Thread.detachNewThread { [values, failure] in
      do {
        try produce { guard values.put($0) else { throw CancellationError() } }
      } catch {
        failure.error.withLock { $0 = error }
      }
      values.close()
    }
  }

  deinit { values.abandon() }

  /// The next value, waiting for it; nil after the last one.
  ///
  /// - Parameter checkpoint: called now and then while waiting; what it throws ends the waiting.
  package func next(checkpoint: () throws -> Void = {}) throws -> Value? {
    if let value = try values.take(upTo: 1, checkpoint: checkpoint).first { return value }
    if let error = failure.error.withLock({ $0 }) { throw error }
    return nil
  }

  /// Lets the thread end at its next value, and drops those that wait.
  package func abandon() { values.abandon() }
}
