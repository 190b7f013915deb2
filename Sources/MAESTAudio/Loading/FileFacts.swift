import MAESTFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Checks of a path before it is opened.
enum FileFacts {
  /// - Throws: `AudioError.fileNotFound`, `.isFolder`, `.emptyFile`. Unreadable files and pipes pass: opening them
  ///   gives a more precise error.
  static func check(_ path: String) throws(AudioError) {
    guard let facts = PathCalls.status(path) else {
      let isMissing = errno == ENOENT || errno == ENOTDIR
      if isMissing { throw .fileNotFound(path: path) }
      throw .undecodableFile(path: path, message: String(cString: strerror(errno)))
    }
    let kind = facts.st_mode & S_IFMT
    if kind == S_IFDIR { throw .isFolder(path: path) }
    if kind == S_IFREG, facts.st_size == 0 { throw .emptyFile(path: path) }
  }

  /// Whether the path is a readable file, neither folder nor pipe.
  static func isReadableFile(_ path: String) -> Bool {
    isFile(path) && PathBytes.withPath(path) { access($0, R_OK) } == 0
  }

  /// Whether the path can be read twice: false for pipes and devices, which give their bytes only once.
  static func mayBeReadTwice(_ path: String) -> Bool {
    guard let facts = PathCalls.status(path) else { return true }
    return [S_IFREG, S_IFDIR].contains(facts.st_mode & S_IFMT)
  }

  /// Whether the path is a device such as `/dev/zero`, whose bytes may never end; terminals do.
  static func isEndless(_ path: String) -> Bool {
    guard let facts = PathCalls.status(path), facts.st_mode & S_IFMT == S_IFCHR else { return false }
    let descriptor = PathCalls.open(path, O_RDONLY | O_NONBLOCK)
    defer { if descriptor >= 0 { close(descriptor) } }
    return isatty(descriptor) == 0
  }

  /// A path by which another process finds the same file; nil for an anonymous pipe of this process.
  static func pathForOthers(_ path: String) -> String? {
    // `/dev/stdin` and similar paths mean something else in each process.
    let isOwn = ["/dev/", "/proc/self/"].contains(where: path.hasPrefix)
    guard isOwn else { return path.hasPrefix("-") ? "./" + path : path }
    guard let realPath = PathCalls.realPath(path) else { return nil }
    return ["/dev/fd/", "/proc/"].contains(where: realPath.hasPrefix) ? nil : realPath
  }

  /// Whether the path is an executable file.
  static func isProgram(_ path: String) -> Bool {
    isFile(path) && PathBytes.withPath(path) { access($0, X_OK) } == 0
  }

  private static func isFile(_ path: String) -> Bool {
    PathCalls.status(path).map { $0.st_mode & S_IFMT == S_IFREG } ?? false
  }
}
