import Dispatch
import Synchronization

/// The result of a thread, for the thread that started it.
private final class Finding<Value>: Sendable {
  private let isThere = DispatchSemaphore(value: 0)
  private let result = Mutex<Result<Value, AudioError>?>(nil)

  /// Holds the lock while `body` runs, so that the result cannot be taken before it is set.
  func find(_ body: () throws(AudioError) -> sending Value) {
    result.withLock { result in
      do throws(AudioError) { result = .success(try body()) } catch { result = .failure(error) }
    }
    isThere.signal()
  }

  /// Returns the result, once; nil if it is not set in time.
  func take(before end: DispatchTime) -> sending Result<Value, AudioError>? {
    guard isThere.wait(timeout: end) == .success else { return nil }
    return result.withLock { result in
      let found = result
      result = nil
      return found
    }
  }
}

/// Runs `body`, which may block on a file system that does not respond (such as opening a file), and stops waiting for
/// it at the deadline.
///
/// A blocked system call cannot be cancelled: its thread keeps waiting, and its result is dropped.
///
/// - Parameters:
///   - deadline: nil: no limit.
///   - path: the file, for the error.
/// - Throws: `AudioError.decodingTookTooLong`, and the errors of `body`.
func within<Value>(
  _ deadline: Deadline?, _ path: String, _ body: @escaping @Sendable () throws(AudioError) -> sending Value
) throws(AudioError) -> Value {
  guard let deadline else { return try body() }
  let finding = Finding<Value>()
  // A separate queue has its own thread, however many others are blocked.
  DispatchQueue(label: "maest.audio.opening").async { finding.find(body) }
  let remaining = min(max(.zero, deadline.remaining), .seconds(1 << 30))
  let end = DispatchTime.now() + .nanoseconds(Int(remaining / .nanoseconds(1)))
  guard let result = finding.take(before: end) else {
    throw .decodingTookTooLong(path: path, frameCount: 0, limit: deadline.limit)
  }
  return try result.get()
}
