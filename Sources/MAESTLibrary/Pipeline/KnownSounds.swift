/// Annotated records that a moved or retagged file may be recognised by: those whose files are gone or have other
/// contents now.
struct KnownSounds: Sendable {
  /// Paths of the records, by the digest of their sound.
  private var paths: [String: [String]] = [:]
  /// The tracks that may have one of the sounds.
  private var candidates: Set<TrackKey> = []

  /// The number of tracks that may have one of the sounds.
  var candidateCount: Int { paths.isEmpty ? 0 : candidates.count }

  /// Adds the sound of a record. Does nothing for a record without one.
  mutating func add(_ entry: RecordEntry, ofTrack path: String) {
    guard entry.status.isAnnotated, let sound = entry.soundSHA256 else { return }
    paths[sound, default: []].append(path)
  }

  /// Adds a track that may have one of the sounds.
  mutating func addCandidate(_ track: Track) { candidates.insert(TrackKey(track.path)) }

  /// Whether it is worth decoding the track to recognise it.
  func mayRecognize(_ track: Track) -> Bool { !paths.isEmpty && candidates.contains(TrackKey(track.path)) }

  /// The path of a record with the sound; that of the track itself if it has the sound too.
  func path(ofSound sha256: String, for track: Track) -> String? {
    let paths = paths[sha256] ?? []
    return paths.first { TrackKey($0) == TrackKey(track.path) } ?? paths.first
  }
}
