/// Where records go: a file, a database, a folder.
///
/// Whatever ends a program, the records of all calls of ``write(_:)`` that returned are there, and no half of one. An
/// output belongs to one program at a time.
public protocol RecordOutput: AnyObject {
  /// What is recorded of a track; nil: nothing.
  func entry(ofTrack path: String) throws -> RecordEntry?

  /// Takes records for good, all or none of them, in the place of earlier ones of the same tracks.
  func write(_ records: [TrackRecord]) throws

  /// Tidies up after the last record.
  func finish() throws
}

/// What an output knows of a track, to decide whether it is up to date.
public struct RecordEntry: Sendable, Hashable {
  public var status: TrackRecord.Status
  public var file: FileState?
  /// ``RecordProvenance/settings``
  public var settings: String

  public init(status: TrackRecord.Status, file: FileState?, settings: String) {
    self.status = status
    self.file = file
    self.settings = settings
  }

  public init(_ record: TrackRecord) {
    self.init(status: record.status, file: record.file, settings: record.provenance.settings)
  }
}
