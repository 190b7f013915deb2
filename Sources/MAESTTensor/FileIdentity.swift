#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What tells a file's content from another one's without reading it: where it lies, its size, and when content and
/// entry were last changed, to the nanosecond.
///
/// A program can set the first time back, not the second.
package struct FileIdentity: Sendable, Equatable, CustomStringConvertible {
  package let description: String

  /// Nil where there is no such file.
  package init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(description: String) { self.description = description }

  /// That of memory without a file: none is equal to another.
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
