/// Writes the records of a run. Keeps, or adds to, earlier annotations of the same file contents.
struct RecordKeeper {
  private let output: any RecordOutput
  /// Whether the new records contain only what the earlier ones lack.
  private let isAdding: Bool

  init(_ output: any RecordOutput, isAdding: Bool) {
    self.output = output
    self.isAdding = isAdding
  }

  /// Writes the records of a batch. All earlier records are read before one of them is replaced.
  func write(_ outcomes: [TrackOutcome]) throws -> WrittenBatch {
    var batch = WrittenBatch()
    var records: [TrackRecord] = []
    for outcome in outcomes {
      switch outcome {
      case .analyzed(let record):
        records.append(try settled(record))
        batch.outcomes.append(record)
      case .recognized(let track, let record, let source):
        guard let recognized = recognized(record, source) else {
          batch.unrecognized.append(track)
          continue
        }
        records.append(recognized)
        batch.outcomes.append(recognized)
        batch.recognizedCount += 1
      }
    }
    try output.write(records)
    return batch
  }

  /// The record with the numbers of the record at the path `source`. Nil if that was replaced meanwhile, as when files
  /// swapped their names, or cannot be read, as when its arrays are gone.
  private func recognized(_ record: TrackRecord, _ source: String) -> TrackRecord? {
    let isOwn = TrackKey(source) == TrackKey(record.path)
    let earlier = isOwn ? try? output.record(ofTrack: source) : try? output.filledRecord(ofTrack: source)
    guard let earlier, earlier.status.isAnnotated, earlier.soundSHA256 == record.soundSHA256,
      earlier.provenance.settings == record.provenance.settings
    else { return nil }
    return record.takingNumbers(of: earlier)
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

  /// This record of a decoded file, with the numbers of an earlier record of the same sound.
  fileprivate func takingNumbers(of earlier: TrackRecord) -> TrackRecord {
    var record = self
    // The engine that made the numbers.
    record.provenance = earlier.provenance
    record.provenance.recipe = provenance.recipe
    record.audio?.patchCount = earlier.audio?.patchCount ?? 0
    record.patches = earlier.patches
    record.tags = earlier.tags
    record.embeddings = earlier.embeddings
    record.curve = earlier.curve
    record.heads = earlier.heads
    return record
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
    record.cue = cue
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
