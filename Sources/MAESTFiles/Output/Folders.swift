#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Creates folders that persist after a power failure.
package enum Folders {
  /// Creates a folder and its missing parents; each new name is synchronised to disk.
  ///
  /// - Throws: `FileWriteError` with the path of the folder that cannot be created.
  package static func make(_ path: String) throws(FileWriteError) {
    var missing: [String] = []
    var place = path
    while !exists(place) {
      missing.append(place)
      let parent = parent(of: place)
      guard parent != place else { break }
      place = parent
    }
    for folder in missing.reversed() {
      // Another process may create it at the same time.
      guard FileSystemCalls.makeFolder(folder) == 0 || errno == EEXIST,
        FileSystemCalls.synchronizeFolder(parent(of: folder)) == 0
      else { throw FileWriteError(path: folder, code: errno) }
    }
    guard isFolder(path) else { throw FileWriteError(path: path, code: ENOTDIR) }
  }

  /// The parent folder of a path: `.` for a name alone.
  package static func parent(of path: String) -> String {
    guard let last = path.lastIndex(where: { $0 != "/" }) else { return path.isEmpty ? "." : "/" }
    guard let slash = path[...last].lastIndex(of: "/") else { return "." }
    let end = path[..<slash].lastIndex { $0 != "/" }
    return end.map { String(path[...$0]) } ?? "/"
  }

  /// Whether the path exists. True also if it cannot be examined: creating it then gives a more precise error.
  private static func exists(_ path: String) -> Bool {
    PathCalls.exists(path) || (errno != ENOENT && errno != ENOTDIR)
  }

  /// Whether the path is a folder, or a link to one.
  package static func isFolder(_ path: String) -> Bool {
    guard let status = PathCalls.status(path) else { return false }
    return status.st_mode & S_IFMT == S_IFDIR
  }
}
