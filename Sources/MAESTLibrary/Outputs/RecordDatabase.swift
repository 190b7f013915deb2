import Foundation
import GRDB
import MAESTFiles
import MAESTWeights

/// Records in an SQLite database.
///
/// Records are durable when ``write(_:)`` returns, even after a power failure: each call is one transaction in a
/// write-ahead log with `synchronous` = `FULL`, which synchronizes it to disk. (`NORMAL` would save a few milliseconds,
/// which is negligible compared with the seconds of network time per track, but would lose the last transactions on a
/// power failure.) Other programs can read the database while it is being written. After ``finish()`` the database is a
/// single file, without a log beside it.
///
/// Times are in seconds. Vectors are little-endian float32, as NumPy's `<f4` and sqlite-vec use them. `application_id`
/// is 0x4d414553 ("MAES"), `user_version` is the version of the tables, 3. Tables of versions 1 and 2 can be read, and
/// are migrated to version 3 when the database is opened for writing.
///
/// | table | one row per | columns |
/// |---|---|---|
/// | `tracks` | track | `id`; `path` (unique); `status`: `done`, `partial` (sound of the file is missing) or `failed`; `size`, `modified_ns`, `sha256` of the audio file; `run_id`; `duration`, `sample_rate`, `channels`, `format`, `decoder`, `patch_count` of the audio; `error_stage` (`open`, `decode`, `analyze`), `error_code`, `error_message`; `later_error_stage`, `_code`, `_message`, `_settings` of a later attempt that failed; `warnings` on the audio, as JSON, NULL if there are none; `lost_seconds` of a partial track; `sound_sha256` of the decoded sound; `cue`: the track of a CUE sheet, as JSON; `tag_count`, `embedding_count`, `patch_row_count`, `curve_patch_count`, `curve_label_count`: counts of the entries in the tables below, NULL if they were not requested |
/// | `tags` | label of a track | `track_id`; `head`: the name of an added head, otherwise empty; `rank` from 0, the highest activation first; `label`; `activation` |
/// | `heads` | added head of a track | `track_id`; `name`; `sha256` |
/// | `embeddings` | vector | `id`; `track_id`; `name`, as "layer07.blockOutput.cls"; `patch` from 0, -1 for the whole track; `shape` of the row as JSON; `vector`; `file` instead of `vector` if a `.npy` file has the values |
/// | `patches` | patch | `track_id`; `patch` from 0; `start` and `end` in the track, in seconds |
/// | `curves` | label of a curve | `track_id`; `rank` from 0; `label`; `activations`: a vector `[patch]` |
/// | `runs` | run of the program with one model and settings | `id`; `settings`, `engine`, `model`, `model_sha256`, `head`, `head_sha256`, `precision` as in a record; `recipe`: the requested settings, as JSON, NULL in records of version 1; `started_at` (UTC), NULL in a merged database |
/// | `annotations` | track (a view) | a readable summary of `tracks` and `runs`, with the labels as one text |
///
/// Deleting a track or run deletes its rows in the other tables (`ON DELETE CASCADE`, with `PRAGMA foreign_keys = ON`).
/// A track that is analysed again keeps its `id`.
///
/// ```sql
/// SELECT path, activation FROM tags JOIN tracks ON tracks.id = track_id
///   WHERE label = 'Electronic---Techno' AND head = '' AND activation > 0.5 ORDER BY activation DESC;
/// ```
public final class RecordDatabase: RecordOutput {
  public let path: String
  private let lock: OutputLock?
  private let queue: DatabaseQueue
  /// `started_at` in the table of runs; nil: not recorded.
  private let startedAt: String?
  /// Version of the tables; those of earlier versions are read-only.
  private let version: Int
  /// Ids of the runs that this object added.
  private var runs: [RecordProvenance: Int64] = [:]

  /// Opens the database at `path`, or creates it.
  ///
  /// - Throws: `busy` if another program is writing it; `notRecords` for other contents; `laterVersion`; `cannotWrite`.
  ///   After `notRecords` and `laterVersion` the file is unchanged.
  public init(path: String) throws(RecordOutputError) {
    let place = try OutputPlace(path)
    do {
      lock = try Self.lock(place, name: path)
      queue = try DatabaseConnection.open(place.path)
    } catch {
      throw RecordOutputError(error, path: path)
    }
    self.path = path
    version = DatabaseSchema.version
    startedAt = Date.now.formatted(.iso8601)
  }

  /// Opens the database at `path` read-only; another program may be writing it.
  private init(reading path: String, _ header: DatabaseHeader) throws(RecordOutputError) {
    self.path = path
    version = header.version ?? DatabaseSchema.version
    lock = nil
    startedAt = nil
    do { queue = try DatabaseConnection.openForReading(path) } catch {
      throw RecordOutputError(error, path: path, isReading: true)
    }
  }

  /// Looks up records in the database at `path`, read-only. An empty file has no records.
  ///
  /// - Throws: as ``init(path:)``.
  public static func lookup(path: String) throws(RecordOutputError) -> any RecordLookup {
    let header = try DatabaseHeader(path: path)
    guard try header.isRecords(path: path) else { return RecordStream() }
    return try RecordDatabase(reading: path, header)
  }

  /// Creates a database in a temporary, empty file. The caller synchronizes it to disk.
  ///
  /// - Parameter path: final path, for error messages.
  init(building temporaryPath: String, path: String) throws(RecordOutputError) {
    self.path = path
    lock = nil
    version = DatabaseSchema.version
    startedAt = nil
    do {
      try DatabaseConnection.createTables(temporaryPath)
      queue = try DatabaseConnection.openForBuilding(temporaryPath)
    } catch {
      throw RecordOutputError(error, path: path)
    }
  }

  deinit {
    // Close before releasing the lock. A failure loses nothing: the data may stay in the log.
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

  /// Moves all data from the log into the database, so that it is a single file. If other programs are reading the
  /// database, the log remains.
  public func finish() throws(RecordOutputError) {
    try access { rows in
      do {
        try DatabaseConnection.endLog(rows.database)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
        return
      }
    }
  }

  /// Limits the database to a number of pages, to simulate a full disk.
  package func limitSize(toPages count: Int) throws(RecordOutputError) {
    try access { try $0.database.execute(sql: "PRAGMA max_page_count = \(count)") }
  }

  /// Closes the database.
  func close() throws(RecordOutputError) {
    do { try queue.close() } catch { throw RecordOutputError(error, path: path) }
  }

  /// Calls `body` with each record, sorted by path in the order of UTF-8 bytes. Holds one record in memory at a time.
  ///
  /// `body` must not use the database.
  ///
  /// - Throws: `cannotRead`, and errors of `body`.
  public func forEachRecord(_ body: (TrackRecord) throws -> Void) throws {
    // Kept apart from SQLite's errors.
    var bodyError: (any Error)?
    do {
      try queue.inDatabase { database in
        // One transaction, so that no record is missed or repeated.
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
    RecordRows(database: database, path: path, version: version)
  }

  private func run(
    _ provenance: RecordProvenance, _ runs: inout [RecordProvenance: Int64], _ rows: RecordRows
  ) throws -> Int64 {
    if let id = runs[provenance] { return id }
    let id = try rows.addRun(provenance, startedAt: startedAt)
    runs[provenance] = id
    return id
  }

  /// Locks the database; creates it in an empty file.
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
      if place.isNew { FileSystemCalls.unlinkFile(place.path) }
      throw error
    }
    // The new database is a different file, so it needs a new lock. Another program may lock it first.
    return try OutputLock(path: place.path)
  }
}
