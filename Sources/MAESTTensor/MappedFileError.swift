/// Why a file could not be mapped.
package enum MappedFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no such file.
  case missing(path: String)
  /// A directory, a device, a pipe.
  case notARegularFile(path: String)
  /// The file has no bytes.
  case empty(path: String)
  /// A system call failed; `code` is errno.
  case unreadable(path: String, code: Int32, reason: String)

  package var description: String { "\(path): \(reason)" }

  /// The file.
  package var path: String {
    switch self {
    case .missing(let path), .notARegularFile(let path), .empty(let path), .unreadable(let path, _, _): path
    }
  }

  /// The problem, without the path.
  package var reason: String {
    switch self {
    case .missing: "no such file"
    case .notARegularFile: "not a regular file"
    case .empty: "the file is empty"
    case .unreadable(_, let code, let reason): "\(reason) (error \(code))"
    }
  }
}
