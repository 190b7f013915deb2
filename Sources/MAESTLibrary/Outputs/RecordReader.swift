import Foundation
public import MAEST
import MAESTFiles

/// Reads the records of a library without changing them. It creates, locks and modifies no files, and can be used while
/// another program writes the records.
///
/// ```swift
/// let records = try RecordReader(path: "library.sqlite")
/// for track in try records.tracks() {
///   guard let record = try records.record(ofTrack: track) else { continue }
///   print(track, record.tags?.first?.label ?? "")
///   if let embedding = try records.embedding(.track, ofTrack: track) { print(embedding.shape) }
/// }
/// ```
public struct RecordReader {
  private let lookup: any RecordLookup
  /// The folder of records; nil for one file.
  private let folder: String?

  /// Opens JSON lines, a database or a folder of records. Files are recognised by their contents.
  ///
  /// - Throws: ``RecordOutputError`` for a path that cannot be read or does not contain records, and for a database
  ///   that this process is writing. In that case, read from its ``RecordDatabase``.
  public init(path: String) throws {
    guard PathCalls.exists(path) else {
      throw RecordOutputError.cannotRead(path: path, reason: "there is no such file or folder")
    }
    folder = Folders.isFolder(path) ? path : nil
    if folder != nil {
      lookup = try RecordFolder.lookup(path: path)
    } else {
      switch try RecordFileFormat(contentsOf: path) {
      case .jsonLines: lookup = try JSONLinesFile.lookup(path: path)
      case .database: lookup = try RecordDatabase.lookup(path: path)
      }
    }
  }

  /// The paths of all tracks, sorted.
  public func tracks() throws -> [String] {
    var paths: [String] = []
    try lookup.forEachTrack { paths.append($0) }
    return paths.sorted()
  }

  /// The record of a track; nil if there is none.
  public func record(ofTrack path: String) throws -> TrackRecord? { try lookup.record(ofTrack: path) }

  /// An embedding of a track: `[patch]` followed by the shape that `Pooling` gives, or without the patch axis if the
  /// kind combines the windows.
  ///
  /// - Returns: nil if the track has no record, or if its record does not contain this embedding.
  /// - Throws: ``RecordOutputError`` if the file with its values is missing, `ArrayReadError` if that file is damaged.
  public func embedding(_ kind: EmbeddingKind, ofTrack path: String) throws -> Tensor? {
    guard let embedding = try record(ofTrack: path)?.embeddings?[kind.name] else { return nil }
    guard let name = embedding.file else {
      return Tensor(shape: embedding.shape, elements: embedding.values)
    }
    guard let folder else {
      throw RecordOutputError.cannotRead(
        path: name, reason: "the embedding's file is beside the record that these were merged from")
    }
    return try RecordFolderIndex.array(named: name, ofTrack: path, in: folder)
  }
}
