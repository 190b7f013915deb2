import Foundation
import Synchronization

/// A server of HTTP/1.1 on 127.0.0.1 for tests: one answer a connection, at most a hundred connections.
public final class LoopbackServer: Sendable {
  public struct Request: Sendable {
    public let path: String
    /// Fields of the head, names in lower case.
    public let fields: [String: String]

    public init(path: String, fields: [String: String]) {
      self.path = path
      self.fields = fields
    }
  }

  public struct Answer: Sendable {
    public var status: Int
    public var fields: [String: String]
    public var body: Data
    /// Bytes of the body that are sent; nil: all.
    public var sentByteCount: Int?
    /// After these bytes nothing more is sent, and the connection stays open.
    public var stalls = false

    public init(status: Int = 200, fields: [String: String] = [:], body: Data = Data()) {
      self.status = status
      self.fields = fields
      self.body = body
    }
  }

  private struct State {
    var requests: [Request] = []
    var sentByteCounts: [String: Int] = [:]
    var open: Set<Int32> = []
    var isStopped = false
  }

  public let port: Int
  private let listener: Int32
  private let state = Mutex(State())
  private let answer: @Sendable (_ request: Request, _ earlierRequests: Int) -> Answer

  private static let connectionLimit = 100
  private static let secondsLimit = 10

  public struct SystemError: Error {
    public let code = errno
  }

  /// Starts to listen on a free port; `answer` is given the number of earlier requests for the same path.
  public init(answer: @escaping @Sendable (_ request: Request, _ earlierRequests: Int) -> Answer) throws {
    self.answer = answer
    #if canImport(Darwin)
      let listener = socket(AF_INET, SOCK_STREAM, 0)
    #else
      let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    self.listener = listener
    guard listener >= 0 else { throw SystemError() }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(listener, pointer, length) == 0 && listen(listener, 16) == 0
          && getsockname(listener, pointer, &length) == 0
      }
    }
    guard isListening else { throw SystemError() }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread { self.acceptAll() }.start()
  }

  public var baseURL: String { "http://127.0.0.1:\(port)" }

  /// Requests for paths with this ending, in order.
  public func requests(_ ending: String) -> [Request] {
    state.withLock { $0.requests.filter { $0.path.hasSuffix(ending) } }
  }

  /// Bytes of bodies that were sent for paths with this ending.
  public func sentByteCount(_ ending: String) -> Int {
    state.withLock { state in
      state.sentByteCounts.filter { $0.key.hasSuffix(ending) }.values.reduce(0, +)
    }
  }

  /// Ends all connections.
  public func stop() {
    state.withLock { state in
      state.isStopped = true
      for descriptor in state.open { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
    // Wakes up the thread that waits for connections.
    _ = shutdown(listener, Int32(SHUT_RDWR))
  }

  private func acceptAll() {
    for _ in 0..<Self.connectionLimit {
      let descriptor = accept(listener, nil, nil)
      guard descriptor >= 0 else { break }
      var limit = timeval(tv_sec: Self.secondsLimit, tv_usec: 0)
      for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
        setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
      }
      let isWanted = state.withLock { state in
        if !state.isStopped { state.open.insert(descriptor) }
        return !state.isStopped
      }
      guard isWanted else {
        close(descriptor)
        break
      }
      Thread {
        self.serve(descriptor)
        self.state.withLock { state in
          state.open.remove(descriptor)
          close(descriptor)
        }
      }.start()
    }
    close(listener)
  }

  private func serve(_ descriptor: Int32) {
    guard let request = Self.readRequest(descriptor) else { return }
    let earlier = state.withLock { state in
      defer { state.requests.append(request) }
      return state.requests.count { $0.path == request.path }
    }
    let answer = answer(request, earlier)
    var fields = answer.fields
    fields["Content-Length"] = fields["Content-Length"] ?? "\(answer.body.count)"
    fields["Connection"] = "close"
    let lines = ["HTTP/1.1 \(answer.status) Test"] + fields.map { "\($0.key): \($0.value)" } + ["", ""]
    let sent = answer.body.prefix(answer.sentByteCount ?? answer.body.count)
    state.withLock { $0.sentByteCounts[request.path, default: 0] += sent.count }
    guard Self.send(Data(lines.joined(separator: "\r\n").utf8), descriptor), Self.send(sent, descriptor)
    else { return }
    if answer.stalls {
      var byte: UInt8 = 0
      _ = recv(descriptor, &byte, 1, 0)
    }
  }

  private static func readRequest(_ descriptor: Int32) -> Request? {
    var head = Data()
    var buffer = [UInt8](repeating: 0, count: 4096)
    while head.range(of: Data("\r\n\r\n".utf8)) == nil {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0, head.count < 65536 else { return nil }
      head.append(contentsOf: buffer.prefix(count))
    }
    let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count == 3, words[0] == "GET" else { return nil }
    let fields = lines.dropFirst().compactMap { line -> (String, String)? in
      let parts = line.split(separator: ":", maxSplits: 1)
      return parts.count == 2
        ? (parts[0].lowercased(), parts[1].trimmingCharacters(in: .whitespaces)) : nil
    }
    return Request(path: String(words[1]), fields: Dictionary(fields) { first, _ in first })
  }

  private static func send(_ data: Data, _ descriptor: Int32) -> Bool {
    #if canImport(Darwin)
      let flags = Int32(0)
      var isSilent: Int32 = 1
      setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &isSilent, socklen_t(MemoryLayout<Int32>.size))
    #else
      let flags = Int32(MSG_NOSIGNAL)
    #endif
    var rest = data[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { sendBytes(descriptor, $0.baseAddress, $0.count, flags) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

private func sendBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
  guard let bytes else { return 0 }
  return send(descriptor, bytes, count, flags)
}

extension LoopbackServer.Answer {
  /// A file as a good server gives it: the part that was asked for while the entity tag is the one asked with.
  public static func file(
    _ bytes: Data, to request: LoopbackServer.Request, entityTag: String? = "\"1\"", givesParts: Bool = true
  ) -> Self {
    var answer = Self(body: bytes)
    answer.fields["ETag"] = entityTag
    guard givesParts, let range = request.fields["range"], range.hasPrefix("bytes="), range.hasSuffix("-"),
      let first = Int(range.dropFirst(6).dropLast()), request.fields["if-range"] == entityTag
    else { return answer }
    guard first < bytes.count else {
      return Self(status: 416, fields: ["Content-Range": "bytes */\(bytes.count)"])
    }
    answer.status = 206
    answer.fields["Content-Range"] = "bytes \(first)-\(bytes.count - 1)/\(bytes.count)"
    answer.body = bytes.dropFirst(first)
    return answer
  }

  /// The same, broken off after so many bytes of the body.
  public func cut(after byteCount: Int) -> Self {
    var answer = self
    answer.sentByteCount = byteCount
    return answer
  }

  /// The same, stopping after so many bytes of the body.
  public func stalling(after byteCount: Int) -> Self {
    var answer = cut(after: byteCount)
    answer.stalls = true
    return answer
  }
}
