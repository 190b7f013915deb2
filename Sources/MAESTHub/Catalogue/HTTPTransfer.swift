import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The status and header fields of a response that a download uses.
struct ResponseHead: Sendable, Equatable {
  var status: Int
  /// Identifies the file's version in later requests: a strong entity tag, else the last modification date.
  var validator: String?
  /// Length of the body in bytes; nil if the server does not send it.
  var contentLength: Int?
  /// For a partial response: offset of the first byte, and size of the whole file.
  var range: (first: Int, total: Int?)? {
    guard let text = contentRange?.lowercased(), text.hasPrefix("bytes ") else { return nil }
    let parts = text.dropFirst("bytes ".count).split(separator: "/", maxSplits: 1)
    guard parts.count == 2, let first = parts[0].split(separator: "-").first.flatMap({ Int($0) }) else {
      return nil
    }
    return (first, Int(parts[1]))
  }
  var contentRange: String?

  init(_ response: HTTPURLResponse) {
    let field = { (name: String) in response.value(forHTTPHeaderField: name) }
    status = response.statusCode
    let entityTag = field("ETag").flatMap { $0.hasPrefix("\"") ? $0 : nil }
    validator = entityTag ?? field("Last-Modified")
    let isPlain = field("Content-Encoding").map { $0.lowercased() == "identity" } ?? true
    // URLSession decompresses a compressed body, so its length and ranges do not apply to the bytes received.
    contentLength = isPlain ? field("Content-Length").flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } : nil
    contentRange = isPlain ? field("Content-Range") : nil
    if !isPlain { validator = nil }
  }
}

/// One HTTP request whose response is delivered as a sequence of events.
///
/// URLSession calls its delegate on its own queue; the caller of ``next(within:)`` waits at most the given time.
final class HTTPTransfer {
  enum Event: Sendable {
    case head(ResponseHead)
    case data(Data)
    /// The server redirected from https to this http address; the redirection was not followed.
    case refusedRedirection(String)
    case end((any Error)?)
  }

  private let session: URLSession
  private let task: URLSessionDataTask
  private let receiver = Receiver()
  private var taken: [Event] = []

  init(_ request: URLRequest) {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    configuration.urlCache = nil
    configuration.httpCookieStorage = nil
    // The caller detects stalls; these timeouts must never expire first.
    configuration.timeoutIntervalForRequest = 24 * 3600
    configuration.timeoutIntervalForResource = 7 * 24 * 3600
    session = URLSession(configuration: configuration, delegate: receiver, delegateQueue: nil)
    task = session.dataTask(with: request)
    task.resume()
  }

  /// Cancels the request; no events follow.
  deinit { session.invalidateAndCancel() }

  /// Waits for the next event; returns nil if none arrives within the limit.
  func next(within limit: Duration) -> Event? {
    let (seconds, attoseconds) = limit.components
    let deadline = DispatchTime.now() + Double(seconds) + Double(attoseconds) * 1e-18
    while taken.isEmpty {
      let isInTime = receiver.arrived.wait(timeout: deadline) == .success
      taken = receiver.takeAll().reversed()
      if !isInTime && taken.isEmpty { return nil }
    }
    return taken.popLast()
  }

  /// Collects the events that URLSession reports.
  private final class Receiver: NSObject, URLSessionDataDelegate {
    let arrived = DispatchSemaphore(value: 0)
    private let events = Mutex<[Event]>([])

    func takeAll() -> [Event] {
      events.withLock { events in
        let all = events
        events = []
        return all
      }
    }

    private func add(_ event: Event) {
      events.withLock { $0.append(event) }
      arrived.signal()
    }

    func urlSession(
      _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
      completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
      if let response = response as? HTTPURLResponse { add(.head(ResponseHead(response))) }
      completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
      add(.data(data))
    }

    /// Refuses redirections from https to http.
    func urlSession(
      _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
      newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
      let wasEncrypted = task.originalRequest?.url?.scheme?.lowercased() == "https"
      let isAllowed = !wasEncrypted || request.url?.scheme?.lowercased() == "https"
      if !isAllowed { add(.refusedRedirection(request.url?.absoluteString ?? "")) }
      completionHandler(isAllowed ? request : nil)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
      add(.end(error))
    }
  }
}
