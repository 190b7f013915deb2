import Foundation
import MAESTCore
import Synchronization

/// Produces values on a dedicated thread, a few ahead of the consumer.
///
/// The thread blocks most of the time, so it must not occupy a Dispatch worker. When this object is released, the
/// thread ends at its next value and releases its resources, such as a decoder.
package final class ReadAhead<Value: Sendable>: Sendable {
  /// Delivers a value; waits for free capacity. Throws once the consumer has gone.
  package typealias Deliver = (Value) throws -> Void

  private let values: BoundedQueue<Value>
  private let failure = Failure()

  /// The error that the thread threw; set before ``values`` is closed.
  private final class Failure: Sendable {
    let error = Mutex<(any Error)?>(nil)
  }

  /// - Parameters:
  ///   - capacity: largest number of values that wait for the consumer, at least 1.
  ///   - produce: produces all values, on the thread; ``next()`` rethrows its error after the last value.
  package init(capacity: Int, _ produce: @escaping @Sendable (_ deliver: Deliver) throws -> Void) {
    values = BoundedQueue(capacity: capacity)
    // Do not capture self: the thread must not keep this object alive.
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

  /// Waits for the next value and returns it; nil after the last one.
  ///
  /// - Parameter checkpoint: called periodically while waiting; an error it throws ends the waiting.
  package func next(checkpoint: () throws -> Void = {}) throws -> Value? {
    if let value = try values.take(upTo: 1, checkpoint: checkpoint).first { return value }
    if let error = failure.error.withLock({ $0 }) { throw error }
    return nil
  }

  /// Ends the thread at its next value and drops the waiting values.
  package func abandon() { values.abandon() }
}
