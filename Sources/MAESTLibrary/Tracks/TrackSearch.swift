import Foundation
import MAEST
import MAESTFiles
import MAESTWeights

/// Finds the tracks of a library.
public struct TrackSearch: Sendable {
  /// A source of tracks.
  public enum Place: Sendable, Hashable {
    /// A file; a folder, which is searched recursively for files with an audio extension; or, if no file has this name,
    /// a pattern such as `music/**/*.flac`.
    case path(String)
    /// A file with one path per line; "-" is standard input.
    case list(String)
  }

  /// The tracks found, and the problems.
  public struct Result: Sendable {
    /// Without duplicates, sorted by the bytes of their paths.
    public var tracks: [Track] = []
    /// Number of files in the searched folders that have no audio extension.
    public var otherFileCount = 0
    /// Number of tracks that belong to other shards.
    public var otherShardCount = 0
    /// The problems: unreadable folders; missing places without an audio extension; tracks outside `TrackSearch.root`.
    public var unreadable: [TrackSearchError] = []
  }

  /// Where to search.
  public var places: [Place]
  /// The folder that ``Track/path`` is relative to; nil: paths are absolute.
  public var root: String?
  /// The part of the library to select; nil: all.
  public var shard: Shard?

  public init(_ places: [Place], root: String? = nil, shard: Shard? = nil) {
    self.places = places
    self.root = root
    self.shard = shard
  }

  /// Searches all places. A missing place, an unreadable folder or a pattern without a match is recorded in the result,
  /// and the search goes on. A missing file with an audio extension, also one from a list, is returned as a track; its
  /// analysis reports the error.
  ///
  /// - Throws: ``TrackSearchError`` for an unreadable list; if no track is found, the error of the first place that is
  ///   missing or unreadable.
  public func run() throws(TrackSearchError) -> Result {
    var result = Result()
    var tracks: [TrackKey: Track] = [:]
    for place in places {
      for path in try paths(at: place, &result) {
        do throws(TrackSearchError) {
          let track = try track(at: path)
          if isWanted(track) { tracks[TrackKey(track.path)] = track } else { result.otherShardCount += 1 }
        } catch {
          result.unreadable.append(error)
        }
      }
    }
    result.tracks = tracks.sorted { $0.key < $1.key }.map(\.value)
    if result.tracks.isEmpty, result.otherShardCount == 0, let error = result.unreadable.first(where: isPlace)
    {
      throw error
    }
    return result
  }

  /// The track of the file at a path.
  ///
  /// - Throws: ``TrackSearchError/outside(path:folder:)``.
  public func track(at location: String) throws(TrackSearchError) -> Track {
    let absolute = PathText.absolute(location)
    guard let root = root.map({ PathText.absolute($0) }) else {
      return Track(path: absolute, location: location)
    }
    guard let path = PathText.relative(absolute, to: root) else {
      throw .outside(path: absolute, folder: root)
    }
    return Track(path: path, location: location)
  }

  /// Whether the track is in the shard.
  public func isWanted(_ track: Track) -> Bool { shard?.contains(path: track.path) ?? true }

  private func paths(at place: Place, _ result: inout Result) throws(TrackSearchError) -> [String] {
    switch place {
    case .list(let path):
      var lines = try LineList(path)
      var paths: [String] = []
      while let line = try lines.next() { paths.append(listed(line)) }
      return paths
    case .path(let path):
      if PathCalls.exists(path) { return files(at: path, &result) }
      do throws(TrackSearchError) {
        guard PathPattern.isPattern(path) else {
          if AudioFileNames.isAudio(path) { return [path] }
          throw .nothingAt(path: path)
        }
        var paths: [String] = []
        for match in try PathPattern(path).matches() { paths += files(at: match, &result) }
        return paths
      } catch {
        result.unreadable.append(error)
        return []
      }
    }
  }

  /// Whether the error concerns a place itself, not a file or folder inside it.
  private func isPlace(_ error: TrackSearchError) -> Bool {
    switch error {
    case .nothingAt, .nothingMatches, .outside: true
    case .unreadableFolder(let path, _): places.contains(.path(path))
    case .unreadableList: false
    }
  }

  /// Resolves a path of a list: relative paths are relative to the root, if there is one.
  public func listed(_ line: String) -> String {
    guard let root, !line.hasPrefix("/") else { return line }
    return PathText.join(root, line)
  }

  /// The file itself, or all audio files in the folder and its subfolders.
  private func files(at path: String, _ result: inout Result) -> [String] {
    guard Folders.isFolder(path) else { return [path] }
    var files: [String] = []
    var folders = [path]
    while let folder = folders.popLast() {
      do throws(TrackSearchError) {
        let listing = try FolderListing(folder)
        folders += listing.folders.map { PathText.join(folder, $0) }
        let audio = listing.files.filter(AudioFileNames.isAudio)
        result.otherFileCount += listing.files.count - audio.count
        files += audio.map { PathText.join(folder, $0) }
      } catch {
        result.unreadable.append(error)
      }
    }
    return files
  }

  /// The folders among the places, as absolute paths.
  var folders: [String] {
    places.compactMap { place in
      guard case .path(let path) = place, Folders.isFolder(path) else { return nil }
      return PathText.absolute(path)
    }
  }

  /// Path of a recorded track's file, if a search of ``folders`` covers it; otherwise nil.
  func searchedLocation(ofTrack path: String, in folders: [String]) -> String? {
    let path = CueTrackPath.file(ofTrack: path)
    let location = root.map { PathText.join(PathText.absolute($0), path) } ?? path
    guard location.hasPrefix("/"), AudioFileNames.isAudio(location), shard?.contains(path: path) ?? true,
      folders.contains(where: { PathText.relative(location, to: $0) != nil })
    else { return nil }
    return location
  }
}
