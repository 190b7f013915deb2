#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where the path of an output leads.
package enum OutputTarget: Equatable, Sendable {
  /// A regular file or a name that nothing has, without symbolic links at its end: another file can take its place.
  case file(path: String)
  /// A device or a pipe, which takes bytes and must stay what it is.
  case stream(path: String)
  /// A descriptor that this process has open, such as `/dev/stdout`.
  case descriptor(Int32)

  /// As many links as Linux follows.
  private static let linkLimit = 40

  /// Follows the path; a link that leads nowhere leads to a new file.
  ///
  /// - Throws: `FileWriteError` for a socket, or links that lead in a circle.
  package init(path: String) throws(FileWriteError) {
    var place = path
    for _ in 0...Self.linkLimit {
      if let number = Self.ownDescriptor(place) {
        self = .descriptor(number)
        return
      }
      guard let next = Self.linkTarget(place) else {
        self = try Self.target(path, place)
        return
      }
      place = next
    }
    throw FileWriteError(path: path, code: ELOOP)
  }

  /// - Parameter place: where the links of `path` end.
  private static func target(_ path: String, _ place: String) throws(FileWriteError) -> OutputTarget {
    // Of the path itself: some links of /proc lead to what has no name.
    var status = stat()
    guard stat(path, &status) == 0 else { return .file(path: place) }
    switch status.st_mode & S_IFMT {
    case S_IFREG, S_IFDIR: return .file(path: place)
    case S_IFSOCK:
      throw FileWriteError(path: path, reason: "it is a socket; a file, a device or a pipe was expected")
    default: return .stream(path: path)
    }
  }

  /// A folder that has room for temporary files of the output, on the same file system where that matters.
  package var temporaryFolder: String {
    switch self {
    case .file(let path): Folders.parent(of: path)
    case .stream, .descriptor: FileManager.default.temporaryDirectory.path
    }
  }

  /// The number of one of this process's descriptors that a path stands for.
  private static func ownDescriptor(_ path: String) -> Int32? {
    let folders = ["/dev/fd/", "/proc/self/fd/", "/proc/\(getpid())/fd/"]
    guard let folder = folders.first(where: path.hasPrefix) else { return nil }
    return Int32(path.dropFirst(folder.count)).flatMap { $0 >= 0 ? $0 : nil }
  }

  /// Where a symbolic link points; nil for what is none.
  private static func linkTarget(_ path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &bytes, bytes.count)
    guard count > 0 else { return nil }
    let target = String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard !target.hasPrefix("/"), let end = path.lastIndex(of: "/") else { return target }
    return String(path[...end]) + target
  }
}
