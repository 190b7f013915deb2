/// Writes the records of a run. Keeps, or adds to, earlier annotations of the same file contents.
struct RecordKeeper {
  private let output: any RecordOutput
  /// Whether the new records contain only what the earlier ones lack.
  private let isAdding: Bool

  init(_ output: any RecordOutput, isAdding: Bool) {
    self.output = output
    self.isAdding = isAdding
  }

  func write(_ records: [TrackRecord]) throws {
    try output.write(try records.map { try settled($0) })
  }

  private func settled(_ record: TrackRecord) throws -> TrackRecord {
    guard isAdding || record.status == .failed, let earlier = try output.record(ofTrack: record.path),
      earlier.status.isAnnotated, record.hasContents(of: earlier)
    else { return record }
    return switch record.status {
    case .failed: earlier.noting(record)
    case .done, .partial: record.completing(earlier)
    }
  }
}

extension TrackRecord {
  /// Whether both records are of the same file contents.
  fileprivate func hasContents(of earlier: TrackRecord) -> Bool {
    guard let file, let other = earlier.file else { return false }
    return file.hasContents(of: other) == true
  }

  /// This record with the error of a later attempt.
  fileprivate func noting(_ failed: TrackRecord) -> TrackRecord {
    var record = self
    record.file = failed.file
    record.laterError = failed.error.map { LaterError(error: $0, settings: failed.provenance.settings) }
    return record
  }

  /// The values of an earlier record, and those of this one.
  fileprivate func completing(_ earlier: TrackRecord) -> TrackRecord {
    var record = earlier
    record.file = file
    record.provenance = provenance
    record.status = status
    record.audio = audio
    record.warnings = warnings
    record.lostSeconds = lostSeconds
    record.soundSHA256 = soundSHA256
    record.laterError = nil
    record.patches = patches ?? earlier.patches
    record.tags = tags ?? earlier.tags
    record.curve = curve ?? earlier.curve
    if let embeddings {
      record.embeddings = (earlier.embeddings ?? [:]).merging(embeddings) { $1 }
    }
    if let heads { record.heads = (earlier.heads ?? [:]).merging(heads) { $1 } }
    return record
  }
}
