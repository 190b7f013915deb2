import Foundation

/// What is directly in a folder.
struct FolderListing {
  /// In byte order of their names; hidden ones left out. Links count as what they lead to, but for links to folders,
  /// which may lead round in circles: those are left out.
  private(set) var files: [String] = []
  private(set) var folders: [String] = []

  /// - Throws: ``TrackSearchError/unreadableFolder(path:reason:)``.
  init(_ path: String) throws(TrackSearchError) {
    guard let handle = opendir(path) else { throw Self.failure(path) }
    defer { closedir(handle) }
    errno = 0
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { add(name, in: path) }
      errno = 0
    }
    guard errno == 0 else { throw Self.failure(path) }
    files.sort { TrackKey($0) < TrackKey($1) }
    folders.sort { TrackKey($0) < TrackKey($1) }
  }

  private mutating func add(_ name: String, in folder: String) {
    let path = PathText.join(folder, name)
    var status = stat()
    guard lstat(path, &status) == 0 else { return files.append(name) }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    let isFolder = { status.st_mode & S_IFMT == S_IFDIR }
    if isLink { _ = stat(path, &status) }
    switch (isFolder(), isLink) {
    case (true, false): folders.append(name)
    case (true, true): break
    case (false, _): files.append(name)
    }
  }

  private static func failure(_ path: String) -> TrackSearchError {
    .unreadableFolder(path: path, reason: String(cString: strerror(errno)))
  }
}

/// Tracks cannot be found.
public enum TrackSearchError: Error, Equatable, Sendable {
  case unreadableFolder(path: String, reason: String)
  case unreadableList(path: String, reason: String)
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
    case .nothingAt(let path): "\(path): there is no such file or folder"
    case .nothingMatches(let pattern): "\(pattern): no file matches"
    case .outside(let path, let folder):
      "\(path): is not in \(folder), which paths in records are to be relative to. Name a folder that holds all "
        + "tracks, or leave it out."
    }
  }
}
