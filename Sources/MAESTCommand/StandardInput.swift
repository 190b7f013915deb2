import Dispatch
import Foundation

/// The bytes of standard input as they come, until its end or an interruption.
struct StandardInput: AsyncSequence, Sendable {
  typealias Element = [UInt8]

  let interruption: Interruption
  /// Bytes that are read at a time at the most.
  private static let chunkLength = 65536

  struct SystemError: Error, CustomStringConvertible {
    let code: Int32
    var description: String { "cannot read standard input: \(String(cString: strerror(code)))" }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stop: interruption.descriptor) }

  struct AsyncIterator: AsyncIteratorProtocol {
    let stop: Int32

    /// The next bytes, at least one; nil at the end.
    mutating func next() async throws -> [UInt8]? {
      let stop = stop
      // Waiting for input would block a thread that tasks share.
      return try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
          continuation.resume(with: Result { try StandardInput.read(stop: stop) })
        }
      }
    }
  }

  private static func read(stop: Int32) throws -> [UInt8]? {
    var descriptors = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      guard poll(&descriptors, 2, -1) >= 0 else {
        guard errno == EINTR else { throw SystemError(code: errno) }
        continue
      }
      if descriptors[1].revents != 0 { return nil }
      var bytes = [UInt8](repeating: 0, count: chunkLength)
      let count = Foundation.read(STDIN_FILENO, &bytes, chunkLength)
      if count < 0 {
        guard errno == EINTR || errno == EAGAIN else { throw SystemError(code: errno) }
        continue
      }
      return count == 0 ? nil : Array(bytes[..<count])
    }
  }
}
