import Foundation
import GRDB
import MAESTFiles
import MAESTWeights

/// Ways to open a database of records.
enum DatabaseConnection {
  /// How long others, such as the sqlite3 program, may hold what is needed, in seconds.
  private static let patience = 10.0

  /// To read and write records one by one, each transaction brought to disk.
  static func open(_ path: String) throws -> DatabaseQueue {
    // WAL: one write and one fsync a transaction, and others can read meanwhile. It needs memory that all who have the
    // database open share, which processes on several machines do not: there a rollback journal is kept, whose removal
    // is brought to disk too (EXTRA).
    let journal = FileSystemKind.isShared(path) ? ("DELETE", "EXTRA") : ("WAL", "FULL")
    return try open(path) { database in
      try database.execute(
        sql: """
          PRAGMA journal_mode = \(journal.0);
          PRAGMA synchronous = \(journal.1);
          PRAGMA fullfsync = ON;
          """)
    }
  }

  /// Brings tables of an earlier version to the present one, in one transaction.
  static func migrate(_ path: String, from version: Int) throws {
    guard version < DatabaseSchema.version else { return }
    let queue = try open(path, checksReferences: false) { _ in }
    try queue.inDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = EXTRA; PRAGMA fullfsync = ON;")
      try database.inTransaction(.immediate) {
        try database.execute(sql: DatabaseSchema.fromVersion1)
        return .commit
      }
    }
    try queue.close()
  }

  /// To fill a file that nobody else knows and that is thrown away where anything fails.
  static func openForBuilding(_ path: String) throws -> DatabaseQueue {
    try open(path) { database in
      try database.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    }
  }

  /// To read only, in one transaction if the caller likes: neither the file nor its `-wal` changes.
  static func openForReading(_ path: String) throws -> DatabaseQueue {
    try open(path, readOnly: true) { _ in }
  }

  private static func open(
    _ path: String, readOnly: Bool = false, checksReferences: Bool = true, setUp: (Database) throws -> Void
  ) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = checksReferences
    configuration.readonly = readOnly
    configuration.busyMode = .timeout(patience)
    configuration.allowsUnsafeTransactions = readOnly
    configuration.label = "maest records"
    // Absolute: SQLite takes what begins with "file:" for an address.
    let queue = try DatabaseQueue(path: URL(filePath: path).path, configuration: configuration)
    try queue.inDatabase { database in
      try setUp(database)
      // 32 MiB, in KiB.
      try database.execute(sql: "PRAGMA cache_size = -32768")
    }
    return queue
  }

  /// Moves all from the log into the database, and needs no log from then on.
  ///
  /// - Throws: SQLite's `BUSY` where others read it.
  static func endLog(_ database: Database) throws {
    try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;")
  }

  /// Makes the tables in the file at `path`, which is empty.
  static func createTables(_ path: String) throws {
    let queue = try openForBuilding(path)
    try queue.inDatabase { try $0.execute(sql: DatabaseSchema.sql) }
    try queue.close()
  }

  /// Removes what SQLite keeps beside a database that is no longer, or not yet, the one at `path`: it would be taken
  /// for a part of the next one.
  static func removeCompanions(of path: String) throws(RecordOutputError) {
    for ending in ["-wal", "-shm", "-journal"] where unlink(path + ending) != 0 && errno != ENOENT {
      throw .cannotWrite(path: path + ending, reason: systemReason())
    }
  }
}

extension RecordOutputError {
  /// What a failure means for the output at `path`.
  ///
  /// - Parameter isReading: whether it was being read.
  init(_ error: any Error, path: String, isReading: Bool = false) {
    let reason: String
    switch error {
    case let error as RecordOutputError:
      self = error
      return
    case let error as DatabaseError where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode):
      self = .busy(path: path)
      return
    case let error as DatabaseError where error.resultCode == .SQLITE_NOTADB:
      self = .notRecords(path: path, found: "a file that is no SQLite database")
      return
    case let error as DatabaseError:
      reason = error.message ?? "SQLite's code \(error.extendedResultCode.rawValue)"
    case let error as FileWriteError: reason = error.reason
    default: reason = "\(error)"
    }
    self = isReading ? .cannotRead(path: path, reason: reason) : .cannotWrite(path: path, reason: reason)
  }
}
