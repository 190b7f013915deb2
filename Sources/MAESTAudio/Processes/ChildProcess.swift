#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A child process whose output is read.
///
/// Its standard input is empty unless one is given. Of the environment, it inherits only what is needed to find files
/// and libraries. Signals of the terminal do not reach it. It does not outlive its object: it is killed together with
/// the processes it started, and waited for.
final class ChildProcess {
  /// How a program ended.
  enum Exit: Equatable, CustomStringConvertible {
    case code(Int)
    case signal(Int)
    /// It has ended with an unknown status: this process ignores SIGCHLD, or another part of it waited for the child.
    case unknown

    var description: String {
      switch self {
      case .code(let code): "exit status \(code)"
      case .signal(let signal): "ended by signal \(signal)"
      case .unknown: "exit status unknown"
      }
    }
  }

  private static let chunkLength = 65536
  private static let lastChunkCount = 64
  private static let pollInterval = Duration.milliseconds(5)

  private let identifier: pid_t
  private let output: Descriptor
  private var messageOutput: Descriptor?
  private var messageTail: MessageTail
  private var exit: Exit?
  private var buffer = [UInt8](repeating: 0, count: chunkLength)

  /// - Parameters:
  ///   - program: its path.
  ///   - arguments: without the program's name.
  ///   - input: its standard input.
  ///   - keptMessageLength: the number of last bytes of standard error that are kept.
  init(
    program: String, arguments: [String], input: Descriptor? = nil, keptMessageLength: Int = 4096
  ) throws(SystemError) {
    let output = try Descriptor.pipe()
    let messages = try Descriptor.pipe()
    identifier = try spawn(
      program, arguments, input: input, output: output.write, messages: messages.write)
    self.output = output.read
    messageOutput = messages.read
    messageTail = MessageTail(capacity: keptMessageLength)
  }

  deinit {
    guard exit == nil, isThere else { return }
    kill(-identifier, SIGKILL)
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
  }

  /// The last line of its standard error; nil if there is none.
  var lastMessage: String? { messageTail.lastLine }

  /// The end of its standard error, as much of it as is kept.
  var messages: String { messageTail.text }

  /// The bytes of the last line of its standard error, as far as they are kept.
  var lastMessageLine: ArraySlice<UInt8> { messageTail.lastLineBytes }

  /// Reads the next bytes of its standard output.
  ///
  /// - Parameter limit: nil: no limit.
  /// - Returns: no bytes at the end of the output; nil if nothing arrived in time.
  func read(within limit: Duration?) -> [UInt8]? {
    let deadline = SuspendingClock.now + (limit ?? Deadline.longest)
    while true {
      let remaining = deadline - .now
      let ready = waitForInput(of: [output, messageOutput], atMost: remaining)
      if ready[1] { readMessages() }
      if ready[0] { return Array(buffer[..<output.read(into: &buffer)]) }
      if remaining <= .zero { return nil }
    }
  }

  /// Waits until it exits, after the end of its output.
  ///
  /// - Parameter limit: nil: no limit.
  /// - Returns: nil if it did not exit in time.
  func exit(within limit: Duration?) -> Exit? {
    let deadline = SuspendingClock.now + (limit ?? Deadline.longest)
    checkForExit()
    while exit == nil, deadline > .now {
      if isMessageThere(within: min(deadline - .now, Self.pollInterval)) { readMessages() }
      checkForExit()
    }
    // Reads the rest of its standard error, with a limit, since another program may hold it open.
    var chunkCount = 0
    while exit != nil, chunkCount < Self.lastChunkCount, isMessageThere(within: .zero) {
      readMessages()
      chunkCount += 1
    }
    return exit
  }

  private func isMessageThere(within limit: Duration) -> Bool {
    waitForInput(of: [messageOutput], atMost: limit)[0]
  }

  private func checkForExit() {
    var status: Int32 = 0
    let found = waitpid(identifier, &status, WNOHANG)
    if found == identifier {
      let signal = Int(status & 0x7F)
      exit = signal != 0 ? .signal(signal) : .code(Int(status >> 8 & 0xFF))
    } else if found < 0, errno != EINTR {
      exit = .unknown
    }
  }

  /// Whether the system still knows the process, running or ended, so that its process identifier cannot be reused.
  private var isThere: Bool {
    var information = siginfo_t()
    return waitid(P_PID, id_t(identifier), &information, WEXITED | WNOHANG | WNOWAIT) == 0
  }

  private func readMessages() {
    guard let count = messageOutput?.read(into: &buffer), count > 0 else {
      messageOutput = nil
      return
    }
    messageTail.append(buffer[..<count])
  }
}

/// The end of a program's standard error.
struct MessageTail {
  private static let longestLine = 300

  /// The maximum number of bytes that are kept.
  private let capacity: Int
  private var bytes: [UInt8] = []

  init(capacity: Int) { self.capacity = capacity }

  mutating func append(_ new: ArraySlice<UInt8>) {
    bytes += new
    bytes.removeFirst(max(0, bytes.count - capacity))
  }

  /// All kept bytes as text.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The last line unchanged, without its newline.
  var lastLineBytes: ArraySlice<UInt8> {
    let text = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
    return text.suffix(from: text.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? text.startIndex)
  }

  /// The last line that is not blank, without control characters; nil if there is none.
  var lastLine: String? {
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      line.unicodeScalars.filter { $0.properties.generalCategory != .control }
    }
    guard let line = lines.last(where: { $0.contains { !$0.properties.isWhitespace } }) else { return nil }
    return String(String(String.UnicodeScalarView(line)).prefix(Self.longestLine))
  }
}
