import Foundation

/// The file that an output's path leads to, which is made, empty, where there is none.
struct OutputPlace {
  /// Without symbolic links.
  let path: String
  /// Whether this made it.
  let isNew: Bool

  init(_ path: String) throws(RecordOutputError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    isNew = descriptor >= 0
    if isNew {
      close(descriptor)
    } else if errno != EEXIST {
      throw .cannotWrite(path: path, reason: systemReason())
    }
    guard let resolved = realpath(path, nil) else { throw .cannotWrite(path: path, reason: systemReason()) }
    defer { free(resolved) }
    self.path = String(cString: resolved)
  }
}
