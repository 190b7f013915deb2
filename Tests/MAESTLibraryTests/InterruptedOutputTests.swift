import Foundation
import MAESTLibrary
import MAESTTestSupport
import Testing

/// A run that is cut at any of the calls by which it changes files, as by a kill or a loss of power, leaves old records
/// or new ones.
@Suite struct InterruptedOutputTests {
  private struct Kind: Sendable {
    var name: String
    var open: @Sendable (String) throws -> any RecordOutput
    var lookup: @Sendable (String) throws -> any RecordLookup
  }

  private static let kinds = [
    Kind(
      name: "x.jsonl", open: { try JSONLinesFile(path: $0) }, lookup: { try JSONLinesFile.lookup(path: $0) }),
    Kind(name: "json", open: { try RecordFolder(path: $0) }, lookup: { try RecordFolder.lookup(path: $0) }),
    Kind(
      name: "npy", open: { try RecordFolder(path: $0, arrays: .numPy) },
      lookup: { try RecordFolder.lookup(path: $0) }),
  ]

  private func record(_ path: String, _ value: Float) -> TrackRecord {
    var record = smallRecord(path, label: "\(value)")
    record.audio = AudioFacts(
      duration: 1, sampleRate: 16000, channelCount: 1, format: "WAV", decoder: "libsndfile", patchCount: 1)
    record.embeddings = ["finalNorm.cls": RecordedEmbedding(shape: [2], values: [value, value])]
    return record
  }

  /// The label and the embedding of a record, which belong together.
  private func values(_ track: String, _ lookup: any RecordLookup, in path: String) throws -> [String] {
    let record = try #require(try lookup.record(ofTrack: track))
    let embedding = try #require(record.embeddings?["finalNorm.cls"])
    var values = embedding.values
    if let file = embedding.file { values = try NumPyArray(contentsOfFile: path + "/" + file).elements }
    return (record.tags ?? []).map(\.label) + values.map { "\($0)" }
  }

  @Test func `old records or new ones, never neither and never half`() throws {
    for kind in Self.kinds {
      let callCount = try withTemporaryFolder { folder in
        let path = folder + "/" + kind.name
        try kind.open(path).write([record("a", 1), record("b", 1)])
        return try FileSystemFaults.recording { try replace(kind, path) }.count
      }
      #expect(callCount > 5, "\(kind.name)")
      for index in 0..<callCount {
        for byteCount in [0, 40] {
          try withTemporaryFolder { folder in
            let path = folder + "/" + kind.name
            try kind.open(path).write([record("a", 1), record("b", 1)])
            try? FileSystemFaults.cutting(at: index, afterBytes: byteCount) { try replace(kind, path) }
            for track in ["a", "b"] {
              let found = try values(track, kind.lookup(path), in: path)
              #expect(
                [["1.0", "1.0", "1.0"], ["2.0", "2.0", "2.0"]].contains(found),
                "\(kind.name), call \(index): \(found)")
            }
            // The next run goes on.
            try replace(kind, path)
            for track in ["a", "b", "c"] {
              #expect(try values(track, kind.lookup(path), in: path) == ["2.0", "2.0", "2.0"])
            }
          }
        }
      }
    }
  }

  private func replace(_ kind: Kind, _ path: String) throws {
    let output = try kind.open(path)
    try output.write([record("a", 2), record("b", 2)])
    try output.write([record("c", 2)])
    try output.finish()
  }

  @Test func `removing is whole or not at all`() throws {
    for kind in Self.kinds {
      for index in 0..<12 {
        try withTemporaryFolder { folder in
          let path = folder + "/" + kind.name
          try kind.open(path).write([record("a", 1), record("b", 1)])
          try? FileSystemFaults.cutting(at: index) {
            let output = try kind.open(path)
            try output.remove(tracks: ["a"])
          }
          #expect(try values("b", kind.lookup(path), in: path) == ["1.0", "1.0", "1.0"])
          if try kind.lookup(path).entry(ofTrack: "a") != nil {
            #expect(try values("a", kind.lookup(path), in: path) == ["1.0", "1.0", "1.0"])
          }
        }
      }
    }
  }
}
