package import Foundation

/// The status of a file; links are not followed.
package struct FileStatus {
  package let byteCount: Int
  package let isRegularFile: Bool
  package let isFolder: Bool
  /// The modification time of the content.
  package let lastChange: Date

  /// Nil if there is no file at `path`.
  package init?(path: String) {
    guard let status = PathCalls.statusOfLink(path) else { return nil }
    self.init(status)
  }

  package init(_ status: stat) {
    byteCount = Int(status.st_size)
    isRegularFile = status.st_mode & S_IFMT == S_IFREG
    isFolder = status.st_mode & S_IFMT == S_IFDIR
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    lastChange = Date(timeIntervalSince1970: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9)
  }
}
