/// Why a file could not be mapped.
package enum MappedFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no such file.
  case missing(path: String)
  /// A directory, a device, a pipe.
  case notARegularFile(path: String)
  /// The file has no bytes.
  case empty(path: String)
  /// The system refuses: `code` is errno.
  case unreadable(path: String, code: Int32, reason: String)

  package var description: String {
    switch self {
    case .missing(let path): "There is no file \(path)."
    case .notARegularFile(let path): "\(path) is not a regular file."
    case .empty(let path): "\(path) is empty."
    case .unreadable(let path, let code, let reason):
      "\(path) cannot be read: \(reason) (error \(code))."
    }
  }
}
