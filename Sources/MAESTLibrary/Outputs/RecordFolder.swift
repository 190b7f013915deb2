import Foundation
import MAEST
import MAESTFiles
import MAESTTensor
import MAESTWeights

/// A folder with one JSON file per track, in the same subfolders as the track: `artist/song.flac.json`. Embeddings are
/// stored in the JSON file, or in `.npy` files beside it, whose names the JSON file contains:
/// `artist/song.flac.layer07.blockOutput.cls.npy`.
///
/// A record's file is renamed into place after its arrays are written. New arrays of an existing record get other names
/// (`....cls.2.npy`), and the old arrays are removed after the new record is in place. So a record always matches its
/// arrays, even after a crash or power failure.
public final class RecordFolder: RecordOutput {
  /// Where to write embeddings.
  public enum Arrays: String, Sendable, CaseIterable {
    case inJSON, numPy
  }

  private static let temporaryName = ".unfinished"

  public let path: String
  private let arrays: Arrays
  private let lock: OutputLock
  private var index: RecordFolderIndex
  private var temporaryFolder: String { PathText.join(path, Self.temporaryName) }
  private var temporaryPath: String { PathText.join(temporaryFolder, "file") }

  /// Opens or creates the folder, and reads which tracks it contains.
  ///
  /// - Throws: ``RecordOutputError``.
  public init(path: String, arrays: Arrays = .inJSON) throws {
    self.path = path
    self.arrays = arrays
    try Self.makeFolder(path)
    lock = try OutputLock(path: path)
    // Remove temporary files of an earlier run that was killed.
    try? FileManager.default.removeItem(atPath: PathText.join(path, Self.temporaryName))
    index = try RecordFolderIndex(path: path)
  }

  /// Looks up records in the folder at `path`, read-only.
  public static func lookup(path: String) throws -> any RecordLookup { try RecordFolderIndex(path: path) }

  public func entry(ofTrack track: String) throws -> RecordEntry? { try index.entry(ofTrack: track) }

  public func record(ofTrack track: String) throws -> TrackRecord? { try index.record(ofTrack: track) }

  public func filledRecord(ofTrack track: String) throws -> TrackRecord? {
    try index.filledRecord(ofTrack: track)
  }

  public func provenances() -> [ProvenanceCount] { index.provenances() }

  public func forEachTrack(_ body: (_ path: String) throws -> Void) rethrows { try index.forEachTrack(body) }

  public func write(_ records: [TrackRecord]) throws {
    try Self.makeFolder(temporaryFolder)
    do {
      for record in records { try write(record) }
    } catch let error as FileWriteError {
      throw RecordOutputError.cannotWrite(path: error.path, reason: error.reason)
    }
  }

  public func remove(tracks: [String]) throws {
    for track in tracks {
      let file = index.file(ofTrack: track)
      let arrayFiles = try arrayFiles(ofTrack: track)
      guard FileSystemCalls.unlinkFile(file) == 0 || errno == ENOENT else {
        throw RecordOutputError.cannotWrite(path: file, reason: systemReason())
      }
      let parent = Folders.parent(of: file)
      for name in arrayFiles { FileSystemCalls.unlinkFile(PathText.join(parent, name)) }
      guard FileSystemCalls.synchronizeFolder(parent) == 0 else {
        throw RecordOutputError.cannotWrite(path: parent, reason: systemReason())
      }
      index.remove(track)
    }
  }

  public func finish() {
    // The folder is empty now. A failure to remove it is harmless.
    try? FileManager.default.removeItem(atPath: temporaryFolder)
  }

  private func write(_ record: TrackRecord) throws {
    var record = record
    let file = index.file(ofTrack: record.path)
    let parent = Folders.parent(of: file)
    try Self.makeFolder(parent)
    let earlier = try arrayFiles(ofTrack: record.path)
    if arrays == .numPy { try writeArrays(of: &record, stem: String(file.dropLast(".json".count)), earlier) }
    let atomic = try AtomicFile(path: file, temporaryPath: temporaryPath)
    try atomic.write(try record.endedJSONLine())
    // `commit()` synchronizes the folder, which also makes the names of the arrays durable.
    try atomic.commit()
    index.add(record)
    for name in earlier.subtracting(Self.arrayFiles(of: record)) {
      FileSystemCalls.unlinkFile(PathText.join(parent, name))
    }
  }

  /// Writes the embeddings that are not in files yet, under names that differ from those of the earlier record's
  /// arrays.
  private func writeArrays(of record: inout TrackRecord, stem: String, _ earlier: Set<String>) throws {
    for (name, embedding) in (record.embeddings ?? [:]).sorted(by: { $0.key < $1.key })
    where embedding.file == nil {
      let choices = ["\(stem).\(name).npy", "\(stem).\(name).2.npy"]
      let place = choices.first { !earlier.contains(Self.name($0)) } ?? choices[0]
      try NumPyWriter.write(
        Tensor(shape: embedding.shape, elements: embedding.values),
        to: AtomicFile(path: place, temporaryPath: temporaryPath), synchronizingFolder: false)
      record.embeddings?[name] = RecordedEmbedding(
        shape: embedding.shape, values: [], file: Self.name(place))
    }
  }

  /// The names of the files of a track's arrays.
  private func arrayFiles(ofTrack track: String) throws -> Set<String> {
    guard index.hasTrack(track) else { return [] }
    return try index.record(ofTrack: track).map(Self.arrayFiles) ?? []
  }

  private static func arrayFiles(of record: TrackRecord) -> Set<String> {
    Set((record.embeddings ?? [:]).values.compactMap(\.file))
  }

  private static func name(_ path: String) -> String { PathText.components(path).last ?? path }

  private static func makeFolder(_ path: String) throws(RecordOutputError) {
    do { try Folders.make(path) } catch { throw .cannotWrite(path: error.path, reason: error.reason) }
  }
}
