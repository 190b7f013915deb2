#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Folders that are there after a loss of power too.
package enum Folders {
  /// Makes a folder, and those that it lies in, where they are missing; each new name is brought to disk.
  ///
  /// - Throws: `FileWriteError` with the path of the folder that cannot be made.
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
      // Another may make it at the same time.
      guard FileSystemCalls.makeFolder(folder) == 0 || errno == EEXIST,
        FileSystemCalls.synchronizeFolder(parent(of: folder)) == 0
      else { throw FileWriteError(path: folder, code: errno) }
    }
    guard isFolder(path) else { throw FileWriteError(path: path, code: ENOTDIR) }
  }

  /// The folder that a path's last name is in: `.` for a name alone.
  package static func parent(of path: String) -> String {
    guard let last = path.lastIndex(where: { $0 != "/" }) else { return path.isEmpty ? "." : "/" }
    guard let slash = path[...last].lastIndex(of: "/") else { return "." }
    let end = path[..<slash].lastIndex { $0 != "/" }
    return end.map { String(path[...$0]) } ?? "/"
  }

  /// Whether there is something; of what cannot be looked at, making it tells more.
  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR)
  }

  /// Whether there is a folder at the path, or a link to one.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
