import Dispatch
import Foundation
import Synchronization

/// The bytes of standard input as they arrive, until its end or an interruption.
///
/// A thread reads ahead while a patch is being analysed, so that a live recorder is not blocked.
struct StandardInput: AsyncSequence, Sendable {
  typealias Element = [UInt8]

  let interruption: Interruption

  struct SystemError: Error, CustomStringConvertible {
    let code: Int32
    var description: String { "cannot read standard input: \(String(cString: strerror(code)))" }
  }

  func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(reader: InputReader(stop: interruption.descriptor))
  }

  struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let reader: InputReader

    /// Returns all bytes that have arrived, at least one; nil at the end.
    mutating func next() async throws -> [UInt8]? { try await reader.next() }
  }
}

/// Reads standard input into a bounded buffer on a dedicated thread, for one consumer.
private final class InputReader: Sendable {
  /// Buffer limit in bytes: over 40 s of 16-bit stereo at 44.1 kHz, longer than the longest patch.
  private static let capacity = 1 << 23
  /// Largest number of bytes per read.
  private static let chunkLength = 65536

  private struct State {
    var bytes: [UInt8] = []
    var end: Result<Void, StandardInput.SystemError>?
    var waiting: CheckedContinuation<[UInt8]?, any Error>?
    var isFull = false
  }

  private let state = Mutex(State())
  private let space = DispatchSemaphore(value: 0)

  init(stop: Int32) {
    Thread.detachNewThread { [self] in
      while let chunk = read(stop: stop) { keep(chunk) }
    }
  }

  // MARK: - Consumer

  func next() async throws -> [UInt8]? {
    try await withCheckedThrowingContinuation { continuation in
      state.withLock { state in
        state.waiting = continuation
        handOver(&state)
      }
    }
  }

  /// Resumes the waiting consumer if there are bytes or the input has ended.
  private func handOver(_ state: inout State) {
    guard let waiting = state.waiting, !state.bytes.isEmpty || state.end != nil else { return }
    state.waiting = nil
    guard state.bytes.isEmpty, let end = state.end else {
      waiting.resume(returning: state.bytes)
      state.bytes = []
      if state.isFull { space.signal() }
      state.isFull = false
      return
    }
    waiting.resume(with: end.map { nil }.mapError { $0 })
  }

  // MARK: - Reading thread

  private func keep(_ chunk: [UInt8]) {
    let isFull = state.withLock { state in
      state.bytes += chunk
      handOver(&state)
      state.isFull = state.bytes.count >= Self.capacity
      return state.isFull
    }
    if isFull { space.wait() }
  }

  private func finish(_ result: Result<Void, StandardInput.SystemError>) {
    state.withLock { state in
      state.end = result
      handOver(&state)
    }
  }

  /// Reads the next bytes. Returns nil at the end, after a failure or after an interruption, and passes the result to
  /// the consumer.
  private func read(stop: Int32) -> [UInt8]? {
    var descriptors = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
    ]
    var bytes = [UInt8](repeating: 0, count: Self.chunkLength)
    while true {
      var count = Int(poll(&descriptors, 2, -1))
      if count >= 0 {
        if descriptors[1].revents != 0 { break }
        count = Foundation.read(STDIN_FILENO, &bytes, Self.chunkLength)
      }
      if count > 0 { return Array(bytes[..<count]) }
      if count == 0 { break }
      guard errno == EINTR || errno == EAGAIN else {
        finish(.failure(StandardInput.SystemError(code: errno)))
        return nil
      }
    }
    finish(.success(()))
    return nil
  }
}
