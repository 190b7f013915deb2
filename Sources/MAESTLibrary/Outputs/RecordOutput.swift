/// Looks up the records of tracks.
public protocol RecordLookup {
  /// Returns the summary of a track's record; nil if there is none.
  func entry(ofTrack path: String) throws -> RecordEntry?

  /// Returns a track's record; nil if there is none.
  func record(ofTrack path: String) throws -> TrackRecord?

  /// Returns a track's record with the values of all its embeddings in it, also of those that are in files beside it;
  /// nil if there is none.
  func filledRecord(ofTrack path: String) throws -> TrackRecord?

  /// One provenance for each digest of settings, with the number of annotated records. Records of failed tracks are not
  /// counted.
  func provenances() throws -> [ProvenanceCount]

  /// Calls `body` with the path of every track, in no particular order.
  func forEachTrack(_ body: (_ path: String) throws -> Void) throws
}

extension RecordLookup {
  /// The record itself: for outputs without files beside records.
  public func filledRecord(ofTrack path: String) throws -> TrackRecord? { try record(ofTrack: path) }
}

/// Number of records that have the same settings.
public struct ProvenanceCount: Sendable, Hashable {
  /// Provenance of one of the records; engine versions may differ between them.
  public var provenance: RecordProvenance
  public var count: Int

  public init(provenance: RecordProvenance, count: Int) {
    self.provenance = provenance
    self.count = count
  }

  /// Counts the annotated entries.
  ///
  /// - Parameter provenances: by digest of settings.
  static func counts(
    _ entries: some Sequence<RecordEntry>, _ provenances: [String: RecordProvenance]
  ) -> [ProvenanceCount] {
    var counts: [String: Int] = [:]
    for entry in entries where entry.status.isAnnotated { counts[entry.settings, default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.compactMap { settings, count in
      provenances[settings].map { ProvenanceCount(provenance: $0, count: count) }
    }
  }
}

/// A destination of records: a file, a database or a folder.
///
/// Records are durable when ``write(_:)`` returns, even if the program is killed. A record is never partially written:
/// if the program is killed while it replaces a record, either the old or the new record remains. Only one program at a
/// time may use an output.
public protocol RecordOutput: RecordLookup, AnyObject {
  /// Writes records durably; replaces earlier records of the same tracks.
  func write(_ records: [TrackRecord]) throws

  /// Removes the records of tracks and the files that belong to them.
  func remove(tracks: [String]) throws

  /// Compacts the output after the last record.
  func finish() throws
}

/// Summary of a track's record, to decide whether it is up to date.
public struct RecordEntry: Sendable, Hashable {
  /// Whether the track has annotations, and whether sound is missing.
  public var status: TrackRecord.Status
  /// State of the audio file when it was read; nil if there was none.
  public var file: FileState?
  /// ``RecordProvenance/settings``
  public var settings: String
  /// ``LaterError/settings`` of the record's later error.
  public var failedSettings: String?
  /// ``TrackRecord/soundSHA256``
  public var soundSHA256: String?
  /// ``TrackRecord/cue``
  public var cue: CueTrack?

  public init(
    status: TrackRecord.Status, file: FileState?, settings: String, failedSettings: String? = nil,
    soundSHA256: String? = nil, cue: CueTrack? = nil
  ) {
    self.cue = cue
    self.soundSHA256 = soundSHA256
    self.status = status
    self.file = file
    self.settings = settings
    self.failedSettings = failedSettings
  }

  init(_ head: RecordHead) {
    self.init(
      status: head.status, file: head.file, settings: head.settings, failedSettings: head.failedSettings,
      soundSHA256: head.soundSHA256, cue: head.cue)
  }

  public init(_ record: TrackRecord) {
    self.init(
      status: record.status, file: record.file, settings: record.provenance.settings,
      failedSettings: record.laterError?.settings, soundSHA256: record.soundSHA256,
      cue: record.cue)
  }
}
