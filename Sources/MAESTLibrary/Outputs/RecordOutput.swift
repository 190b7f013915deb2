/// Tells what is recorded of tracks.
public protocol RecordLookup {
  /// What is recorded of a track; nil: nothing.
  func entry(ofTrack path: String) throws -> RecordEntry?

  /// ``RecordProvenance/precision`` of the records that are there. They have one and the same, since
  /// ``Annotator/run(_:into:stop:progress:recorded:)`` adds none of another: to look at one of them is enough.
  func precisions() throws -> Set<String>
}

/// Where records go: a file, a database, a folder.
///
/// Whatever ends a program, the records of all calls of ``write(_:)`` that returned are there, and no half of one. An
/// output belongs to one program at a time.
public protocol RecordOutput: RecordLookup, AnyObject {
  /// Takes records for good, in the place of earlier ones of the same tracks.
  func write(_ records: [TrackRecord]) throws

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

  public init(status: TrackRecord.Status, file: FileState?, settings: String) {
    self.status = status
    self.file = file
    self.settings = settings
  }

  init(_ head: RecordHead) {
    self.init(status: head.status, file: head.file, settings: head.settings)
  }

  public init(_ record: TrackRecord) {
    self.init(status: record.status, file: record.file, settings: record.provenance.settings)
  }
}
