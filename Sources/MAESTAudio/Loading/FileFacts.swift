#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What the file system says of a path before it is opened.
enum FileFacts {
  /// - Throws: `AudioError.fileNotFound`, `.isFolder`, `.emptyFile`. A file that may not be read passes, a
  ///   pipe too: opening it says more.
  static func check(_ path: String) throws(AudioError) {
    var facts = stat()
    guard stat(path, &facts) == 0 else {
      let isMissing = errno == ENOENT || errno == ENOTDIR
      if isMissing { throw .fileNotFound(path: path) }
      throw .undecodableFile(path: path, message: String(cString: strerror(errno)))
    }
    let kind = facts.st_mode & S_IFMT
    if kind == S_IFDIR { throw .isFolder(path: path) }
    if kind == S_IFREG, facts.st_size == 0 { throw .emptyFile(path: path) }
  }

  /// Whether there is a file at the path, neither folder nor pipe, that may be read.
  static func isReadableFile(_ path: String) -> Bool { isFile(path) && access(path, R_OK) == 0 }

  /// Whether there is no pipe or device at the path, which gives its bytes only once.
  static func mayBeReadTwice(_ path: String) -> Bool {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return true }
    return [S_IFREG, S_IFDIR].contains(facts.st_mode & S_IFMT)
  }

  /// Whether there is a pipe at the path, with a name or without.
  static func isPipe(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFIFO
  }

  /// A path by which another process finds the same; nil for a pipe without a name that this one has open.
  static func pathForOthers(_ path: String) -> String? {
    // `/dev/stdin` and the like mean another thing to each process.
    let isOwn = ["/dev/", "/proc/"].contains(where: path.hasPrefix)
    guard isOwn else { return path.hasPrefix("-") ? "./" + path : path }
    guard let pointer = realpath(path, nil) else { return nil }
    defer { free(pointer) }
    let realPath = String(cString: pointer)
    return ["/dev/fd/", "/proc/"].contains(where: realPath.hasPrefix) ? nil : realPath
  }

  /// Whether there is a file at the path that may be run.
  static func isProgram(_ path: String) -> Bool { isFile(path) && access(path, X_OK) == 0 }

  private static func isFile(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
  }
}
