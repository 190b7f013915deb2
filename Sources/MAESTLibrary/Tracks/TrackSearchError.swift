/// Why tracks cannot be found.
public enum TrackSearchError: Error, Equatable, Sendable {
  case unreadableFolder(path: String, reason: String)
  case unreadableList(path: String, reason: String)
  /// The file or folder does not exist.
  case nothingAt(path: String)
  /// No file matches the pattern.
  case nothingMatches(pattern: String)
  /// The track is outside the folder that paths are relative to.
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
