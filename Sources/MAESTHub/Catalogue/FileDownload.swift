import Foundation
import MAESTFiles
import MAESTTensor
import MAESTWeights

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Timeout and retries of a download.
package struct DownloadPolicy: Sendable {
  /// An attempt fails if no data arrives for this long.
  package var stallLimit: Duration
  /// Pause before each retry; an attempt that makes good progress resets the list to its first pause.
  package var pauses: [Duration]

  package init(stallLimit: Duration, pauses: [Duration]) {
    self.stallLimit = stallLimit
    self.pauses = pauses
  }

  /// Retries `count` times, after pauses of 1, 2, 4 ... seconds, at most 30.
  package static func retrying(_ count: Int, stallLimit: Duration) -> DownloadPolicy {
    DownloadPolicy(
      stallLimit: stallLimit, pauses: (0..<count).map { .seconds($0 < 5 ? 1 << $0 : 30) })
  }
}

/// Events during the installation of a model.
package enum InstallationEvent: Sendable {
  /// An attempt begins; it resumes after `byteCount` bytes.
  case downloading(url: String, byteCount: Int)
  case progress(DownloadMeter)
  /// The bytes received earlier are discarded: the server does not support ranges, or the file has changed.
  case startingOver(url: String)
  case retrying(reason: String, pause: Duration)
  case downloaded(InstallationRecord.Source)
  case converting(name: String)
  case notice(String)
}

/// Downloads one file into a folder, retrying after transient failures.
struct FileDownload {
  let file: OfficialFile
  let url: URL
  let path: String
  /// Size limit for files of this kind.
  let byteLimit: Int
  let policy: DownloadPolicy
  let notify: (InstallationEvent) -> Void

  /// An attempt that adds this many bytes resets the retry pauses.
  private static let goodProgress = 1 << 20

  private var address: String { url.absoluteString }

  /// Downloads and checks the file. Sends no request if a valid file is already in place.
  func run() throws(DownloadError) -> InstallationRecord.Source {
    if FileStatus(path: path) != nil {
      do throws(DownloadError) {
        return try checked(path)
      } catch {
        // Replace a file with the wrong content; leave an unreadable file for the user to inspect.
        if case .cannotWrite = error { throw error }
        FileSystemCalls.unlinkFile(path)
      }
    }
    let part = try PartialFile(finalPath: path)
    try fetch(into: part)
    do {
      let source = try checked(part.path)
      try part.commit()
      notify(.downloaded(source))
      return source
    } catch {
      if case .cannotWrite = error {} else { part.discard() }
      throw error
    }
  }

  /// Repeats attempts until the partial file is complete or no retries are left.
  private func fetch(into part: PartialFile) throws(DownloadError) {
    var pauses = policy.pauses[...]
    var (attempts, furthest) = (0, part.byteCount)
    while true {
      attempts += 1
      do throws(DownloadError) {
        return try attempt(part)
      } catch {
        guard error.isTransient else {
          if part.byteCount == 0 || Self.isWorthless(error) { part.discard() }
          throw error
        }
        if part.byteCount >= furthest + Self.goodProgress { pauses = policy.pauses[...] }
        furthest = max(furthest, part.byteCount)
        guard let pause = pauses.popFirst() else {
          if part.byteCount == 0 { part.discard() }
          throw .gaveUp(
            attempts: attempts, reason: "\(error)", keptByteCount: part.byteCount, path: part.path)
        }
        notify(.retrying(reason: "\(error)", pause: pause))
        Thread.sleep(forTimeInterval: pause / .seconds(1))
      }
    }
  }

  /// Whether the bytes received so far cannot be used by a later attempt.
  private static func isWorthless(_ error: DownloadError) -> Bool {
    switch error {
    case .wrongSize, .tooLarge: true
    case .badAddress, .status, .connection, .stalled, .incomplete, .changed, .badResponse, .gaveUp,
      .wrongDigest,
      .cannotWrite:
      false
    }
  }

  /// Sends one request. Resumes at the end of the partial file if the server can tell that the file has not changed;
  /// otherwise requests the whole file.
  private func attempt(_ part: PartialFile) throws(DownloadError) {
    let origin = part.origin
    var request = URLRequest(url: url)
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    request.setValue("maest", forHTTPHeaderField: "User-Agent")
    var isResuming = false
    if let origin, origin.url == address, part.byteCount > 0, let validator = origin.validator {
      if part.byteCount == origin.byteCount { return }
      isResuming = true
      request.setValue("bytes=\(part.byteCount)-", forHTTPHeaderField: "Range")
      request.setValue(validator, forHTTPHeaderField: "If-Range")
    }
    notify(.downloading(url: address, byteCount: isResuming ? part.byteCount : 0))
    let transfer = HTTPTransfer(request)
    let head = try self.head(of: transfer)
    switch head.status {
    case 206 where isResuming:
      try checkPart(head, of: part, origin)
    case 200:
      if isResuming { notify(.startingOver(url: address)) }
      try begin(part, head)
    case 416 where isResuming:
      part.restart()
      throw .changed(url: address)
    default:
      throw .status(url: address, code: head.status)
    }
    try receive(transfer, into: part)
  }

