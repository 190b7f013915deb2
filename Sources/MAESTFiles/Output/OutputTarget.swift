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

/// The target of an output path.
package enum OutputTarget: Equatable, Sendable {
  /// A regular file or an unused name, with symbolic links resolved: it can be replaced by another file.
  case file(path: String)
  /// A device or a pipe, which is written to and must not be replaced.
  case stream(path: String)
  /// An open descriptor of this process, such as `/dev/stdout`.
  case descriptor(Int32)

  /// The maximum number of links to follow, the same as on Linux.
  private static let linkLimit = 40

  /// Resolves the path; a dangling link leads to a new file.
  ///
  /// - Throws: `FileWriteError` for a socket, or a cycle of links.
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

  /// - Parameter place: the path after resolving the links of `path`.
  private static func target(_ path: String, _ place: String) throws(FileWriteError) -> OutputTarget {
    // Uses the path itself: some links of /proc lead to objects that have no name.
    guard let status = PathCalls.status(path) else { return .file(path: place) }
    switch status.st_mode & S_IFMT {
    case S_IFREG, S_IFDIR: return .file(path: place)
    case S_IFSOCK:
      throw FileWriteError(path: path, reason: "it is a socket; a file, a device or a pipe was expected")
    default: return .stream(path: path)
    }
  }

  /// A folder for temporary files of the output, on the same file system where that matters.
  package var temporaryFolder: String {
    switch self {
    case .file(let path): Folders.parent(of: path)
    case .stream, .descriptor: FileManager.default.temporaryDirectory.path
    }
  }

  /// The number of this process's descriptor that a path denotes.
  private static func ownDescriptor(_ path: String) -> Int32? {
    let folders = ["/dev/fd/", "/proc/self/fd/", "/proc/\(getpid())/fd/"]
    guard let folder = folders.first(where: path.hasPrefix) else { return nil }
    return Int32(path.dropFirst(folder.count)).flatMap { $0 >= 0 ? $0 : nil }
  }

  /// The target of a symbolic link; nil if the path is not a link.
  private static func linkTarget(_ path: String) -> String? {
    guard let target = PathCalls.linkTarget(path) else { return nil }
    guard !target.hasPrefix("/"), let end = path.lastIndex(of: "/") else { return target }
    return String(path[...end]) + target
  }
}
