import Foundation
import MAEST
import MAESTLibrary
import MAESTTestSupport
import Testing

/// Records that are only read.
@Suite struct RecordReaderTests {
  /// A record with one embedding of a known kind.
  private static var record: TrackRecord {
    var record = RecordSamples.full
    record.embeddings = [
      EmbeddingKind.track.name: RecordedEmbedding(Tensor(shape: [3], elements: [1, -2, 0.5])),
      EmbeddingKind.paper.name: RecordedEmbedding(Tensor(shape: [2, 3], elements: [1, 2, 3, 4, 5, 6])),
    ]
    return record
  }

  private func output(_ name: String, in folder: String) throws -> any RecordOutput {
    switch name {
    case "lines": try JSONLinesFile(path: folder + "/" + name)
    case "database": try RecordDatabase(path: folder + "/" + name)
    case "folder": try RecordFolder(path: folder + "/" + name)
    default: try RecordFolder(path: folder + "/" + name, arrays: .numPy)
    }
  }

  @Test(arguments: ["lines", "database", "folder", "folder with arrays"])
  func whatWasWrittenIsRead(name: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/" + name
      do {
        let output = try output(name, in: folder)
        try output.write([Self.record, RecordSamples.failed])
        try output.finish()
      }
      let reader = try RecordReader(path: path)
      #expect(try reader.tracks() == [Self.record.path, RecordSamples.failed.path].sorted())
      #expect(try reader.record(ofTrack: Self.record.path)?.tags == Self.record.tags)
      #expect(try reader.record(ofTrack: "nowhere") == nil)
      let track = try reader.embedding(.track, ofTrack: Self.record.path)
      #expect(track == Tensor(shape: [3], elements: [1, -2, 0.5]))
      let patches = try reader.embedding(.paper, ofTrack: Self.record.path)
      #expect(patches == Tensor(shape: [2, 3], elements: [1, 2, 3, 4, 5, 6]))
      #expect(try reader.embedding(.maestInfer, ofTrack: Self.record.path) == nil)
      #expect(try reader.embedding(.track, ofTrack: RecordSamples.failed.path) == nil)
    }
  }

  @Test func nothingIsMade() throws {
    try withTemporaryFolder { folder in
      #expect(throws: RecordOutputError.self) { try RecordReader(path: folder + "/none.sqlite") }
      try Data("[1, 2]\n".utf8).write(to: URL(filePath: folder + "/other.json"))
      #expect(throws: RecordOutputError.self) { try RecordReader(path: folder + "/other.json") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["other.json"])
    }
  }
}
