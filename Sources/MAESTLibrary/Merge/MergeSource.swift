import Foundation
import GRDB
import MAESTFiles

/// Location of a record in an input.
struct RecordPlace {
  /// Byte offset of the line in the file, or the track's id in a database.
  var position: Int
  /// Length of the line in bytes; 0 in a database.
  var length = 0
}

/// A record of an input, without its annotations.
struct MergeCandidate {
  var place: RecordPlace
  var track: String
  var rank: RecordRank
  var provenance: RecordProvenance
}

/// An input of a merge.
protocol MergeSource: AnyObject {
  var path: String { get }
  /// Number of an incomplete last line, which is skipped; set by ``scan(_:)``.
  var cutLine: Int? { get }

  /// Calls `body` for each record.
  func scan(_ body: (MergeCandidate) throws -> Void) throws

  /// Reads the record at a location that ``scan(_:)`` reported.
  func record(at place: RecordPlace) throws -> TrackRecord
}

/// Records in a JSON Lines file.
final class JSONLinesSource: MergeSource {
  private let reader: JSONLinesReader
  private(set) var cutLine: Int?

  var path: String { reader.path }

  init(path: String) throws(RecordOutputError) { reader = try JSONLinesReader(path: path) }

  func scan(_ body: (MergeCandidate) throws -> Void) throws {
    while let line = try reader.next() {
      if line.bytes.allSatisfy({ " \t\r".utf8.contains($0) }) { continue }
      let record: TrackRecord
      do { record = try TrackRecord(jsonLine: line.bytes) } catch {
        // The writer was interrupted. A record that lacks only its line end is still used.
        guard line.isComplete else {
          cutLine = line.number
          continue
        }
        throw RecordOutputError.notRecord(path: path, line: line.number, reason: Self.reason(error))
      }
      try body(
        MergeCandidate(
          place: RecordPlace(position: line.offset, length: line.bytes.count), track: record.path,
          rank: RecordRank(record), provenance: record.provenance))
    }
  }

  func record(at place: RecordPlace) throws -> TrackRecord {
    let bytes = try reader.read(offset: place.position, count: place.length)
    do { return try TrackRecord(jsonLine: bytes) } catch {
      throw RecordOutputError.cannotRead(path: path, reason: "the file changed while it was read")
    }
  }

  private static func reason(_ error: any Error) -> String {
    func name(_ keys: [any CodingKey]) -> String { keys.map(\.stringValue).joined(separator: ".") }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context): return "\(name(context.codingPath + [key])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return context.codingPath.isEmpty ? "not a JSON object" : "\(name(context.codingPath)) has another type"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty ? "not JSON" : "\(name(context.codingPath)) has a wrong value"
    default: return "\(error)"
    }
  }
}

/// Records in a database: a snapshot taken when the database is opened.
///
/// Changes neither the database nor its log, even if the program that wrote them was killed.
final class DatabaseSource: MergeSource {
  let path: String
  let cutLine: Int? = nil
  /// Excludes writers; nil if another program is writing, or if the merge locks the database as its output.
  private let lock: OutputLock?
  private let queue: DatabaseQueue
  /// Version of the tables.
  private let version: Int
  private let runs: [Int64: RecordProvenance]
  /// Files (`-wal`, `-shm`) that SQLite creates to read a database in WAL mode, and that did not exist before.
  private let newCompanions: [String]

  init(path: String) throws(RecordOutputError) {
    self.path = path
    // A failure is ignored: a database can be read while another program writes it.
    lock = try? OutputLock(path: path)
    newCompanions = ["-wal", "-shm"].map { path + $0 }.filter { FileIdentity(path: $0) == nil }
    do {
      queue = try DatabaseConnection.openForReading(path)
      (version, runs) = try queue.inDatabase { database in
        // Open until the connection closes: all reads see the same snapshot.
        try database.execute(sql: "BEGIN")
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? DatabaseSchema.version
        return (version, try RecordRows(database: database, path: path, version: version).allRuns())
      }
    } catch {
      throw RecordOutputError(error, path: path, isReading: true)
    }
  }

  deinit {
    // An error is ignored: the connection only reads.
    try? queue.close()
    // Without the lock they may belong to a writer.
    if lock != nil { for companion in newCompanions { FileSystemCalls.unlinkFile(companion) } }
  }

  func scan(_ body: (MergeCandidate) throws -> Void) throws {
    let pageSize = 10_000
    var last = Int64.min
    while true {
      // Reads a page at a time: `body` may read records, which is not possible inside a read.
      let page = try read { try $0.tracks(after: last, count: pageSize) }
      guard let end = page.last else { return }
      for track in page {
        guard let provenance = runs[track.run] else {
          throw RecordOutputError.cannotRead(path: path, reason: "the run of \(track.path) is missing")
        }
        try body(
          MergeCandidate(
            place: RecordPlace(position: Int(track.id)), track: track.path, rank: track.rank,
            provenance: provenance))
      }
      last = end.id
    }
  }

  func record(at place: RecordPlace) throws -> TrackRecord {
    let record = try read { try $0.record(id: Int64(place.position), runs: runs) }
    guard let record else {
      throw RecordOutputError.cannotRead(path: path, reason: "the file changed while it was read")
    }
    return record
  }

  private func read<Result>(_ body: (RecordRows) throws -> Result) throws -> Result {
    do {
      return try queue.inDatabase {
        try body(RecordRows(database: $0, path: path, version: version))
      }
    } catch {
      throw RecordOutputError(error, path: path, isReading: true)
    }
  }
}
