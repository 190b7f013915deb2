import Foundation
import GRDB
import MAESTFiles
import MAESTWeights

/// Opens databases of records.
enum DatabaseConnection {
  /// Maximum time to wait for locks of other programs, such as sqlite3, in seconds.
  private static let patience = 10.0

  /// Opens a database to read and write single records. Each transaction is synchronized to disk.
  static func open(_ path: String) throws -> DatabaseQueue {
    // WAL needs one write and one fsync per transaction, and allows other processes to read during writes. It needs
    // shared memory, which processes on different machines do not have. Network file systems therefore use a rollback
    // journal; EXTRA also synchronizes the journal's removal.
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

  /// Migrates the tables to the current version, in one transaction.
  static func migrate(_ path: String, from version: Int) throws {
    guard version < DatabaseSchema.version else { return }
    let queue = try open(path, checksReferences: false) { _ in }
    try queue.inDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = EXTRA; PRAGMA fullfsync = ON;")
      try database.inTransaction(.immediate) {
        try database.execute(sql: DatabaseSchema.migration(from: version))
        return .commit
      }
    }
    try queue.close()
  }

  /// Opens a temporary file to fill it, without journal and synchronization. The caller discards the file on failure.
  static func openForBuilding(_ path: String) throws -> DatabaseQueue {
    try open(path) { database in
      try database.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    }
  }

  /// Opens a database read-only; changes neither the file nor its `-wal`. One transaction may span several reads.
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
    let queue = try DatabaseQueue(path: name(of: path), configuration: configuration)
    try queue.inDatabase { database in
      try setUp(database)
      // 32 MiB; the unit is KiB.
      try database.execute(sql: "PRAGMA cache_size = -32768")
    }
    return queue
  }

  /// The name by which SQLite opens a file. It is absolute, because SQLite parses names that begin with "file:" as URIs.
  /// A path that is not UTF-8 is such a URI: SQLite's names are UTF-8, but a URI can have any bytes.
  private static func name(of path: String) -> String {
    let absolute = path.hasPrefix("/") ? path : PathText.join(PathCalls.currentFolder, path)
    let bytes = PathBytes.bytes(absolute)
    guard !bytes.elementsEqual(absolute.utf8) else { return absolute }
    let plain = Set("/-._~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
    return bytes.reduce(into: "file://") { name, byte in
      name += plain.contains(byte) ? String(UnicodeScalar(byte)) : String(format: "%%%02X", byte)
    }
  }

  /// Moves all data from the write-ahead log into the database and leaves WAL mode.
  ///
  /// - Throws: SQLite's `BUSY` if another connection reads the database.
  static func endLog(_ database: Database) throws {
    try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;")
  }

  /// Creates the tables in the empty file at `path`.
  static func createTables(_ path: String) throws {
    let queue = try openForBuilding(path)
    try queue.inDatabase { try $0.execute(sql: DatabaseSchema.sql) }
    try queue.close()
  }

  /// Removes leftover SQLite companion files at `path`: SQLite would treat them as part of the next database there.
  static func removeCompanions(of path: String) throws(RecordOutputError) {
    for ending in ["-wal", "-shm", "-journal"]
    where FileSystemCalls.unlinkFile(path + ending) != 0 && errno != ENOENT {
      throw .cannotWrite(path: path + ending, reason: systemReason())
    }
  }
}

extension RecordOutputError {
  /// Converts a failure to an error for the output at `path`.
  ///
  /// - Parameter isReading: whether the failed operation was a read.
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
      self = .notRecords(path: path, found: "not an SQLite database")
      return
    case let error as DatabaseError:
      reason = error.message ?? "SQLite's code \(error.extendedResultCode.rawValue)"
    case let error as FileWriteError: reason = error.reason
    default: reason = "\(error)"
    }
    self = isReading ? .cannotRead(path: path, reason: reason) : .cannotWrite(path: path, reason: reason)
  }
}
