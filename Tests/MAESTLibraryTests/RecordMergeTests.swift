import Foundation
import MAESTLibrary
import MAESTTestSupport
import Testing

@Suite struct RecordMergeTests {
  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  private func writeLines(_ records: [TrackRecord], to path: String, cutting count: Int = 0) throws {
    let data = try records.reduce(into: Data()) { $0 += try $1.jsonLine() + Data("\n".utf8) }
    try data.dropLast(count).write(to: URL(filePath: path))
  }

  private func writeDatabase(_ records: [TrackRecord], to path: String) throws {
    let database = try RecordDatabase(path: path)
    try database.write(records)
    try database.finish()
  }

  /// A merge that takes records of any settings.
  private func mixingMerge(inputs: [String], output: String) throws -> RecordMerge {
    var merge = try RecordMerge(inputs: inputs, output: output)
    merge.mixesSettings = true
    return merge
  }

  private func readLines(_ path: String) throws -> [String] {
    String(decoding: try bytes(path), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Merges two lists, as JSON lines or as databases, and expects one list and these counts.
  private func expectMerge(
    _ first: [TrackRecord], _ second: [TrackRecord], gives expected: [TrackRecord], duplicates: Int = 0,
    replaced: Int = 0, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for inputFormat in RecordFileFormat.allCases {
      try withTemporaryFolder { folder in
        let inputs = [folder + "/first", folder + "/second"]
        for (path, records) in zip(inputs, [first, second]) {
          switch inputFormat {
          case .jsonLines: try writeLines(records, to: path)
          case .database: try writeDatabase(records, to: path)
          }
        }
        let out = folder + "/out.jsonl"
        let summary = try RecordMerge(inputs: inputs, output: out).run()
        #expect(try readLines(out) == sortedLines(expected), "\(inputFormat)", sourceLocation: sourceLocation)
        #expect(summary.trackCount == expected.count, sourceLocation: sourceLocation)
        #expect(summary.doneCount == expected.count { $0.status == .done }, sourceLocation: sourceLocation)
        #expect(
          summary.partialCount == expected.count { $0.status == .partial }, sourceLocation: sourceLocation)
        #expect(
          summary.failedCount == expected.count { $0.status == .failed }, sourceLocation: sourceLocation)
        #expect(summary.duplicateCount == duplicates, sourceLocation: sourceLocation)
        #expect(summary.replacedCount == replaced, sourceLocation: sourceLocation)
        #expect(
          summary.inputs.map(\.recordCount) == [first.count, second.count], sourceLocation: sourceLocation)
        #expect(summary.inputs.map(\.format) == [inputFormat, inputFormat], sourceLocation: sourceLocation)
        #expect(
          summary.inputs.reduce(0) { $0 + $1.keptCount } == expected.count, sourceLocation: sourceLocation)
      }
    }
  }

  @Test func `different tracks come together, by the bytes of their paths`() throws {
    let paths = ["b", "a/z", "B", "e\u{301}", "\u{E9}", "\u{1F3B5}", "\u{FFFD}"]
    let records = paths.map { smallRecord($0) }
    try expectMerge(Array(records[..<3]), Array(records[3...]), gives: records)
  }

  @Test func `identical records count once`() throws {
    try expectMerge(RecordSamples.all, RecordSamples.all, gives: RecordSamples.all, duplicates: 4)
  }

  @Test func `done goes before partial before failed, wherever it is and however old`() throws {
    let (done, failed) = (smallRecord("a", .done, modified: 1), smallRecord("a", .failed, modified: 3))
    let partial = smallRecord("a", .partial, modified: 2)
    for (better, worse) in [(done, failed), (done, partial), (partial, failed)] {
      try expectMerge([better], [worse], gives: [better], replaced: 1)
      try expectMerge([worse], [better], gives: [better], replaced: 1)
    }
  }

  @Test func `the later state of a file goes before an earlier one, and any before none`() throws {
    let (early, late) = (smallRecord("a", modified: 1), smallRecord("a", modified: 2))
    try expectMerge([late], [early], gives: [late], replaced: 1)
    try expectMerge([early], [late], gives: [late], replaced: 1)
    var none = smallRecord("a", .failed)
    none.file = nil
    let known = smallRecord("a", .failed, modified: -5)
    try expectMerge([known], [none], gives: [known], replaced: 1)
    try expectMerge([none], [known], gives: [known], replaced: 1)
  }

  @Test func `else the last input counts`() throws {
    let (first, second) = (smallRecord("a", label: "A"), smallRecord("a", label: "B"))
    try expectMerge([first], [second], gives: [second], replaced: 1)
    try expectMerge([second], [first], gives: [first], replaced: 1)
  }

  @Test func `a later line of the same file counts as later`() throws {
    try withTemporaryFolder { folder in
      let (input, out) = (folder + "/in.jsonl", folder + "/out.jsonl")
      try writeLines(
        [smallRecord("a", label: "A"), smallRecord("b"), smallRecord("a", label: "B")], to: input)
      let summary = try RecordMerge(inputs: [input], output: out).run()
      #expect(try readLines(out) == sortedLines([smallRecord("a", label: "B"), smallRecord("b")]))
      #expect(summary.replacedCount == 1 && summary.inputs[0].keptCount == 2)
    }
  }

  @Test(arguments: 20..<26 as Range<UInt64>)
  func `lines become a database and the same lines again`(seed: UInt64) throws {
    try withTemporaryFolder { folder in
      var random = RandomRecords(seed: seed)
      let records = RecordSamples.all + random.records(150)
      let (input, database, out) = (folder + "/in.jsonl", folder + "/a.sqlite", folder + "/out.jsonl")
      try writeLines(records.shuffled(), to: input)
      _ = try mixingMerge(inputs: [input], output: database).run()
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.sqlite", "in.jsonl"])
      _ = try mixingMerge(inputs: [database], output: out).run()
      #expect(try readLines(out) == sortedLines(records))
      // The merged database is one that a run can go on with.
      let opened = try RecordDatabase(path: database)
      try opened.write([smallRecord("more")])
      #expect(try lines(of: opened) == sortedLines(records + [smallRecord("more")]))
    }
  }

  @Test(arguments: RecordFileFormat.allCases)
  func `merging the merged file with its parts gives the same bytes`(format: RecordFileFormat) throws {
    try withTemporaryFolder { folder in
      var random = RandomRecords(seed: 77)
      let records = random.records(120)
      var changed = records[30..<60].map {
        var record = $0
        record.status = .failed
        return record
      }
      changed += records[60..<80].map {
        var record = $0
        record.tags = [RecordedTag(label: "changed", activation: 0.25)]
        return record
      }
      let parts = [folder + "/0.jsonl", folder + "/1.sqlite", folder + "/2.jsonl"]
      try writeLines(Array(records[..<70]), to: parts[0])
      try writeDatabase(Array(records[50...]), to: parts[1])
      try writeLines(changed, to: parts[2])
      let out = folder + "/out." + format.rawValue
      let first = try mixingMerge(inputs: parts, output: out).run()
      #expect(first.trackCount == 120 && first.duplicateCount > 0 && first.replacedCount > 0)
      let merged = try bytes(out)
      for inputs in [[out] + parts, parts + [out], [out], [out, out]] {
        _ = try mixingMerge(inputs: inputs, output: out).run()
        #expect(try bytes(out) == merged)
      }
    }
  }

  @Test func `a last line that was cut off is left out, a whole one without its end is not`() throws {
    try withTemporaryFolder { folder in
      let (input, out) = (folder + "/in.jsonl", folder + "/out.jsonl")
      let records = [smallRecord("a"), smallRecord("b")]
      for (cut, kept, line) in [(0, 2, nil), (1, 2, nil), (2, 1, 2), (100, 1, 2)] as [(Int, Int, Int?)] {
        try writeLines(records, to: input, cutting: cut)
        let summary = try RecordMerge(inputs: [input], output: out).run(replacing: true)
        #expect(try readLines(out) == sortedLines(Array(records.prefix(kept))), "\(cut)")
        #expect(summary.inputs[0].cutLine == line, "\(cut)")
      }
    }
  }

  @Test(arguments: [
    ("nonsense", "not JSON"), ("[1]", "not a JSON object"), ("{}", "path is missing"),
    (#"{"path":"a","status":"odd"}"#, "status has a wrong value"), (#"{"path":1}"#, "path has another type"),
  ])
  func `a line in the middle that is no record is an error`(line: String, reason: String) throws {
    try withTemporaryFolder { folder in
      let (input, out) = (folder + "/in.jsonl", folder + "/out.jsonl")
      try writeLines([smallRecord("a")], to: input)
      try (bytes(input) + Data("\n\(line)\n".utf8) + bytes(input)).write(to: URL(filePath: input))
      try Data("old".utf8).write(to: URL(filePath: out))
      #expect(throws: RecordOutputError.notRecord(path: input, line: 3, reason: reason)) {
        try RecordMerge(inputs: [input], output: out).run(replacing: true)
      }
      #expect(try bytes(out) == Data("old".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
    }
  }

  @Test func `what is neither lines nor a database of records is refused`() throws {
    try withTemporaryFolder { folder in
      let (input, out) = (folder + "/in.jsonl", folder + "/out.jsonl")
      try Data("RIFF....".utf8).write(to: URL(filePath: input))
      #expect(throws: RecordOutputError.notMergeable(path: input, found: "neither JSON lines nor a database"))
      {
        try RecordMerge(inputs: [input], output: out).run()
      }
      #expect(throws: RecordOutputError.notMergeable(path: folder, found: "a folder")) {
        try RecordMerge(inputs: [folder], output: out).run()
      }
      #expect(throws: RecordOutputError.cannotRead(path: folder + "/x", reason: "No such file or directory"))
      {
        try RecordMerge(inputs: [folder + "/x"], output: out).run()
      }
      #expect(throws: RecordOutputError.unknownEnding(path: "out.csv")) {
        try RecordMerge(inputs: [input], output: "out.csv")
      }
    }
  }

  @Test func `an output that exists is kept, unless it is an input or to be replaced`() throws {
    try withTemporaryFolder { folder in
      let (input, out) = (folder + "/in.jsonl", folder + "/out.sqlite")
      try writeLines([smallRecord("a")], to: input)
      try writeDatabase([smallRecord("b")], to: out)
      let before = try bytes(out)
      #expect(throws: RecordOutputError.exists(path: out)) {
        try RecordMerge(inputs: [input], output: out).run()
      }
      #expect(try bytes(out) == before)
      _ = try RecordMerge(inputs: [input, out], output: out).run()
      #expect(try lines(of: RecordDatabase(path: out)) == sortedLines([smallRecord("a"), smallRecord("b")]))
      _ = try RecordMerge(inputs: [input], output: out).run(replacing: true)
      #expect(try lines(of: RecordDatabase(path: out)) == sortedLines([smallRecord("a")]))
    }
  }

  @Test func `an output that somebody writes is left alone`() throws {
    try withTemporaryFolder { folder in
      let (input, out) = (folder + "/in.jsonl", folder + "/out.sqlite")
      try writeLines([smallRecord("a")], to: input)
      let database = try RecordDatabase(path: out)
      for inputs in [[input], [input, out]] {
        #expect(throws: RecordOutputError.busy(path: out)) {
          try RecordMerge(inputs: inputs, output: out).run(replacing: true)
        }
      }
      try database.write([smallRecord("b")])
      #expect(try lines(of: database) == sortedLines([smallRecord("b")]))
    }
  }

  /// As a killed run leaves it: all in the log, and the log's index or not.
  @Test(arguments: [["-wal"], ["-wal", "-shm"]])
  func `a database whose log was left is read whole and not changed`(companions: [String]) throws {
    try withTemporaryFolder { folder in
      let (running, input, out) = (folder + "/running.sqlite", folder + "/in.sqlite", folder + "/out.jsonl")
      let database = try RecordDatabase(path: running)
      try database.write(RecordSamples.all)
      for ending in [""] + companions {
        try FileManager.default.copyItem(atPath: running + ending, toPath: input + ending)
      }
      let before = try [input, input + "-wal"].map(bytes)
      _ = try RecordMerge(inputs: [input], output: out).run()
      #expect(try readLines(out) == sortedLines(RecordSamples.all))
      #expect(try [input, input + "-wal"].map(bytes) == before)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("in.") }
      #expect(names.sorted() == ([""] + companions).map { "in.sqlite" + $0 }.sorted())

      // In its own place the log is not taken for a part of the new database.
      _ = try RecordMerge(inputs: [input, out], output: input).run()
      try writeLines([smallRecord("a")], to: out)
      _ = try RecordMerge(inputs: [out], output: input).run(replacing: true)
      #expect(try lines(of: RecordDatabase(path: input)) == sortedLines([smallRecord("a")]))
    }
  }

  @Test func `a database in WAL mode without its log leaves no files beside it`() throws {
    try withTemporaryFolder { folder in
      let (running, input, out) = (folder + "/running.sqlite", folder + "/in.sqlite", folder + "/out.jsonl")
      let database = try RecordDatabase(path: running)
      try FileManager.default.copyItem(atPath: running, toPath: input)
      let before = try bytes(input)
      _ = try RecordMerge(inputs: [input], output: out).run()
      #expect(try bytes(input) == before && readLines(out).isEmpty)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("in.") }
      #expect(names == ["in.sqlite"])
      withExtendedLifetime(database) {}
    }
  }

  @Test func `no records give an empty output`() throws {
    try withTemporaryFolder { folder in
      let input = folder + "/in.jsonl"
      try Data().write(to: URL(filePath: input))
      for out in [folder + "/out.jsonl", folder + "/out.db"] {
        #expect(try RecordMerge(inputs: [input], output: out).run().trackCount == 0)
      }
      #expect(try bytes(folder + "/out.jsonl").isEmpty)
      #expect(try lines(of: RecordDatabase(path: folder + "/out.db")).isEmpty)
    }
  }
}
