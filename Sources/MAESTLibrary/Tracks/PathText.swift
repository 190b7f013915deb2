import Foundation

/// Paths as text: no link is followed, no file looked at.
enum PathText {
  /// The absolute path without ".", ".." and doubled slashes.
  ///
  /// - Parameter folder: what a relative path is relative to, absolute.
  static func absolute(_ path: String, in folder: String = FileManager.default.currentDirectoryPath) -> String
  {
    var components: [Substring] = []
    for component in (path.hasPrefix("/") ? path : folder + "/" + path).split(separator: "/") {
      switch component {
      case ".": break
      case "..": _ = components.popLast()
      default: components.append(component)
      }
    }
    return "/" + components.joined(separator: "/")
  }

  /// The part of an absolute path that comes after a folder; nil where it is not inside.
  static func relative(_ path: String, to folder: String) -> String? {
    let prefix = folder == "/" ? folder : folder + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
  }

  static func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}
