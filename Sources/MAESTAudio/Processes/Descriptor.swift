import MAESTFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A system call that failed.
struct SystemError: Error {
  let code: Int32

  var message: String { String(cString: strerror(code)) }
}

/// A file descriptor that is closed with its object and not inherited by other programs.
final class Descriptor {
  let number: Int32

  /// Takes ownership of a descriptor. Moves it above those of the standard streams: a program that was started without
  /// standard streams may have been given one of their numbers.
  private init(takingOver original: Int32) throws(SystemError) {
    number = fcntl(original, F_DUPFD_CLOEXEC, 3)
    let code = errno
    close(original)
    guard number >= 0 else { throw SystemError(code: code) }
  }

  deinit {
    if number >= 0 { close(number) }
  }

  /// Opens a file, pipe or device for reading.
  ///
  /// - Parameter waiting: whether opening a pipe waits for a writer, and reading waits for bytes.
  static func opened(_ path: String, waiting: Bool = true) throws(SystemError) -> Descriptor {
    let number = PathCalls.open(path, O_RDONLY | (waiting ? 0 : O_NONBLOCK))
    guard number >= 0 else { throw SystemError(code: errno) }
    return try Descriptor(takingOver: number)
  }

  /// Duplicates the descriptor, for a caller that closes it.
  func duplicate() throws(SystemError) -> Int32 {
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else { throw SystemError(code: errno) }
    return copy
  }

  /// Makes reads block if it was opened as non-blocking.
  func letReadingWait() {
    _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) & ~O_NONBLOCK)
  }

  /// Creates a connected pair of descriptors.
  static func pipe() throws(SystemError) -> (read: Descriptor, write: Descriptor) {
    var ends: [Int32] = [-1, -1]
    #if canImport(Darwin)
      let code = Darwin.pipe(&ends)
    #else
      // A socket pair is created close-on-exec, so even a program that another thread starts at this moment does not
      // inherit it. (So would be the result of pipe2, which Swift does not import.)
      let code = socketpair(AF_UNIX, closingStream, 0, &ends)
    #endif
    guard code == 0 else { throw SystemError(code: errno) }
    let read: Descriptor
    do {
      read = try Descriptor(takingOver: ends[0])
    } catch {
      close(ends[1])
      throw error
    }
    return (read, try Descriptor(takingOver: ends[1]))
  }

  #if canImport(Glibc)
    private static let closingStream = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
  #elseif canImport(Musl)
    private static let closingStream = SOCK_STREAM | SOCK_CLOEXEC
  #endif

  /// Reads bytes, waiting for the first ones.
  ///
  /// - Returns: the number of bytes now at the beginning of the buffer; 0 at the end or after a read error.
  func read(into buffer: inout [UInt8]) -> Int {
    max(0, buffer.withUnsafeMutableBytes { read(into: $0) })
  }

  /// Reads bytes, waiting for the first ones.
  ///
  /// - Returns: the number of bytes now at the beginning of the buffer; 0 at the end; below 0 after an error, which
  ///   `errno` then is.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      #if canImport(Darwin)
        let count = Darwin.read(number, buffer.baseAddress, buffer.count)
      #elseif canImport(Glibc)
        let count = Glibc.read(number, buffer.baseAddress, buffer.count)
      #else
        let count = Musl.read(number, buffer.baseAddress, buffer.count)
      #endif
      guard count < 0, errno == EINTR else { return count }
    }
  }

  /// Reads bytes at an offset in a file.
  ///
  /// - Returns: as `read(into:)`.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    while true {
      let count = pread(number, buffer.baseAddress, buffer.count, off_t(offset))
      guard count < 0, errno == EINTR else { return count }
    }
  }
}

/// Waits until one of the descriptors has bytes or is at its end, at most for `limit`.
///
/// - Returns: for each descriptor whether it is ready; false for nil. It may return before the limit.
func waitForInput(of descriptors: [Descriptor?], atMost limit: Duration) -> [Bool] {
  var polled = descriptors.map { pollfd(fd: $0?.number ?? -1, events: Int16(POLLIN), revents: 0) }
  let milliseconds = max(.zero, limit) / .milliseconds(1)
  let count = poll(&polled, nfds_t(polled.count), Int32(min(milliseconds.rounded(.up), 1e9)))
  return polled.map { count > 0 && $0.revents != 0 }
}

/// Writes bytes to a descriptor, as the system call does.
func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  #if canImport(Darwin)
    Darwin.write(descriptor, bytes.baseAddress, bytes.count)
  #elseif canImport(Glibc)
    Glibc.write(descriptor, bytes.baseAddress, bytes.count)
  #else
    Musl.write(descriptor, bytes.baseAddress, bytes.count)
  #endif
}
