import Foundation

/// What is directly in a folder.
struct FolderListing {
  /// In byte order of their names; hidden ones left out, and what is neither file nor folder. Links count as what they
  /// lead to, but for links to folders, which may lead round in circles: those are left out.
  private(set) var files: [String] = []
  private(set) var folders: [String] = []
  /// Names that are not UTF-8, with marks where they are not.
  private(set) var unnamed: [String] = []

  /// - Throws: ``TrackSearchError/unreadableFolder(path:reason:)``.
  init(_ path: String) throws(TrackSearchError) {
    guard let handle = opendir(path) else { throw Self.failure(path) }
    defer { closedir(handle) }
    errno = 0
    while let entry = readdir(handle) {
      let bytes = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if bytes.first != UInt8(ascii: ".") { add(bytes, in: path) }
      errno = 0
    }
    guard errno == 0 else { throw Self.failure(path) }
    files.sort { TrackKey($0) < TrackKey($1) }
    folders.sort { TrackKey($0) < TrackKey($1) }
  }

  private mutating func add(_ bytes: [UInt8], in folder: String) {
    guard let name = String(validating: bytes, as: UTF8.self) else {
      return unnamed.append(String(decoding: bytes, as: UTF8.self))
    }
    let path = PathText.join(folder, name)
    var status = stat()
    guard lstat(path, &status) == 0 else { return files.append(name) }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    // A link to nothing stays one: opening it will fail.
    if isLink { _ = stat(path, &status) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR where !isLink: folders.append(name)
    case S_IFREG, S_IFLNK: files.append(name)
    default: break
    }
  }

  private static func failure(_ path: String) -> TrackSearchError {
    .unreadableFolder(path: path, reason: systemReason())
  }
}

/// Tracks cannot be found.
public enum TrackSearchError: Error, Equatable, Sendable {
  case unreadableFolder(path: String, reason: String)
  case unreadableList(path: String, reason: String)
  /// The name of a file or folder is not UTF-8; marks stand where it is not.
  case nameIsNoText(path: String)
  /// What was named does not exist.
  case nothingAt(path: String)
  /// No file matches the pattern.
  case nothingMatches(pattern: String)
  /// A track outside the folder that paths are to be relative to.
  case outside(path: String, folder: String)
}

extension TrackSearchError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadableFolder(let path, let reason): "\(path): cannot read the folder: \(reason)"
    case .unreadableList(let path, let reason): "\(path): cannot read the list of files: \(reason)"
    case .nameIsNoText(let path): "\(path): the name is not UTF-8, expected a name that is. Rename it"
    case .nothingAt(let path): "\(path): there is no such file or folder"
    case .nothingMatches(let pattern): "\(pattern): no file matches"
    case .outside(let path, let folder):
      "\(path): is not in \(folder), which paths in records are to be relative to. Name a folder that holds all "
        + "tracks, or leave it out."
    }
  }
}