  private func head(of transfer: HTTPTransfer) throws(DownloadError) -> ResponseHead {
    switch try event(of: transfer) {
    case .head(let head): return head
    case .data, .refusedRedirection: throw .badResponse(url: address, reason: "it has no head")
    case .end(let error): throw failure(error) ?? .badResponse(url: address, reason: "it is empty")
    }
  }

  private func event(of transfer: HTTPTransfer) throws(DownloadError) -> HTTPTransfer.Event {
    switch transfer.next(within: policy.stallLimit) {
    case nil: throw .stalled(url: address, seconds: policy.stallLimit / .seconds(1))
    case .refusedRedirection(let target):
      throw .badResponse(url: address, reason: "it leads to \(target), which is not encrypted")
    case let event?: return event
    }
  }

  /// Prepares for receiving the whole file: discards the bytes received earlier.
  private func begin(_ part: PartialFile, _ head: ResponseHead) throws(DownloadError) {
    if let length = head.contentLength { try checkSize(length) }
    try part.begin(
      PartialFile.Origin(url: address, validator: head.validator, byteCount: head.contentLength))
  }

  /// Checks that a partial response starts where the partial file ends and belongs to the same file.
  private func checkPart(
    _ head: ResponseHead, of part: PartialFile, _ origin: PartialFile.Origin?
  ) throws(DownloadError) {
    let isSameFile = head.validator == nil || head.validator == origin?.validator
    guard let range = head.range, range.first == part.byteCount, isSameFile,
      range.total == nil || origin?.byteCount == nil || range.total == origin?.byteCount
    else {
      part.restart()
      throw .changed(url: address)
    }
  }

  private func receive(_ transfer: HTTPTransfer, into part: PartialFile) throws(DownloadError) {
    let expected = part.origin?.byteCount
    let clock = ContinuousClock()
    var meter = DownloadMeter(
      name: file.name, totalByteCount: expected ?? file.byteCount, byteCount: part.byteCount, at: clock.now)
    var lastReport = clock.now
    while true {
      switch try event(of: transfer) {
      case .head, .refusedRedirection: throw .badResponse(url: address, reason: "it has two heads")
      case .data(let data):
        try checkGrowth(part.byteCount + data.count, expected)
        try part.append(data)
        let now = clock.now
        meter.update(byteCount: part.byteCount, at: now)
        if now - lastReport >= .milliseconds(100) {
          lastReport = now
          notify(.progress(meter))
        }
      case .end(let error):
        if let error = failure(error) { throw error }
        if let expected, part.byteCount < expected {
          throw .incomplete(url: address, found: part.byteCount, expected: expected)
        }
        notify(.progress(meter))
        return
      }
    }
  }

  /// Fails if the received bytes exceed the announced size, the known size or the size limit.
  private func checkGrowth(_ byteCount: Int, _ expected: Int?) throws(DownloadError) {
    if let limit = expected ?? file.byteCount, byteCount > limit {
      throw .wrongSize(url: address, found: byteCount, expected: limit)
    }
    if byteCount > byteLimit { throw .tooLarge(url: address, limit: byteLimit) }
  }

  private func checkSize(_ byteCount: Int) throws(DownloadError) {
    if let expected = file.byteCount, byteCount != expected {
      throw .wrongSize(url: address, found: byteCount, expected: expected)
    }
    if byteCount > byteLimit { throw .tooLarge(url: address, limit: byteLimit) }
    if byteCount == 0 { throw .badResponse(url: address, reason: "the file is empty") }
  }

  /// Checks a complete file against its known size and SHA-256.
  private func checked(_ path: String) throws(DownloadError) -> InstallationRecord.Source {
    guard let byteCount = FileStatus(path: path)?.byteCount, byteCount > 0 else {
      throw .badResponse(url: address, reason: "the file is empty")
    }
    try checkSize(byteCount)
    let digest: String
    do { digest = try MappedFile(path: path).withUnsafeBytes { SHA256Digest.hash($0) } } catch {
      throw .cannotWrite(path: path, reason: error.reason)
    }
    if let expected = file.sha256, digest != expected {
      throw .wrongDigest(url: address, found: digest, expected: expected)
    }
    return InstallationRecord.Source(
      name: file.name, url: address, byteCount: byteCount, sha256: digest, isConfirmed: file.sha256 != nil)
  }

  /// Converts an error of URLSession into a `DownloadError`.
  private func failure(_ error: (any Error)?) -> DownloadError? {
    guard let error else { return nil }
    let permanent: Set<URLError.Code> = [
      .badURL, .unsupportedURL, .cannotFindHost, .notConnectedToInternet, .secureConnectionFailed,
      .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateHasUnknownRoot,
      .serverCertificateNotYetValid, .httpTooManyRedirects, .userAuthenticationRequired,
    ]
    let code = (error as? URLError)?.code
    return .connection(
      url: address, reason: error.localizedDescription, isPermanent: code.map(permanent.contains) ?? false)
  }
}
