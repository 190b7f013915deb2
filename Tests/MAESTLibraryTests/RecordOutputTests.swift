import Foundation
import MAEST
import MAESTLibrary
import MAESTTestSupport
import MAESTWeights
import Testing

@Suite struct JSONLinesFileTests {
  private func lines(_ path: String) throws -> [String] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func `records are lines, and known when the file is opened again`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/x.jsonl"
      do {
        let file = try JSONLinesFile(path: path)
        #expect(file.entry(ofTrack: RecordSamples.full.path) == nil)
        try file.write(RecordSamples.all)
        try file.finish()
      }
      let file = try JSONLinesFile(path: path)
      for record in RecordSamples.all { #expect(file.entry(ofTrack: record.path) == RecordEntry(record)) }
      let expected = try RecordSamples.all.map { String(decoding: try $0.jsonLine(), as: UTF8.self) }
      #expect(try lines(path) == expected + [""])
    }
  }

  @Test func `a line cut anywhere is cut off, and its track not known`() throws {
    let line = try RecordSamples.failed.jsonLine() + Data("\n".utf8)
    let torn = try RecordSamples.full.jsonLine()
    try withTemporaryFolder { folder in
      let path = folder + "/x.jsonl"
      for length in stride(from: 1, to: torn.count, by: 37) {
        try (line + torn.prefix(length)).write(to: URL(filePath: path))
        let file = try JSONLinesFile(path: path)
        #expect(file.entry(ofTrack: RecordSamples.full.path) == nil)
        #expect(file.entry(ofTrack: RecordSamples.failed.path) != nil)
        #expect(try Data(contentsOf: URL(filePath: path)).count == line.count + length)
        try file.write([RecordSamples.missing])
        #expect(
          try Data(contentsOf: URL(filePath: path)) == line + RecordSamples.missing.jsonLine()
            + Data("\n".utf8))
      }
    }
  }

  @Test func `a track that is made again is there once in the end`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/x.jsonl"
      var changed = RecordSamples.full
      changed.file?.byteCount = 13
      do {
        let file = try JSONLinesFile(path: path)
        try file.write(RecordSamples.all)
        try file.write([changed])
        #expect(file.entry(ofTrack: changed.path) == RecordEntry(changed))
        #expect(try lines(path).count == RecordSamples.all.count + 2)
      }
      // Killed before the end: the last line counts.
      let file = try JSONLinesFile(path: path)
      #expect(file.entry(ofTrack: changed.path) == RecordEntry(changed))
      try file.finish()
      let expected = try [RecordSamples.partial, RecordSamples.failed, RecordSamples.missing, changed].map {
        String(decoding: try $0.jsonLine(), as: UTF8.self)
      }
      #expect(try lines(path) == expected + [""])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["x.jsonl"])
    }
  }

  @Test func `after the end a file goes on, and is still one owner's`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/x.jsonl"
      let file = try JSONLinesFile(path: path)
      try file.write(RecordSamples.all + [RecordSamples.full])
      try file.finish()
      #expect(throws: RecordOutputError.self) { try JSONLinesFile(path: path) }
      var more = RecordSamples.missing
      more.path = "more.mp3"
      try file.write([more])
      #expect(try lines(path).count == RecordSamples.all.count + 2)
      let lookup = try JSONLinesFile.lookup(path: path)
      for record in RecordSamples.all + [more] {
        #expect(try lookup.entry(ofTrack: record.path) == RecordEntry(record))
      }
    }
  }

  @Test func `a whole last line without its end is kept`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/x.jsonl"
      try RecordSamples.full.jsonLine().write(to: URL(filePath: path))
      let file = try JSONLinesFile(path: path)
      #expect(file.entry(ofTrack: RecordSamples.full.path) != nil)
      try file.write([RecordSamples.failed])
      let expected = try [RecordSamples.full, RecordSamples.failed].map {
        String(decoding: try $0.jsonLine(), as: UTF8.self)
      }
      #expect(try lines(path) == expected + [""])
    }
  }

  @Test(arguments: [
    "{\"a\": 1}", "{\"engine\":\"x\"}", "{\"a\": ", "a,b\n1,2\n", "hello", "{\"path\": 3}\n", "[]\n", "\n",
  ])
  func `a file of something else is refused, and stays`(text: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/notes.txt"
      try Data(text.utf8).write(to: URL(filePath: path))
      #expect(throws: RecordOutputError.self) { try JSONLinesFile(path: path) }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }
  }

  @Test func `one owner at a time`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/x.jsonl"
      let file = try JSONLinesFile(path: path)
      #expect(throws: RecordOutputError.busy(path: path)) { try JSONLinesFile(path: path) }
      try file.write(RecordSamples.all)
    }
  }

  @Test func `a folder that is not there is said so`() {
    #expect(throws: RecordOutputError.self) { try JSONLinesFile(path: "/no/such/folder/x.jsonl") }
  }
}

