import Foundation
import MAESTFiles
import MAESTWeights

/// Recorded tracks whose files are missing from the searched folders: moved, renamed or removed.
public struct GoneTracks: Sendable {
  /// ``Track/path`` of the missing tracks whose nearest existing folder is not empty, sorted by UTF-8 bytes.
  public private(set) var paths: [String] = []
  /// The missing tracks whose nearest existing folder is empty, for example because a disk is not mounted.
  public private(set) var pathsInEmptyFolders: [String] = []

  /// - Parameters:
  ///   - output: the records to check.
  ///   - search: only its folders are considered.
  ///   - found: the result of the search.
  /// - Throws: errors of the output.
  public init(in output: any RecordLookup, _ search: TrackSearch, found: TrackSearch.Result) throws {
    let present = Set(found.tracks.map { TrackKey($0.path) })
    let folders = search.folders
    guard !folders.isEmpty else { return }
    var emptiness: [String: Bool] = [:]
    try output.forEachTrack { path in
      guard !present.contains(TrackKey(path)),
        let location = search.searchedLocation(ofTrack: path, in: folders),
        RecordedFile.isMissing(path, root: search.root)
      else { return }
      let folder = Self.nearestFolder(location)
      let isEmpty = emptiness[folder] ?? Self.isEmpty(folder)
      emptiness[folder] = isEmpty
      if isEmpty { pathsInEmptyFolders.append(path) } else { paths.append(path) }
    }
    paths.sort { TrackKey($0) < TrackKey($1) }
    pathsInEmptyFolders.sort { TrackKey($0) < TrackKey($1) }
  }

  /// The nearest parent folder that exists.
  private static func nearestFolder(_ location: String) -> String {
    var names = PathText.components(location)
    while !names.isEmpty {
      names.removeLast()
      let folder = "/" + names.joined(separator: "/")
      if Folders.isFolder(folder) { return folder }
    }
    return "/"
  }

  private static func isEmpty(_ folder: String) -> Bool {
    // An unreadable folder counts as empty.
    PathCalls.names(inFolder: folder)?.isEmpty ?? true
  }
}
