import Foundation
import MAEST

/// Finds the tracks of a library.
public struct TrackSearch: Sendable {
  /// Where tracks are named.
  public enum Place: Sendable, Hashable {
    /// A file; a folder, of which all files with a name of audio are taken, at any depth; or a pattern such as
    /// `music/**/*.flac`, where no file has that name.
    case path(String)
    /// A file with a path on each line; "-" is standard input.
    case list(String)
  }

  /// Tracks, and what was in the way.
  public struct Result: Sendable {
    /// Each once, in byte order of their paths.
    public var tracks: [Track] = []
    /// Files in folders whose names are not those of audio.
    public var otherFileCount = 0
    /// Tracks of other shards.
    public var otherShardCount = 0
    /// Folders that could not be read, files and folders whose names are no text.
    public var unreadable: [TrackSearchError] = []
  }

  /// Where tracks are looked for.
  public var places: [Place]
  /// The folder that ``Track/path`` is relative to; nil: it is absolute.
  public var root: String?
  /// The part of the tracks that is taken; nil: all.
  public var shard: Shard?

  public init(_ places: [Place], root: String? = nil, shard: Shard? = nil) {
    self.places = places
    self.root = root
    self.shard = shard
  }

  /// - Throws: ``TrackSearchError`` for a place that is not there or cannot be read. A folder inside a place that
  ///   cannot be read is only noted.
  public func run() throws(TrackSearchError) -> Result {
    var result = Result()
    var tracks: [TrackKey: Track] = [:]
    for place in places {
      for path in try paths(at: place, &result) {
        let track = try track(at: path)
        if isWanted(track) { tracks[TrackKey(track.path)] = track } else { result.otherShardCount += 1 }
      }
    }
    result.tracks = tracks.sorted { $0.key < $1.key }.map(\.value)
    return result
  }

  /// The track whose file is at a path.
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
      if access(path, F_OK) == 0 { return try files(at: path, &result) }
      guard PathPattern.isPattern(path) else { throw .nothingAt(path: path) }
      var paths: [String] = []
      for match in try PathPattern(path).matches() { paths += try files(at: match, &result) }
      return paths
    }
  }

  /// A path of a list: relative ones are relative to the root, if there is one.
  public func listed(_ line: String) -> String {
    guard let root, !line.hasPrefix("/") else { return line }
    return PathText.join(root, line)
  }

  /// The file itself, or the audio files in the folder.
  private func files(at path: String, _ result: inout Result) throws(TrackSearchError) -> [String] {
    guard FolderListing.isFolder(path) else { return [path] }
    var files: [String] = []
    var folders = [path]
    while let folder = folders.popLast() {
      do throws(TrackSearchError) {
        let listing = try FolderListing(folder)
        result.unreadable += listing.unnamed.map { .nameIsNoText(path: PathText.join(folder, $0)) }
        folders += listing.folders.map { PathText.join(folder, $0) }
        let audio = listing.files.filter(AudioFileNames.isAudio)
        result.otherFileCount += listing.files.count - audio.count
        files += audio.map { PathText.join(folder, $0) }
      } catch {
        if folder == path { throw error }
        result.unreadable.append(error)
      }
    }
    return files
  }
}
