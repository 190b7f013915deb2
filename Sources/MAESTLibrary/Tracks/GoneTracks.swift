import Foundation
import MAESTFiles
import MAESTWeights

/// Records of tracks that were in the folders of a search and are there no more: moved, renamed, removed.
public struct GoneTracks: Sendable {
  /// ``Track/path`` of each whose folder is gone too or has other files, in the order of UTF-8 bytes.
  public private(set) var paths: [String] = []
  /// Those of which an empty folder is left, as where a disk is not mounted.
  public private(set) var pathsInEmptyFolders: [String] = []

  /// - Parameters:
  ///   - output: whose records are looked at.
  ///   - search: places that are no folders count for nothing.
  ///   - found: its result.
  /// - Throws: what the output throws.
  public init(in output: any RecordLookup, _ search: TrackSearch, found: TrackSearch.Result) throws {
    let present = Set(found.tracks.map { TrackKey($0.path) })
    let folders = search.folders
    guard !folders.isEmpty else { return }
    var emptiness: [String: Bool] = [:]
    try output.forEachTrack { path in
      guard !present.contains(TrackKey(path)),
        let location = search.searchedLocation(ofTrack: path, in: folders), Self.isMissing(location)
      else { return }
      let folder = Self.nearestFolder(location)
      let isEmpty = emptiness[folder] ?? Self.isEmpty(folder)
      emptiness[folder] = isEmpty
      if isEmpty { pathsInEmptyFolders.append(path) } else { paths.append(path) }
    }
    paths.sort { TrackKey($0) < TrackKey($1) }
    pathsInEmptyFolders.sort { TrackKey($0) < TrackKey($1) }
  }

  /// Whether there is nothing; what cannot be looked at may be there.
  private static func isMissing(_ location: String) -> Bool {
    var status = stat()
    return lstat(location, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
  }

  /// The folder that a path is in, or would be if the missing ones were made.
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
    // One that cannot be read may be anything.
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return true }
    return names.isEmpty
  }
}
