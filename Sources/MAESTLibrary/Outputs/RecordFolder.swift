import Foundation
import MAEST
import MAESTTensor
import MAESTWeights

/// A folder with a file of JSON for each track, in folders like the track's: `artist/song.flac.json`. Embeddings are in
/// it, or in `.npy` files beside it: `artist/song.flac.layer07.blockOutput.cls.npy`.
///
/// A record's file appears when all of it is there, after its arrays.
public final class RecordFolder: RecordOutput {
  /// Where embeddings go.
  public enum Arrays: String, Sendable, CaseIterable {
    case inJSON, numPy
  }

  private static let temporaryName = ".unfinished"
  /// Bytes in a name that all file systems take, with what is appended.
  private static let longestName = 160

  public let path: String
  private let arrays: Arrays
  private let lock: OutputLock
  private var temporaryFolder: String { PathText.join(path, Self.temporaryName) }

  /// Makes the folder if it is missing.
  ///
  /// - Throws: ``RecordOutputError``.
  public init(path: String, arrays: Arrays = .inJSON) throws {
    self.path = path
    self.arrays = arrays
    try Self.makeFolder(path)
    lock = try OutputLock(path: path)
    // What an earlier run was at when it was killed.
    try? FileManager.default.removeItem(atPath: temporaryFolder)
  }

  public func entry(ofTrack track: String) throws -> RecordEntry? {
    let file = recordFile(ofTrack: track)
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    do {
      return RecordEntry(try TrackRecord(jsonLine: Data(contentsOf: URL(filePath: file))))
    } catch is DecodingError {
      throw RecordOutputError.notRecords(path: file, found: "another kind of JSON, or none")
    } catch {
      throw RecordOutputError.cannotRead(path: file, reason: error.localizedDescription)
    }
  }

  public func write(_ records: [TrackRecord]) throws {
    try Self.makeFolder(temporaryFolder)
    do {
      for record in records { try write(record) }
    } catch let error as FileWriteError {
      throw RecordOutputError.cannotWrite(path: error.path, reason: error.reason)
    }
  }

  public func finish() {
    // Empty now; where it cannot be removed it does no harm.
    try? FileManager.default.removeItem(atPath: temporaryFolder)
  }

  private func write(_ record: TrackRecord) throws {
    var record = record
    let file = recordFile(ofTrack: record.path)
    let stem = String(file.dropLast(".json".count))
    try Self.makeFolder(URL(filePath: file).deletingLastPathComponent().path)
    if arrays == .numPy {
      for (name, embedding) in record.embeddings ?? [:] {
        let arrayFile = "\(stem).\(name).npy"
        try NumPyWriter.write(
          Tensor(shape: embedding.shape, elements: embedding.values),
          to: AtomicFile(path: arrayFile, temporaryFolder: temporaryFolder))
        record.embeddings?[name] = RecordedEmbedding(
          shape: embedding.shape, values: [], file: URL(filePath: arrayFile).lastPathComponent)
      }
    }
    let atomic = try AtomicFile(path: file, temporaryFolder: temporaryFolder)
    try atomic.write(try record.jsonLine() + Data("\n".utf8))
    try atomic.commit()
  }

  /// Where a track's record is. A name too long for a file is cut, and told from others by its hash.
  private func recordFile(ofTrack track: String) -> String {
    let names = PathText.components(track).map { name in
      name.utf8.count <= Self.longestName
        ? name : "\(name.prefix(Self.longestName / 4))-\(SHA256Digest.hash(name).prefix(16))"
    }
    return PathText.join(path, names.joined(separator: "/")) + ".json"
  }

  private static func makeFolder(_ path: String) throws(RecordOutputError) {
    do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
      throw .cannotWrite(path: path, reason: error.localizedDescription)
    }
  }
}
