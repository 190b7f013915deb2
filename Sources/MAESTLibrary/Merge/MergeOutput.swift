import Foundation
import MAESTFiles
import MAESTWeights

/// Writes records to a temporary file and renames it to the output path when it is complete.
enum MergeOutput {
  /// Calls `body` with each record, in order.
  typealias Records = (_ body: (TrackRecord) throws -> Void) throws -> Void

  /// - Throws: `cannotWrite`, and errors of `records`.
  static func write(_ format: RecordFileFormat, to path: String, _ records: Records) throws {
    switch format {
    case .jsonLines: try writeLines(to: path, records)
    case .database: try writeDatabase(to: path, records)
    }
  }

  private static func writeLines(to path: String, _ records: Records) throws {
    let pieceSize = 1 << 20
    do {
      let file = try AtomicFile(path: path)
      var piece = Data()
      try records { record in
        piece += try record.endedJSONLine()
        guard piece.count >= pieceSize else { return }
        try file.write(piece)
        piece.removeAll(keepingCapacity: true)
      }
      try file.write(piece)
      try file.commit()
    } catch let error as FileWriteError {
      throw RecordOutputError(error, path: path)
    }
  }

  private static func writeDatabase(to path: String, _ records: Records) throws {
    /// Records per transaction; small enough that a batch with large embeddings fits in memory.
    let batchSize = 64
    do {
      try AtomicFile.make(at: path) { temporaryPath in
        let database = try RecordDatabase(building: temporaryPath, path: path)
        var batch: [TrackRecord] = []
        try records { record in
          batch.append(record)
          guard batch.count == batchSize else { return }
          try database.write(batch)
          batch.removeAll(keepingCapacity: true)
        }
        try database.write(batch)
        try database.close()
        try DatabaseConnection.removeCompanions(of: path)
      }
    } catch let error as FileWriteError {
      throw RecordOutputError(error, path: path)
    }
  }
}
