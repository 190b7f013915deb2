import Foundation
import GRDB
import MAESTFiles
import MAESTWeights

/// Records in an SQLite database.
///
/// What ``write(_:)`` was given is there once it returned, whatever ends the program or the machine: each call is one
/// transaction in a write-ahead log, with `synchronous` at `FULL`, which brings it to disk before it returns. (`NORMAL`
/// would save that wait and be as safe against a killed program, but lose the last transactions with the power; beside
/// the seconds that the network takes for a track, a few milliseconds do not show.) A database that is being written can
/// be read by others at the same time; after ``finish()`` it is one file without companions.
///
/// Times are in seconds, vectors are float32 with the lowest byte first, as NumPy's `<f4` and sqlite-vec have them.
/// `application_id` is 0x4d414553 ("MAES"), `user_version` the version of the tables, 2. Tables of version 1 are read as
/// they are, and brought to version 2 when the database is opened to be written.
///
/// | table | a row | columns |
/// |---|---|---|
/// | `tracks` | a track | `id`; `path` (unique); `status`: `done` or `failed` (there is room for `partial`); `size`, `modified_ns`, `sha256` of the audio file; `run_id`; `duration`, `sample_rate`, `channels`, `format`, `decoder`, `patch_count` of the audio; `error_stage` (`open`, `decode`, `analyze`), `error_code`, `error_message`; `later_error_stage`, `_code`, `_message`, `_settings` of a later attempt that failed; `warnings`, not used yet; `tag_count`, `embedding_count`, `patch_row_count`, `curve_patch_count`, `curve_label_count`: how many there are in the tables below, NULL where it was not asked for |
/// | `tags` | a label of a track | `track_id`; `head`: the name of an added head, else empty; `rank` from 0, the highest activation first; `label`; `activation` |
/// | `heads` | an added head of a track | `track_id`; `name`; `sha256` |
/// | `embeddings` | a vector | `id`; `track_id`; `name`, as "layer07.blockOutput.cls"; `patch` from 0, -1 for one of the whole track; `shape` of the row as JSON; `vector`; `file` in place of it where a `.npy` file has the values |
/// | `patches` | a patch | `track_id`; `patch` from 0; `start` and `end` in the track |
/// | `curves` | a label over time | `track_id`; `rank` from 0; `label`; `activations`: a vector `[patch]` |
/// | `runs` | a run of the program with one model and settings | `id`; `settings`, `engine`, `model`, `model_sha256`, `head`, `head_sha256`, `precision` as in a record; `recipe`: what was asked for, as JSON, NULL in records of version 1; `started_at` (UTC), NULL in a merged database |
/// | `annotations` | a track (a view) | what people look at of `tracks` and `runs`, with the labels in one text |
///
/// Rows of a track or run go with it (`ON DELETE CASCADE`, with `PRAGMA foreign_keys = ON`). A track that is redone keeps
/// its `id`.
///
/// ```sql
/// SELECT path, activation FROM tags JOIN tracks ON tracks.id = track_id
///   WHERE label = 'Electronic---Techno' AND head = '' AND activation > 0.5 ORDER BY activation DESC;
/// ```
public final class RecordDatabase: RecordOutput {
  public let path: String
  private let lock: OutputLock?
  private let queue: DatabaseQueue
  /// For the table of runs; nil: not told.
  private let startedAt: String?
  /// Whether the tables are those of version 1, to be read only.
  private let isVersion1: Bool
  /// Those that this object added, by id.
  private var runs: [RecordProvenance: Int64] = [:]

  /// Opens the database at `path`, or makes it.
  ///
  /// - Throws: `busy` where another writes it; `notRecords` for a file that is something else and `laterVersion`, which
  ///   leave the file untouched; `cannotWrite`.
  public init(path: String) throws(RecordOutputError) {
    let place = try OutputPlace(path)
    do {
      lock = try Self.lock(place, name: path)
      queue = try DatabaseConnection.open(place.path)
    } catch {
      throw RecordOutputError(error, path: path)
    }
    self.path = path
    isVersion1 = false
    startedAt = Date.now.formatted(.iso8601)
  }

  /// Opens the database at `path` to be read only, beside whoever writes it.
  private init(reading path: String, _ header: DatabaseHeader) throws(RecordOutputError) {
    self.path = path
    isVersion1 = header.version == 1
    lock = nil
    startedAt = nil
    do { queue = try DatabaseConnection.openForReading(path) } catch {
      throw RecordOutputError(error, path: path, isReading: true)
    }
  }

  /// What is recorded of tracks in the database at `path`, which is only read; an empty file has none.
  ///
  /// - Throws: as ``init(path:)``.
  public static func lookup(path: String) throws(RecordOutputError) -> any RecordLookup {
    let header = try DatabaseHeader(path: path)
    guard try header.isRecords(path: path) else { return RecordStream() }
    return try RecordDatabase(reading: path, header)
  }

