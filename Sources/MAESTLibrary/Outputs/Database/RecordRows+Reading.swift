import Foundation
import GRDB
import MAEST

extension RecordRows {
  /// The data needed to decide whether a track's record is up to date.
  func entry(ofTrack track: String) throws -> RecordEntry? {
    let failed = version == 1 ? "NULL" : "tracks.later_error_settings"
    let (sound, cue) = version < 3 ? ("NULL", "NULL") : ("tracks.sound_sha256", "tracks.cue")
    let statement = try database.cachedStatement(
      sql: """
        SELECT tracks.status, tracks.size, tracks.modified_ns, tracks.sha256, runs.settings, \(failed) AS failed,
          \(sound) AS sound, \(cue) AS cue
        FROM tracks JOIN runs ON runs.id = tracks.run_id WHERE tracks.path = ?
        """)
    guard let row = try Row.fetchOne(statement, arguments: [track]) else { return nil }
    return RecordEntry(
      status: try status(row), file: try file(row), settings: try row.decode(forColumn: "settings"),
      failedSettings: try row.decode(forColumn: "failed"), soundSHA256: try row.decode(forColumn: "sound"),
      cue: try json(CueTrack.self, row, "cue"))
  }

  /// One provenance for each digest of settings that annotated tracks have, with the number of tracks.
  func provenances() throws -> [ProvenanceCount] {
    let runs = try allRuns()
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT max(runs.id) AS id, count(*) AS count FROM tracks JOIN runs ON runs.id = tracks.run_id
        WHERE tracks.status <> 'failed' GROUP BY runs.settings ORDER BY runs.settings
        """)
    return try rows.compactMap { row in
      let count = try row.decode(Int.self, forColumn: "count")
      return runs[try row.decode(forColumn: "id")].map { ProvenanceCount(provenance: $0, count: count) }
    }
  }

  func trackPaths() throws -> [String] { try String.fetchAll(database, sql: "SELECT path FROM tracks") }

  /// Reads the record of a track; nil if there is none.
  func record(ofTrack track: String) throws -> TrackRecord? {
    let statement = try database.cachedStatement(sql: "SELECT * FROM tracks WHERE path = ?")
    guard let row = try Row.fetchOne(statement, arguments: [track]) else { return nil }
    let run = try row.decode(Int64.self, forColumn: "run_id")
    return try record(row, runs: try allRuns(sql: "SELECT * FROM runs WHERE id = \(run)"))
  }

  /// Calls `body` with each record, sorted by path in the order of UTF-8 bytes.
  func forEachRecord(_ body: (TrackRecord) throws -> Void) throws {
    let runs = try allRuns()
    let tracks = try Row.fetchCursor(database, sql: "SELECT * FROM tracks ORDER BY path")
    while let row = try tracks.next() { try body(try record(row, runs: runs)) }
  }

  /// The data of a track that a merge needs.
  struct Track {
    var id: Int64
    var path: String
    var rank: RecordRank
    var run: Int64
  }

  /// At most `count` tracks with ids above `id`, sorted by id.
  func tracks(after id: Int64, count: Int) throws -> [Track] {
    let statement = try database.cachedStatement(
      sql: """
        SELECT id, path, status, modified_ns, run_id FROM tracks WHERE id > ? ORDER BY id LIMIT ?
        """)
    return try Row.fetchAll(statement, arguments: [id, count]).map { row in
      let rank = RecordRank(try status(row), modifiedNanoseconds: try row.decode(forColumn: "modified_ns"))
      return Track(
        id: try row.decode(forColumn: "id"), path: try row.decode(forColumn: "path"), rank: rank,
        run: try row.decode(forColumn: "run_id"))
    }
  }

  /// Reads the record of the track with this id; nil if there is none.
  func record(id: Int64, runs: [Int64: RecordProvenance]) throws -> TrackRecord? {
    let statement = try database.cachedStatement(sql: "SELECT * FROM tracks WHERE id = ?")
    return try Row.fetchOne(statement, arguments: [id]).map { try record($0, runs: runs) }
  }

  func allRuns(sql: String = "SELECT * FROM runs") throws -> [Int64: RecordProvenance] {
    var runs: [Int64: RecordProvenance] = [:]
    let rows = try Row.fetchCursor(database, sql: sql)
    while let row = try rows.next() {
      runs[try row.decode(forColumn: "id")] = RecordProvenance(
        engine: try row.decode(forColumn: "engine"), model: try row.decode(forColumn: "model"),
        modelSHA256: try row.decode(forColumn: "model_sha256"), head: try row.decode(forColumn: "head"),
        headSHA256: try row.decode(forColumn: "head_sha256"),
        precision: try row.decode(forColumn: "precision"),
        settings: try row.decode(forColumn: "settings"), recipe: try recipe(row))
    }
    return runs
  }

  private func recipe(_ row: Row) throws -> RecordRecipe? {
    version > 1 ? try json(RecordRecipe.self, row, "recipe") : nil
  }

  /// Decodes a column that has JSON; nil for NULL.
  private func json<Value: Decodable>(_ type: Value.Type, _ row: Row, _ column: String) throws -> Value? {
    guard let text = try row.decode(String?.self, forColumn: column) else { return nil }
    do { return try JSONDecoder().decode(type, from: Data(text.utf8)) } catch is DecodingError {
      throw RecordOutputError.cannotRead(path: path, reason: "a row has the \(column) \(text)")
    }
  }

  private func record(_ row: Row, runs: [Int64: RecordProvenance]) throws -> TrackRecord {
    let id = try row.decode(Int64.self, forColumn: "id")
    let track = try row.decode(String.self, forColumn: "path")
    guard let provenance = runs[try row.decode(forColumn: "run_id")] else {
      throw damage(track, "its run is missing")
    }
    var record = TrackRecord(
      path: track, status: try status(row), file: try file(row), provenance: provenance)
    record.audio = try audio(row)
    record.error = try error(row, prefix: "error")
    if version > 1 {
      record.laterError = try error(row, prefix: "later_error").map {
        LaterError(error: $0, settings: try row.decode(forColumn: "later_error_settings"))
      }
      record.heads = try heads(id)
    }
    if version > 2 {
      record.warnings = try json([AudioWarning].self, row, "warnings") ?? []
      record.lostSeconds = try row.decode(forColumn: "lost_seconds")
      record.cue = try json(CueTrack.self, row, "cue")
      record.soundSHA256 = try row.decode(forColumn: "sound_sha256")
    }
    record.tags = try row.decode(Int?.self, forColumn: "tag_count").map { try tags(id, track, count: $0) }
    record.patches = try row.decode(Int?.self, forColumn: "patch_row_count").map {
      try patches(id, track, count: $0)
    }
    record.embeddings = try row.decode(Int?.self, forColumn: "embedding_count").map {
      try embeddings(id, track, count: $0)
    }
    record.curve = try row.decode(Int?.self, forColumn: "curve_patch_count").map {
      try curve(id, track, patchCount: $0, labelCount: try row.decode(forColumn: "curve_label_count"))
    }
    return record
  }

  private func status(_ row: Row) throws -> TrackRecord.Status {
    let text = try row.decode(String.self, forColumn: "status")
    guard let status = TrackRecord.Status(rawValue: text) else {
      throw RecordOutputError.cannotRead(path: path, reason: "a track has the status \(text)")
    }
    return status
  }

  private func file(_ row: Row) throws -> FileState? {
    guard let size = try row.decode(Int?.self, forColumn: "size") else { return nil }
    return FileState(
      byteCount: size, modifiedNanoseconds: try row.decode(forColumn: "modified_ns"),
      sha256: try row.decode(forColumn: "sha256"))
  }

  private func audio(_ row: Row) throws -> AudioFacts? {
    guard let duration = try row.decode(Double?.self, forColumn: "duration") else { return nil }
    return AudioFacts(
      duration: duration, sampleRate: try row.decode(forColumn: "sample_rate"),
      channelCount: try row.decode(forColumn: "channels"), format: try row.decode(forColumn: "format"),
      decoder: try row.decode(forColumn: "decoder"), patchCount: try row.decode(forColumn: "patch_count"))
  }

  private func error(_ row: Row, prefix: String) throws -> TrackError? {
    guard let name = try row.decode(String?.self, forColumn: "\(prefix)_stage") else { return nil }
    guard let stage = TrackError.Stage(rawValue: name) else {
      throw RecordOutputError.cannotRead(path: path, reason: "a track has the error stage \(name)")
    }
    return TrackError(
      stage: stage, code: try row.decode(forColumn: "\(prefix)_code"),
      message: try row.decode(forColumn: "\(prefix)_message"))
  }

  private func heads(_ id: Int64) throws -> [String: RecordedHead]? {
    var heads: [String: RecordedHead] = [:]
    for row in try rows("SELECT name, sha256 FROM heads WHERE track_id = ?", id) {
      let name = try row.decode(String.self, forColumn: "name")
      heads[name] = RecordedHead(
        sha256: try row.decode(forColumn: "sha256"), tags: try tags(id, ofHead: name))
    }
    return heads.isEmpty ? nil : heads
  }

  private func tags(_ id: Int64, ofHead head: String) throws -> [RecordedTag] {
    let condition = version == 1 ? "? = ''" : "head = ?"
    let statement = try database.cachedStatement(
      sql: "SELECT label, activation FROM tags WHERE track_id = ? AND \(condition) ORDER BY rank")
    return try Row.fetchAll(statement, arguments: [id, head]).map {
      RecordedTag(
        label: try $0.decode(forColumn: "label"), activation: try $0.decode(forColumn: "activation"))
    }
  }

  private func tags(_ id: Int64, _ track: String, count: Int) throws -> [RecordedTag] {
    let tags = try tags(id, ofHead: DatabaseSchema.ownHead)
    guard tags.count == count else { throw damage(track, "\(tags.count) of \(count) tags are there") }
    return tags
  }

  private func patches(_ id: Int64, _ track: String, count: Int) throws -> [PatchSpan] {
    let rows = try rows(#"SELECT "start", "end" FROM patches WHERE track_id = ? ORDER BY patch"#, id)
    guard rows.count == count else { throw damage(track, "\(rows.count) of \(count) patches are there") }
    return try rows.map {
      PatchSpan(start: try $0.decode(forColumn: "start"), end: try $0.decode(forColumn: "end"))
    }
  }

  private func embeddings(_ id: Int64, _ track: String, count: Int) throws -> [String: RecordedEmbedding] {
    var parts: [String: [EmbeddingRow]] = [:]
    for row in try rows(
      "SELECT name, patch, shape, vector, file FROM embeddings WHERE track_id = ? ORDER BY name, patch", id)
    {
      let name = try row.decode(String.self, forColumn: "name")
      let shape = Data(try row.decode(String.self, forColumn: "shape").utf8)
      parts[name, default: []].append(
        EmbeddingRow(
          patch: try row.decode(forColumn: "patch"), shape: try JSONDecoder().decode([Int].self, from: shape),
          vector: try row.decode(forColumn: "vector"), file: try row.decode(forColumn: "file")))
    }
    guard parts.count == count else { throw damage(track, "\(parts.count) of \(count) embeddings are there") }
    var embeddings: [String: RecordedEmbedding] = [:]
    for (name, rows) in parts {
      guard let embedding = EmbeddingRow.embedding(of: rows) else {
        throw damage(track, "the rows of its embedding \(name) do not fit together")
      }
      embeddings[name] = embedding
    }
    return embeddings
  }

  private func curve(
    _ id: Int64, _ track: String, patchCount: Int, labelCount: Int
  ) throws -> RecordedCurve {
    let rows = try rows("SELECT label, activations FROM curves WHERE track_id = ? ORDER BY rank", id)
    let columns = try rows.map { FloatBytes.floats(try $0.decode(forColumn: "activations")) ?? [] }
    guard patchCount >= 0, columns.count == labelCount, columns.allSatisfy({ $0.count == patchCount }) else {
      throw damage(track, "its curve is not of \(labelCount) labels and \(patchCount) patches")
    }
    return RecordedCurve(
      labels: try rows.map { try $0.decode(forColumn: "label") },
      activations: (0..<patchCount).map { patch in columns.map { $0[patch] } })
  }

  private func rows(_ sql: String, _ track: Int64) throws -> [Row] {
    try Row.fetchAll(database.cachedStatement(sql: sql), arguments: [track])
  }

  private func damage(_ track: String, _ what: String) -> RecordOutputError {
    .cannotRead(path: path, reason: "the record of \(track) is damaged: \(what)")
  }
}
