import Dispatch
import Foundation
import Synchronization

/// The bytes of standard input as they come, until its end or an interruption.
///
/// They are read ahead while a patch is being analysed, so that a program that records live is never kept waiting.
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

    /// All bytes that have come, at least one; nil at the end.
    mutating func next() async throws -> [UInt8]? { try await reader.next() }
  }
}

/// A thread that reads into memory, up to a limit, for one reader.
private final class InputReader: Sendable {
  /// Bytes that wait at the most: over 40 s of 16-bit stereo at 44.1 kHz, more than the longest patch.
  private static let capacity = 1 << 23
  /// Bytes that are read at a time at the most.
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

  // MARK: - The reader's side

  func next() async throws -> [UInt8]? {
    try await withCheckedThrowingContinuation { continuation in
      state.withLock { state in
        state.waiting = continuation
        handOver(&state)
      }
    }
  }

  /// Gives the reader what is there, if it waits and there is anything.
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

  // MARK: - The thread's side

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

  /// The next bytes; nil at the end, after a failure or an interruption, which the reader is told.
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
