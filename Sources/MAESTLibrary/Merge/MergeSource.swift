import Foundation
import GRDB

/// Where in an input a record is.
struct RecordPlace {
  /// Of the line in the file, or the track's id.
  var position: Int
  /// Of the line, in bytes; 0 in a database.
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
  /// The number of a last line that was cut off and is left out; known after ``scan(_:)``.
  var cutLine: Int? { get }

  /// Calls `body` for each record.
  func scan(_ body: (MergeCandidate) throws -> Void) throws

  /// The record at a place that ``scan(_:)`` told.
  func record(at place: RecordPlace) throws -> TrackRecord
}

/// Records as JSON lines.
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
        // Whoever wrote it was stopped in the middle; without its end a whole record is as good.
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
      throw RecordOutputError.cannotRead(path: path, reason: "it changed while it was read")
    }
  }

  private static func reason(_ error: any Error) -> String {
    func name(_ keys: [any CodingKey]) -> String { keys.map(\.stringValue).joined(separator: ".") }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context): return "\(name(context.codingPath + [key])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return context.codingPath.isEmpty ? "it is no object" : "\(name(context.codingPath)) has another type"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty ? "it is no JSON" : "\(name(context.codingPath)) has a wrong value"
    default: return "\(error)"
    }
  }
}

/// Records in a database, as they are at the time of its opening.
///
/// Neither the database nor its log changes, if the program that wrote it was killed too.
final class DatabaseSource: MergeSource {
  let path: String
  let cutLine: Int? = nil
  /// Keeps writers away; nil where one is at work, or the merge has the lock for its output.
  private let lock: OutputLock?
  private let queue: DatabaseQueue
  private let isVersion1: Bool
  private let runs: [Int64: RecordProvenance]
  /// What SQLite puts beside a database in WAL mode to read it, and was not there.
  private let newCompanions: [String]

  init(path: String) throws(RecordOutputError) {
    self.path = path
    // Not to have it is no failure: a database can be read while it is written.
    lock = try? OutputLock(path: path)
    newCompanions = ["-wal", "-shm"].map { path + $0 }.filter { FileIdentity(path: $0) == nil }
    do {
      queue = try DatabaseConnection.openForReading(path)
      (isVersion1, runs) = try queue.inDatabase { database in
        // To the end of the connection: all that is read is of one state.
        try database.execute(sql: "BEGIN")
        let isVersion1 = try Int.fetchOne(database, sql: "PRAGMA user_version") == 1
        return (isVersion1, try RecordRows(database: database, path: path, isVersion1: isVersion1).allRuns())
      }
    } catch {
      throw RecordOutputError(error, path: path, isReading: true)
    }
  }

  deinit {
    // It only read; there is nothing to lose.
    try? queue.close()
    // Without the lock they may be a writer's.
    if lock != nil { for companion in newCompanions { unlink(companion) } }
  }

  func scan(_ body: (MergeCandidate) throws -> Void) throws {
    let pageSize = 10_000
    var last = Int64.min
    while true {
      // `body` may read records meanwhile, which it could not inside of a reading.
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
      throw RecordOutputError.cannotRead(path: path, reason: "it changed while it was read")
    }
    return record
  }

  private func read<Result>(_ body: (RecordRows) throws -> Result) throws -> Result {
    do {
      return try queue.inDatabase {
        try body(RecordRows(database: $0, path: path, isVersion1: isVersion1))
      }
    } catch {
      throw RecordOutputError(error, path: path, isReading: true)
    }
  }
}
