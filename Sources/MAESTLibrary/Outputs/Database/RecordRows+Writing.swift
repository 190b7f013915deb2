import Foundation
import GRDB
import MAEST
import MAESTFiles
import MAESTWeights

/// Converts between records and database rows. Must be used inside a transaction.
struct RecordRows {
  let database: Database
  /// Path for error messages.
  let path: String

  /// Version of the tables; those of earlier versions are read-only.
  var version = DatabaseSchema.version

  func execute(_ sql: String, _ arguments: StatementArguments) throws {
    try database.cachedStatement(sql: sql).execute(arguments: arguments)
  }
}

extension RecordRows {
  /// Adds a run.
  ///
  /// - Returns: the id of the run.
  func addRun(_ provenance: RecordProvenance, startedAt: String?) throws -> Int64 {
    try execute(
      """
      INSERT INTO runs (settings, engine, model, model_sha256, head, head_sha256, precision, started_at, recipe)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        provenance.settings, provenance.engine, provenance.model, provenance.modelSHA256, provenance.head,
        provenance.headSHA256, provenance.precision, startedAt,
        try provenance.recipe.map { try SortedJSON.text($0) },
      ])
    return database.lastInsertedRowID
  }

  func remove(_ track: String) throws { try execute("DELETE FROM tracks WHERE path = ?", [track]) }

  /// Writes a record; replaces an earlier record of the same track.
  ///
  /// - Throws: `cannotWrite` for values that the database would change.
  func write(_ record: TrackRecord, run: Int64) throws {
    try check(record)
    let earlier = try Int64.fetchOne(
      database.cachedStatement(sql: "SELECT id FROM tracks WHERE path = ?"), arguments: [record.path])
    if let earlier { try execute("DELETE FROM tracks WHERE id = ?", [earlier]) }
    try insertTrack(record, id: earlier, run: run)
    let id = database.lastInsertedRowID
    try insert(record.tags ?? [], ofHead: DatabaseSchema.ownHead, track: id)
    for (name, head) in (record.heads ?? [:]).sorted(by: { $0.key < $1.key }) {
      try execute("INSERT INTO heads (track_id, name, sha256) VALUES (?, ?, ?)", [id, name, head.sha256])
      try insert(head.tags, ofHead: name, track: id)
    }
    for (patch, span) in (record.patches ?? []).enumerated() {
      try execute(
        #"INSERT INTO patches (track_id, patch, "start", "end") VALUES (?, ?, ?, ?)"#,
        [id, patch, span.start, span.end])
    }
    for (name, embedding) in (record.embeddings ?? [:]).sorted(by: { $0.key < $1.key }) {
      try insert(embedding, name: name, track: id)
    }
    if let curve = record.curve { try insert(curve, track: id) }
  }

  private func insertTrack(_ record: TrackRecord, id: Int64?, run: Int64) throws {
    try execute(
      """
      INSERT INTO tracks (
        id, path, status, size, modified_ns, sha256, run_id, duration, sample_rate, channels, format, decoder,
        patch_count, error_stage, error_code, error_message,
        tag_count, embedding_count, patch_row_count, curve_patch_count, curve_label_count,
        later_error_stage, later_error_code, later_error_message, later_error_settings,
        warnings, lost_seconds, sound_sha256, cue
      ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        id, record.path, record.status.rawValue, record.file?.byteCount, record.file?.modifiedNanoseconds,
        record.file?.sha256, run, record.audio?.duration, record.audio?.sampleRate,
        record.audio?.channelCount,
        record.audio?.format, record.audio?.decoder, record.audio?.patchCount, record.error?.stage.rawValue,
        record.error?.code, record.error?.message, record.tags?.count, record.embeddings?.count,
        record.patches?.count, record.curve?.activations.count, record.curve?.labels.count,
        record.laterError?.error.stage.rawValue, record.laterError?.error.code,
        record.laterError?.error.message, record.laterError?.settings,
        record.warnings.isEmpty ? nil : try SortedJSON.text(record.warnings), record.lostSeconds,
        record.soundSHA256, try record.cue.map { try SortedJSON.text($0) },
      ])
  }

  private func insert(_ tags: [RecordedTag], ofHead head: String, track: Int64) throws {
    for (rank, tag) in tags.enumerated() {
      try execute(
        "INSERT INTO tags (track_id, head, rank, label, activation) VALUES (?, ?, ?, ?, ?)",
        [track, head, rank, tag.label, tag.activation])
    }
  }

  private func insert(_ embedding: RecordedEmbedding, name: String, track: Int64) throws {
    for row in EmbeddingRow.rows(of: embedding, name: name) {
      try execute(
        "INSERT INTO embeddings (track_id, name, patch, shape, vector, file) VALUES (?, ?, ?, ?, ?, ?)",
        [track, name, row.patch, row.shape.description, row.vector, row.file])
    }
  }

  private func insert(_ curve: RecordedCurve, track: Int64) throws {
    for (rank, label) in curve.labels.enumerated() {
      let activations = curve.activations.map { $0[rank] }
      try execute(
        "INSERT INTO curves (track_id, rank, label, activations) VALUES (?, ?, ?, ?)",
        [track, rank, label, FloatBytes.data(activations[...])])
    }
  }

  /// Refuses values that SQLite would change: it ends texts at a NUL byte and has no NaN.
  private func check(_ record: TrackRecord) throws(RecordOutputError) {
    let found: String
    if record.texts.contains(where: { $0.utf8.contains(0) }) {
      found = "a text with a NUL character"
    } else if !record.numbers.allSatisfy(\.isFinite) {
      found = "a value that is no finite number"
    } else if record.embeddings?.values.contains(where: { $0.file == nil && !$0.isFilled }) == true {
      found = "an embedding whose values do not fill its shape"
    } else if record.heads?.isEmpty == true || record.heads?.keys.contains(DatabaseSchema.ownHead) == true {
      found = "added heads without a name"
    } else if let curve = record.curve, curve.activations.contains(where: { $0.count != curve.labels.count })
    {
      found = "a curve without an activation for every label"
    } else {
      return
    }
    throw .cannotWrite(path: path, reason: "the record of \(record.path) has \(found)")
  }
}

extension TrackRecord {
  fileprivate var texts: [String] {
    let optional = [
      file?.sha256, provenance.head, provenance.headSHA256, audio?.format, audio?.decoder, error?.code,
      error?.message, laterError?.error.code, laterError?.error.message, laterError?.settings, soundSHA256,
    ]
    return [path, provenance.engine, provenance.model, provenance.modelSHA256, provenance.precision]
      + [provenance.settings] + optional.compactMap(\.self) + (tags ?? []).map(\.label)
      + (curve?.labels ?? [])
      + (embeddings ?? [:]).flatMap { [$0.key, $0.value.file ?? ""] }
      + (heads ?? [:]).flatMap { [$0.key, $0.value.sha256] + $0.value.tags.map(\.label) }
  }

  /// All values that can be NaN or infinite.
  fileprivate var numbers: [Float] {
    let times =
      ([audio?.duration, lostSeconds, cue?.start, cue?.end] + warnings.flatMap { [$0.at, $0.seconds] })
      .compactMap(\.self)
      + (patches ?? []).flatMap { [$0.start, $0.end] }
    return times.map { $0.isFinite ? 0 : Float.nan } + (tags ?? []).map(\.activation)
      + (heads ?? [:]).values.flatMap { $0.tags.map(\.activation) }
      + (embeddings ?? [:]).values.flatMap(\.values) + (curve?.activations ?? []).flatMap(\.self)
  }
}
