/// What a run gives for a track.
enum TrackOutcome: Sendable {
  /// The track was analysed, or failed.
  case analyzed(TrackRecord)
  /// The track has the sound of another record, whose numbers it takes; `record` has none of its own.
  case recognized(Track, record: TrackRecord, source: String)
}

/// What was made of a batch of outcomes.
struct WrittenBatch {
  /// The outcomes of all tracks that have a record now.
  var outcomes: [TrackRecord] = []
  /// How many of them were recognised.
  var recognizedCount = 0
  /// Tracks whose sound's record is gone or cannot be read: they must be analysed.
  var unrecognized: [Track] = []
}