@Suite struct RecordFolderTests {
  @Test func `each track has a file where the track is`() throws {
    try withTemporaryFolder { folder in
      let output = try RecordFolder(path: folder + "/out")
      try output.write(RecordSamples.all)
      output.finish()
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder + "/out").filter {
        $0.hasSuffix(".json")
      }
      #expect(
        names.sorted() == [
          "gone.mp3.json", "music/Björk \"Live\", 1.flac.json", "music/cut.mp3.json", "music/empty.mp3.json",
        ])
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder + "/out").sorted() == [
          "gone.mp3.json", "music",
        ])
      for record in RecordSamples.all {
        #expect(try output.entry(ofTrack: record.path) == RecordEntry(record))
      }
      #expect(try output.entry(ofTrack: "/music/else.mp3") == nil)
    }
  }

  @Test func `arrays go into files of NumPy's that the record names`() throws {
    try withTemporaryFolder { folder in
      let output = try RecordFolder(path: folder, arrays: .numPy)
      try output.write([RecordSamples.full])
      let stem = "music/Björk \"Live\", 1.flac"
      let record = try TrackRecord(jsonLine: Data(contentsOf: URL(filePath: "\(folder)/\(stem).json")))
      let embedding = try #require(record.embeddings?["layer07.blockOutput.tokens"])
      #expect(embedding.values.isEmpty && embedding.shape == [1, 2, 2])
      let file = try #require(embedding.file)
      let array = try NumPyArray(contentsOfFile: "\(folder)/music/\(file)")
      #expect(array.shape == [1, 2, 2] && array.elements == [1, 2, 3, 4])
    }
  }

  @Test func `arrays of other settings go with their record`() throws {
    try withTemporaryFolder { folder in
      let output = try RecordFolder(path: folder, arrays: .numPy)
      try output.write([RecordSamples.full])
      var other = RecordSamples.full
      other.embeddings = ["finalNorm.dist": RecordedEmbedding(shape: [2], values: [1, 2])]
      try output.write([other])
      let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/music").sorted()
      #expect(
        names.count == 2 && names[0].hasSuffix(".flac.finalNorm.dist.npy") && names[1].hasSuffix(".flac.json")
      )
    }
  }

  @Test func `names that are too long are cut and told apart`() throws {
    try withTemporaryFolder { folder in
      let output = try RecordFolder(path: folder)
      let long = String(repeating: "\u{1112}\u{1161}\u{11ab}", count: 28)
      var records: [TrackRecord] = []
      for end in ["a", "b"] {
        var record = RecordSamples.missing
        record.path = "/\(long)/\(long)\(end).mp3"
        record.file = FileState(byteCount: records.count, modifiedNanoseconds: 0)
        records.append(record)
      }
      try output.write(records)
      for record in records { #expect(try output.entry(ofTrack: record.path) == RecordEntry(record)) }
    }
  }

  @Test func `what a killed run left is cleared away, and other JSON is refused`() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/.unfinished", withIntermediateDirectories: true)
      try Data("half".utf8).write(to: URL(filePath: folder + "/.unfinished/partial-1-2"))
      let output = try RecordFolder(path: folder)
      #expect(!FileManager.default.fileExists(atPath: folder + "/.unfinished"))
      try Data("{}".utf8).write(to: URL(filePath: folder + "/x.mp3.json"))
      #expect(throws: RecordOutputError.self) { try output.entry(ofTrack: "x.mp3") }
      #expect(throws: RecordOutputError.busy(path: folder)) { try RecordFolder(path: folder) }
    }
  }
}
