#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Identifies a file's content without reading it: device, inode, size, and the times of the last change of content
/// (mtime) and inode (ctime), in nanoseconds.
///
/// A program can set mtime back, but not ctime.
package struct FileIdentity: Sendable, Equatable, CustomStringConvertible {
  package let description: String

  /// Nil if there is no such file.
  package init?(path: String) {
    var status = stat()
    guard PathBytes.withPath(path, { stat($0, &status) }) == 0 else { return nil }
    self.init(status)
  }

  private init(description: String) { self.description = description }

  /// An identity for memory without a file; no two of them are equal.
  static func ofNoFile() -> FileIdentity {
    FileIdentity(description: "memory \(UInt64.random(in: .min ... .max))")
  }

  init(_ status: stat) {
    #if canImport(Darwin)
      let times = [status.st_mtimespec, status.st_ctimespec]
    #else
      let times = [status.st_mtim, status.st_ctim]
    #endif
    let moments = times.map { "\($0.tv_sec).\($0.tv_nsec)" }
    description = "\(status.st_dev) \(status.st_ino) \(status.st_size) \(moments[0]) \(moments[1])"
  }
}
