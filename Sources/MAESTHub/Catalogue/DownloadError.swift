import Foundation

/// Errors of downloading a file.
public enum DownloadError: Error, Equatable {
  /// The address is not an http or https URL.
  case badAddress(String)
  /// The server answered with an HTTP error status.
  case status(url: String, code: Int)
  /// The connection could not be made or was lost.
  case connection(url: String, reason: String, isPermanent: Bool)
  /// No data arrived for this many seconds.
  case stalled(url: String, seconds: Double)
  /// The connection ended before the whole file had arrived.
  case incomplete(url: String, found: Int, expected: Int)
  /// The server sent a different range than the one requested, or a range of a different file.
  case changed(url: String)
  /// The server's response cannot be used.
  case badResponse(url: String, reason: String)
  /// All attempts failed.
  case gaveUp(attempts: Int, reason: String, keptByteCount: Int, path: String)
  /// The file's size differs from the expected size.
  case wrongSize(url: String, found: Int, expected: Int)
  /// The file exceeds the size limit for its kind.
  case tooLarge(url: String, limit: Int)
  /// The file's SHA-256 differs from the expected one.
  case wrongDigest(url: String, found: String, expected: String)
  /// The file cannot be written; `reason` is the file system's message.
  case cannotWrite(path: String, reason: String)
}

extension DownloadError {
  /// Whether another attempt may succeed.
  var isTransient: Bool {
    switch self {
    case .status(_, let code): code == 408 || code == 429 || (500...599).contains(code)
    case .connection(_, _, let isPermanent): !isPermanent
    case .stalled, .incomplete, .changed: true
    case .badAddress, .badResponse, .gaveUp, .wrongSize, .tooLarge, .wrongDigest, .cannotWrite: false
    }
  }
}

extension DownloadError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badAddress(let text):
      "'\(text)': not an address of a server: expected http://... or https://..."
    case .status(let url, 404):
      "\(url): the server does not have this file (404)"
    case .status(let url, let code):
      "\(url): the server answers with status \(code)"
    case .connection(let url, let reason, _):
      "\(url): \(reason)"
    case .stalled(let url, let seconds):
      "\(url): nothing came for \(seconds.formatted(.number.locale(Locale(identifier: "en")))) seconds"
    case .incomplete(let url, let found, let expected):
      "\(url): the connection ended after \(found) of \(expected) bytes"
    case .changed(let url):
      "\(url): the file changed on the server"
    case .badResponse(let url, let reason):
      "\(url): cannot use the server's answer: \(reason)"
    case .gaveUp(let attempts, let reason, let keptByteCount, let path):
      "\(reason); gave up after \(attempts) \(attempts == 1 ? "attempt" : "attempts")"
        + (keptByteCount > 0
          ? "; \(keptByteCount) bytes are kept in \(path) for the next attempt" : "")
    case .wrongSize(let url, let found, let expected):
      "\(url): it has \(found) bytes, expected \(expected): not the known file; the partial download was removed"
    case .tooLarge(let url, let limit):
      "\(url): it has more than \(limit) bytes, no such file is that large; the partial download was removed"
    case .wrongDigest(let url, let found, let expected):
      "\(url): its SHA-256 is \(found), expected \(expected): not the known file; it was removed; "
        + "try again, or from another address"
    case .cannotWrite(let path, let reason):
      "\(path): cannot write: \(reason)" + Self.remedy(reason)
    }
  }

  private static func remedy(_ reason: String) -> String {
    if [ENOSPC, EDQUOT, EFBIG].map(Self.reason).contains(reason) {
      return "; make room (a model needs about 700 MB while it is installed) and run the command again: "
        + "the partial download is kept"
    }
    if [EACCES, EPERM, EROFS].map(Self.reason).contains(reason) {
      return "; set XDG_DATA_HOME to a folder that can be written"
    }
    return ""
  }

  /// The system's message for an error number.
  static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
