/// Tells what is recorded of tracks.
public protocol RecordLookup {
  /// What is recorded of a track, in short; nil: nothing.
  func entry(ofTrack path: String) throws -> RecordEntry?

  /// All that is recorded of a track; nil: nothing.
  func record(ofTrack path: String) throws -> TrackRecord?

  /// Where annotations come from: of each digest of settings once, and how many records it has. Records of failures do
  /// not count.
  func provenances() throws -> [ProvenanceCount]

  /// Calls `body` with the path of every track, in no particular order.
  func forEachTrack(_ body: (_ path: String) throws -> Void) throws
}

/// How many records have the same settings.
public struct ProvenanceCount: Sendable, Hashable {
  /// That of one of them: versions of the engine may differ.
  public var provenance: RecordProvenance
  public var count: Int

  public init(provenance: RecordProvenance, count: Int) {
    self.provenance = provenance
    self.count = count
  }

  /// Counts the entries with annotations.
  ///
  /// - Parameter provenances: by the digests of settings.
  static func counts(
    _ entries: some Sequence<RecordEntry>, _ provenances: [String: RecordProvenance]
  ) -> [ProvenanceCount] {
    var counts: [String: Int] = [:]
    for entry in entries where entry.status == .done { counts[entry.settings, default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.compactMap { settings, count in
      provenances[settings].map { ProvenanceCount(provenance: $0, count: count) }
    }
  }
}

/// Where records go: a file, a database, a folder.
///
/// Whatever ends a program, the records of all calls of ``write(_:)`` that returned are there, and no half of one; of a
/// track whose record was being replaced, the old or the new one. An output belongs to one program at a time.
public protocol RecordOutput: RecordLookup, AnyObject {
  /// Takes records for good, in the place of earlier ones of the same tracks.
  func write(_ records: [TrackRecord]) throws

  /// Removes the records of tracks, and what belongs to them.
  func remove(tracks: [String]) throws

  /// Tidies up after the last record.
  func finish() throws
}

/// What an output knows of a track, to decide whether it is up to date.
public struct RecordEntry: Sendable, Hashable {
  /// Whether there are annotations.
  public var status: TrackRecord.Status
  /// The audio file as it was; nil where there was none.
  public var file: FileState?
  /// ``RecordProvenance/settings``
  public var settings: String
  /// ``LaterError/settings`` of the record's later error.
  public var failedSettings: String?

  public init(
    status: TrackRecord.Status, file: FileState?, settings: String, failedSettings: String? = nil
  ) {
    self.status = status
    self.file = file
    self.settings = settings
    self.failedSettings = failedSettings
  }

  init(_ head: RecordHead) {
    self.init(
      status: head.status, file: head.file, settings: head.settings, failedSettings: head.failedSettings)
  }

  public init(_ record: TrackRecord) {
    self.init(
      status: record.status, file: record.file, settings: record.provenance.settings,
      failedSettings: record.laterError?.settings)
  }
}