  /// Makes a database in an empty file that nobody else knows, to be brought to disk by the caller.
  ///
  /// - Parameter path: for messages.
  init(building temporaryPath: String, path: String) throws(RecordOutputError) {
    self.path = path
    lock = nil
    isVersion1 = false
    startedAt = nil
    do {
      try DatabaseConnection.createTables(temporaryPath)
      queue = try DatabaseConnection.openForBuilding(temporaryPath)
    } catch {
      throw RecordOutputError(error, path: path)
    }
  }

  deinit {
    // Before the lock goes; what is written is safe, even if it stays in the log.
    try? queue.close()
  }

  public func entry(ofTrack path: String) throws(RecordOutputError) -> RecordEntry? {
    try access(isReading: true) { try $0.entry(ofTrack: path) }
  }

  public func record(ofTrack path: String) throws(RecordOutputError) -> TrackRecord? {
    try access(isReading: true) { try $0.record(ofTrack: path) }
  }

  public func provenances() throws(RecordOutputError) -> [ProvenanceCount] {
    try access(isReading: true) { try $0.provenances() }
  }

  /// `body` must not use the database.
  public func forEachTrack(_ body: (_ path: String) throws -> Void) throws {
    for path in try access(isReading: true, { try $0.trackPaths() }) { try body(path) }
  }

  public func remove(tracks: [String]) throws(RecordOutputError) {
    try access { rows in
      try rows.database.inTransaction(.immediate) {
        for track in tracks { try rows.remove(track) }
        return .commit
      }
    }
  }

  public func write(_ records: [TrackRecord]) throws(RecordOutputError) {
    guard !records.isEmpty else { return }
    var added: [RecordProvenance: Int64] = [:]
    try access { rows in
      try rows.database.inTransaction(.immediate) {
        added = runs
        for record in records { try rows.write(record, run: try run(record.provenance, &added, rows)) }
        return .commit
      }
    }
    runs = added
  }

  /// Moves all from the log into the database, which becomes one file without companions, unless others are reading it.
  public func finish() throws(RecordOutputError) {
    try access { rows in
      do {
        try DatabaseConnection.endLog(rows.database)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
        return
      }
    }
  }

  /// Lets the database have so many pages and no more, as on a full disk.
  package func limitSize(toPages count: Int) throws(RecordOutputError) {
    try access { try $0.database.execute(sql: "PRAGMA max_page_count = \(count)") }
  }

  /// Ends the use of the database.
  func close() throws(RecordOutputError) {
    do { try queue.close() } catch { throw RecordOutputError(error, path: path) }
  }

  /// Calls `body` with every record, by path in the order of UTF-8 bytes, one in memory at a time.
  ///
  /// `body` must not use the database.
  ///
  /// - Throws: `cannotRead`, and what `body` throws.
  public func forEachRecord(_ body: (TrackRecord) throws -> Void) throws {
    // Not SQLite's failure.
    var bodyError: (any Error)?
    do {
      try queue.inDatabase { database in
        // In one transaction, so that no record is missed or doubled.
        try database.inTransaction(.deferred) {
          try rows(database).forEachRecord { record in
            do { try body(record) } catch {
              bodyError = error
              throw error
            }
          }
          return .commit
        }
      }
    } catch {
      throw bodyError ?? RecordOutputError(error, path: path, isReading: true)
    }
  }

  private func access<Result>(
    isReading: Bool = false, _ body: (RecordRows) throws -> Result
  ) throws(RecordOutputError) -> Result {
    do { return try queue.inDatabase { try body(rows($0)) } } catch {
      throw RecordOutputError(error, path: path, isReading: isReading)
    }
  }

  private func rows(_ database: Database) -> RecordRows {
    RecordRows(database: database, path: path, isVersion1: isVersion1)
  }

  private func run(
    _ provenance: RecordProvenance, _ runs: inout [RecordProvenance: Int64], _ rows: RecordRows
  ) throws -> Int64 {
    if let id = runs[provenance] { return id }
    let id = try rows.addRun(provenance, startedAt: startedAt)
    runs[provenance] = id
    return id
  }

  /// Locks the database, which is made where the file is empty.
  private static func lock(_ place: OutputPlace, name: String) throws -> OutputLock {
    let lock = try OutputLock(path: place.path)
    let header = try DatabaseHeader(descriptor: lock.descriptor, path: name)
    if try header.isRecords(path: name) {
      try DatabaseConnection.migrate(place.path, from: header.version ?? DatabaseSchema.version)
      return lock
    }
    do {
      try DatabaseConnection.removeCompanions(of: place.path)
      try AtomicFile.make(at: place.path) { try DatabaseConnection.createTables($0) }
    } catch {
      if place.isNew { unlink(place.path) }
      throw error
    }
    // Another file stands there now. Whoever is quicker to lock it may have it.
    return try OutputLock(path: place.path)
  }
}
