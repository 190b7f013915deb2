import MAESTFiles

/// Operations on paths as text; they do not access the file system.
enum PathText {
  /// The absolute path without ".", ".." and doubled slashes.
  ///
  /// - Parameter folder: absolute path that a relative `path` is relative to.
  static func absolute(_ path: String, in folder: String = PathCalls.currentFolder) -> String {
    var kept: [String] = []
    for component in components(path.hasPrefix("/") ? path : folder + "/" + path) {
      switch component {
      case ".": break
      case "..": _ = kept.popLast()
      default: kept.append(component)
      }
    }
    return "/" + kept.joined(separator: "/")
  }

  /// The names in a path. Compares bytes, not characters: a slash followed by a combining accent is still a slash.
  static func components(_ path: String) -> [String] {
    path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The part of an absolute path below a folder; nil if the path is not inside the folder.
  static func relative(_ path: String, to folder: String) -> String? {
    let prefix = folder == "/" ? folder : folder + "/"
    guard path.utf8.starts(with: prefix.utf8) else { return nil }
    return String(decoding: path.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
  }

  static func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}
