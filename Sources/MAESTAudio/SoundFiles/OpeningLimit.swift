import Dispatch

/// What a thread has found out, for the one that started it. `@unchecked Sendable` because the result is written before
/// `isThere` is signalled and read after.
private final class Finding<Value>: @unchecked Sendable {
  let isThere = DispatchSemaphore(value: 0)
  var result: Result<Value, AudioError>?
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
  _ deadline: Deadline?, _ path: String, _ body: @escaping @Sendable () throws(AudioError) -> Value
) throws(AudioError) -> Value {
  guard let deadline else { return try body() }
  let finding = Finding<Value>()
  // A queue of its own has a thread of its own, however many others wait.
  DispatchQueue(label: "maest.audio.opening").async {
    finding.result = Result { () throws(AudioError) in try body() }
    finding.isThere.signal()
  }
  let remaining = min(max(.zero, deadline.remaining), .seconds(1 << 30))
  let end = DispatchTime.now() + .nanoseconds(Int(remaining / .nanoseconds(1)))
  guard finding.isThere.wait(timeout: end) == .success, let result = finding.result else {
    throw .decodingTookTooLong(path: path, frameCount: 0, limit: deadline.limit)
  }
  return try result.get()
}
