#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A call of the operating system that failed.
struct SystemError: Error {
  let code: Int32

  var message: String { String(cString: strerror(code)) }
}

/// A file descriptor that is closed with its object and not passed on to other programs.
final class Descriptor {
  let number: Int32

  /// Takes over a descriptor: moves it above those of the standard streams, which a program that was started
  /// without them may have given away.
  private init(takingOver original: Int32) throws(SystemError) {
    number = fcntl(original, F_DUPFD_CLOEXEC, 3)
    let code = errno
    close(original)
    guard number >= 0 else { throw SystemError(code: code) }
  }

  deinit {
    if number >= 0 { close(number) }
  }

  /// A file, pipe or device, open for reading.
  ///
  /// - Parameter waiting: whether opening a pipe that nobody writes to waits for somebody, and reading for bytes.
  static func opened(_ path: String, waiting: Bool = true) throws(SystemError) -> Descriptor {
    let number = open(path, O_RDONLY | O_CLOEXEC | (waiting ? 0 : O_NONBLOCK))
    guard number >= 0 else { throw SystemError(code: errno) }
    return try Descriptor(takingOver: number)
  }

  /// Another descriptor of the same file, for one who closes it.
  func duplicate() throws(SystemError) -> Int32 {
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else { throw SystemError(code: errno) }
    return copy
  }

  /// Lets reading wait for bytes, where it was opened without.
  func letReadingWait() {
    _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) & ~O_NONBLOCK)
  }

  /// Two ends of a way for bytes.
  static func pipe() throws(SystemError) -> (read: Descriptor, write: Descriptor) {
    var ends: [Int32] = [-1, -1]
    #if canImport(Darwin)
      let code = Darwin.pipe(&ends)
    #else
      // A pair of sockets is never passed on, not even to a program that another thread starts right now. (So
      // would be what pipe2 makes, which Swift does not see.)
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

  /// Waits for bytes where there are none yet.
  ///
  /// - Returns: the number of bytes now at the beginning of the buffer; 0 at the end, or where nothing can be
  ///   read any more.
  func read(into buffer: inout [UInt8]) -> Int {
    while true {
      #if canImport(Darwin)
        let count = Darwin.read(number, &buffer, buffer.count)
      #elseif canImport(Glibc)
        let count = Glibc.read(number, &buffer, buffer.count)
      #else
        let count = Musl.read(number, &buffer, buffer.count)
      #endif
      guard count < 0, errno == EINTR else { return max(0, count) }
    }
  }
}

/// Waits until one of the descriptors has bytes or is at its end, at most for the time given.
///
/// - Returns: for each whether it has; a nil one never has. It may return before the time is over.
func waitForInput(of descriptors: [Descriptor?], atMost limit: Duration) -> [Bool] {
  var polled = descriptors.map { pollfd(fd: $0?.number ?? -1, events: Int16(POLLIN), revents: 0) }
  let milliseconds = max(.zero, limit) / .milliseconds(1)
  let count = poll(&polled, nfds_t(polled.count), Int32(min(milliseconds.rounded(.up), 1e9)))
  return polled.map { count > 0 && $0.revents != 0 }
}
