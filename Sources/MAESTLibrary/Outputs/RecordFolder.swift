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
  private var temporaryPath: String { PathText.join(temporaryFolder, "file") }

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

  /// What is recorded of tracks in the folder at `path`, which is only read.
  public static func lookup(path: String) -> any RecordLookup { FolderLookup(path: path) }

  public func entry(ofTrack track: String) throws -> RecordEntry? {
    try FolderLookup(path: path).entry(ofTrack: track)
  }

  public func precisions() throws -> Set<String> { FolderLookup(path: path).precisions() }

  private struct FolderLookup: RecordLookup {
    let path: String

    /// That of the first record that is found.
    func precisions() -> Set<String> {
      guard let files = FileManager.default.enumerator(atPath: path) else { return [] }
      while let name = files.nextObject() as? String {
        guard name.hasSuffix(".json"),
          let data = try? Data(contentsOf: URL(filePath: PathText.join(path, name))),
          let head = try? JSONDecoder().decode(RecordHead.self, from: data)
        else { continue }
        return [head.precision]
      }
      return []
    }

    func entry(ofTrack track: String) throws -> RecordEntry? {
      try RecordFolder.entry(inFile: RecordFolder.recordFile(ofTrack: track, in: path))
    }
  }

  private static func entry(inFile file: String) throws -> RecordEntry? {
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    do {
      let head = try JSONDecoder().decode(RecordHead.self, from: Data(contentsOf: URL(filePath: file)))
      return RecordEntry(head)
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
    let file = Self.recordFile(ofTrack: record.path, in: path)
    let stem = String(file.dropLast(".json".count))
    let parent = URL(filePath: file).deletingLastPathComponent().path
    try Self.makeFolder(parent)
    let earlier = removeRecord(file)
    if arrays == .numPy {
      for (name, embedding) in record.embeddings ?? [:] {
        let arrayFile = "\(stem).\(name).npy"
        try NumPyWriter.write(
          Tensor(shape: embedding.shape, elements: embedding.values),
          to: AtomicFile(path: arrayFile, temporaryPath: temporaryPath))
        record.embeddings?[name] = RecordedEmbedding(
          shape: embedding.shape, values: [], file: URL(filePath: arrayFile).lastPathComponent)
      }
    }
    let atomic = try AtomicFile(path: file, temporaryPath: temporaryPath)
    try atomic.write(try record.endedJSONLine())
    try atomic.commit()
    for name in earlier.subtracting(Self.arrayFiles(of: record)) { unlink(PathText.join(parent, name)) }
  }

  /// Takes away the record whose arrays are about to be replaced, so that it is never beside others than its own.
  ///
  /// - Returns: the names of its arrays' files.
  private func removeRecord(_ file: String) -> Set<String> {
    guard arrays == .numPy, let data = try? Data(contentsOf: URL(filePath: file)) else { return [] }
    unlink(file)
    return (try? TrackRecord(jsonLine: data)).map(Self.arrayFiles) ?? []
  }

  private static func arrayFiles(of record: TrackRecord) -> Set<String> {
    Set((record.embeddings ?? [:]).values.compactMap(\.file))
  }

  /// Where a track's record is. A name too long for a file is cut, and told from others by its hash.
  private static func recordFile(ofTrack track: String, in path: String) -> String {
    let names = PathText.components(track).map { name in
      name.utf8.count <= longestName
        ? name : "\(beginning(of: name))-\(SHA256Digest.hash(name).prefix(16))"
    }
    return PathText.join(path, names.joined(separator: "/")) + ".json"
  }

  /// A quarter of the longest name, whole code points.
  private static func beginning(of name: String) -> String {
    var beginning = ""
    for scalar in name.unicodeScalars where beginning.utf8.count < longestName / 4 {
      beginning.unicodeScalars.append(scalar)
    }
    return beginning
  }

  private static func makeFolder(_ path: String) throws(RecordOutputError) {
    do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
      throw .cannotWrite(path: path, reason: error.localizedDescription)
    }
  }
}
