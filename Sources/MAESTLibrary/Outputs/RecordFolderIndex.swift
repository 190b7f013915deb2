import Foundation
import MAEST
import MAESTFiles
import MAESTTensor
import MAESTWeights

/// Index of the tracks in a folder of records.
struct RecordFolderIndex: RecordLookup {
  /// Maximum length of a name in bytes; with the appended extensions, all file systems accept it.
  private static let longestName = 160

  let path: String
  private var entries: [TrackKey: RecordEntry] = [:]
  /// By digest of settings.
  private var known: [String: RecordProvenance] = [:]

  /// Reads the records; skips other JSON files.
  ///
  /// - Throws: `cannotRead`.
  init(path: String) throws {
    self.path = path
    guard let files = PathCalls.files(below: path) else {
      throw RecordOutputError.cannotRead(path: path, reason: "not a folder")
    }
    let decoder = JSONDecoder()
    for name in files where name.hasSuffix(".json") {
      let file = PathText.join(path, name)
      let bytes = try Self.bytes(file)
      guard let head = try? decoder.decode(RecordHead.self, from: bytes),
        Self.file(ofTrack: head.path, in: path).utf8.elementsEqual(file.utf8)
      else { continue }
      entries[TrackKey(head.path)] = RecordEntry(head)
      if known[head.settings] == nil {
        known[head.settings] = try? decoder.decode(RecordProvenance.self, from: bytes)
      }
    }
  }

  func hasTrack(_ track: String) -> Bool { entries[TrackKey(track)] != nil }

  /// - Throws: `notRecords` if the track's file is not a record.
  func entry(ofTrack track: String) throws -> RecordEntry? {
    if let entry = entries[TrackKey(track)] { return entry }
    let file = file(ofTrack: track)
    guard FileIdentity(path: file) != nil else { return nil }
    throw RecordOutputError.notRecords(path: file, found: "not a JSON record")
  }

  func record(ofTrack track: String) throws -> TrackRecord? {
    guard hasTrack(track) else { return nil }
    let file = file(ofTrack: track)
    do { return try TrackRecord(jsonLine: try Self.bytes(file)) } catch is DecodingError {
      throw RecordOutputError.notRecords(path: file, found: "not a JSON record")
    }
  }

  func filledRecord(ofTrack track: String) throws -> TrackRecord? {
    guard var record = try record(ofTrack: track) else { return nil }
    record.embeddings = try record.embeddings?.mapValues { embedding in
      guard let name = embedding.file else { return embedding }
      return RecordedEmbedding(try Self.array(named: name, ofTrack: track, in: path))
    }
    return record
  }

  /// Reads an array from a file beside a track's record.
  ///
  /// - Parameters:
  ///   - name: name of the file.
  ///   - track: path of the track.
  ///   - path: the folder of records.
  static func array(named name: String, ofTrack track: String, in path: String) throws -> Tensor {
    let file = PathText.join(Folders.parent(of: Self.file(ofTrack: track, in: path)), name)
    let array = try ArrayFile(path: file)
    guard let first = array.arrays.first else {
      throw RecordOutputError.cannotRead(path: file, reason: "it holds no array")
    }
    return try array.tensor(named: first.name)
  }

  func provenances() -> [ProvenanceCount] { ProvenanceCount.counts(entries.values, known) }

  func forEachTrack(_ body: (_ path: String) throws -> Void) rethrows {
    for key in entries.keys { try body(key.path) }
  }

  /// Adds a record to the index.
  mutating func add(_ record: TrackRecord) {
    entries[TrackKey(record.path)] = RecordEntry(record)
    known[record.provenance.settings] = record.provenance
  }

  /// Removes a track from the index.
  mutating func remove(_ track: String) { entries[TrackKey(track)] = nil }

  /// Path of a track's record. Names that are too long are truncated and get a hash, to keep them unique.
  func file(ofTrack track: String) -> String { Self.file(ofTrack: track, in: path) }

  static func file(ofTrack track: String, in path: String) -> String {
    let names = PathText.components(track).map { name in
      name.utf8.count <= longestName
        ? name : "\(beginning(of: name))-\(SHA256Digest.hash(name).prefix(16))"
    }
    return PathText.join(path, names.joined(separator: "/")) + ".json"
  }

  /// The beginning of a name, about a quarter of the maximum length, cut between code points.
  private static func beginning(of name: String) -> String {
    var beginning = ""
    for scalar in name.unicodeScalars where beginning.utf8.count < longestName / 4 {
      beginning.unicodeScalars.append(scalar)
    }
    return beginning
  }

  private static func bytes(_ file: String) throws -> Data {
    guard let bytes = PathCalls.contents(ofFile: file) else {
      throw RecordOutputError.cannotRead(path: file, reason: systemReason())
    }
    return bytes
  }
}
