import Dispatch
import Synchronization

/// What a thread has found out, for the one that started it.
private final class Finding<Value>: Sendable {
  private let isThere = DispatchSemaphore(value: 0)
  private let result = Mutex<Result<Value, AudioError>?>(nil)

  /// The lock is held meanwhile: nobody takes the result before it is there.
  func find(_ body: () throws(AudioError) -> sending Value) {
    result.withLock { result in
      do throws(AudioError) { result = .success(try body()) } catch { result = .failure(error) }
    }
    isThere.signal()
  }

  /// The result, once; nil where it is not there in time.
  func take(before end: DispatchTime) -> sending Result<Value, AudioError>? {
    guard isThere.wait(timeout: end) == .success else { return nil }
    return result.withLock { result in
      let found = result
      result = nil
      return found
    }
  }
}

/// Does what may wait for a file system that does not answer, such as opening a file, and gives up waiting for it when
/// the time is over.
///
/// A call of the system cannot be taken back: the thread that it was made on goes on waiting then, alone, and what it
/// brings is dropped.
///
/// - Parameters:
///   - deadline: nil: any time.
///   - path: the file, for the error.
/// - Throws: `AudioError.decodingTookTooLong`, and what `body` throws.
func within<Value>(
  _ deadline: Deadline?, _ path: String, _ body: @escaping @Sendable () throws(AudioError) -> sending Value
) throws(AudioError) -> Value {
  guard let deadline else { return try body() }
  let finding = Finding<Value>()
  // A queue of its own has a thread of its own, however many others wait.
  DispatchQueue(label: "maest.audio.opening").async { finding.find(body) }
  let remaining = min(max(.zero, deadline.remaining), .seconds(1 << 30))
  let end = DispatchTime.now() + .nanoseconds(Int(remaining / .nanoseconds(1)))
  guard let result = finding.take(before: end) else {
    throw .decodingTookTooLong(path: path, frameCount: 0, limit: deadline.limit)
  }
  return try result.get()
}
