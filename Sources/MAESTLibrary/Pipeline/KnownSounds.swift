import MAEST

/// Annotated records that a moved or retagged file may be recognised by: those whose files are gone or have other
/// contents now.
struct KnownSounds: Sendable {
  private struct Sound: Hashable {
    /// ``TrackRecord/soundSHA256``: of all that was read, also of what is before the range.
    let sha256: String
    /// The part of the file that a CUE sheet says.
    let range: TimeRange?
  }

  /// Paths of the records, by their sound.
  private var paths: [Sound: [String]] = [:]
  /// The tracks that may have one of the sounds.
  private var candidates: Set<TrackKey> = []

  /// The number of tracks that may have one of the sounds.
  var candidateCount: Int { paths.isEmpty ? 0 : candidates.count }

  /// Adds the sound of a record. Does nothing for a record without one.
  mutating func add(_ entry: RecordEntry, ofTrack path: String) {
    guard entry.status.isAnnotated, let sha256 = entry.soundSHA256 else { return }
    paths[Sound(sha256: sha256, range: entry.cue?.range), default: []].append(path)
  }

  /// Adds a track that may have one of the sounds.
  mutating func addCandidate(_ track: Track) { candidates.insert(TrackKey(track.path)) }

  /// Whether it is worth decoding the track to recognise it.
  func mayRecognize(_ track: Track) -> Bool { !paths.isEmpty && candidates.contains(TrackKey(track.path)) }

  /// The path of a record with the sound; that of the track itself if it has the sound too.
  func path(ofSound sha256: String, for track: Track) -> String? {
    let paths = paths[Sound(sha256: sha256, range: track.range)] ?? []
    return paths.first { TrackKey($0) == TrackKey(track.path) } ?? paths.first
  }
}
