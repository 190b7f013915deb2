import Foundation

/// What the system says of a file, links not followed.
struct FileStatus {
  let byteCount: Int
  let isRegularFile: Bool

  /// Nil where there is no file at `path`.
  init?(path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  init(_ status: stat) {
    byteCount = Int(status.st_size)
    isRegularFile = status.st_mode & S_IFMT == S_IFREG
  }
}
