import Foundation
import GRDB
import MAESTLibrary
import MAESTTestSupport
import Testing

@Suite struct RecordDatabaseSafetyTests {
  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  /// Expects that a file is refused and stays as it is, with nothing beside it.
  private func expectRefused(
    _ path: String, in folder: String, sourceLocation: SourceLocation = #_sourceLocation,
    as matches: (RecordOutputError) -> Bool
  ) throws {
    let before = try bytes(path)
    let error = #expect(throws: RecordOutputError.self, sourceLocation: sourceLocation) {
      try RecordDatabase(path: path)
    }
    #expect(error.map(matches) == true, "\(error.debugDescription)", sourceLocation: sourceLocation)
    #expect(try bytes(path) == before, sourceLocation: sourceLocation)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder) == [URL(filePath: path).lastPathComponent],
      sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    Data("{\"path\": \"a\"}\n".utf8), Data("SQLite format 3\0".utf8), Data(repeating: 0, count: 5000),
    Data([1]),
  ])
  func `a file that is no database stays as it is`(contents: Data) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.sqlite"
      try contents.write(to: URL(filePath: path))
      try expectRefused(path, in: folder) {
        $0 == .notRecords(path: path, found: "not an SQLite database")
      }
    }
  }

  @Test(arguments: ["DELETE", "WAL"])
  func `a database of something else stays as it is`(mode: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.sqlite"
      try DatabaseQueue(path: path).inDatabase {
        try $0.execute(
          sql: "PRAGMA journal_mode = \(mode); PRAGMA application_id = 7; CREATE TABLE tracks (x)")
      }
      try expectRefused(path, in: folder) {
        $0 == .notRecords(path: path, found: "an SQLite database of another kind (application_id 0x7)")
      }
    }
  }

  @Test func `a database of a later version stays as it is`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.sqlite"
      try RecordDatabase(path: path).finish()
      try DatabaseQueue(path: path).inDatabase { try $0.execute(sql: "PRAGMA user_version = 4") }
      try expectRefused(path, in: folder) { $0 == .laterVersion(path: path, found: 4, known: 3) }
    }
  }

  @Test func `what cannot be a database is refused`() throws {
    try withTemporaryFolder { folder in
      #expect(throws: RecordOutputError.notRecords(path: folder, found: "a folder")) {
        try RecordDatabase(path: folder)
      }
      #expect(throws: RecordOutputError.notRecords(path: "/dev/null", found: "a device or a pipe")) {
        try RecordDatabase(path: "/dev/null")
      }
      let path = folder + "/none/a.sqlite"
      #expect(throws: RecordOutputError.cannotWrite(path: path, reason: "No such file or directory")) {
        try RecordDatabase(path: path)
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names.isEmpty)
    }
  }

  @Test func `an empty file becomes a database, without a forgotten log`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.sqlite"
      let other = folder + "/b.sqlite"
      // A log that would be read as part of the new database.
      let open = try RecordDatabase(path: other)
      try open.write([smallRecord("from the log")])
      try FileManager.default.copyItem(atPath: other + "-wal", toPath: path + "-wal")
      try Data().write(to: URL(filePath: path))
      let database = try RecordDatabase(path: path)
      #expect(try lines(of: database).isEmpty)
      try database.write([smallRecord("a")])
      #expect(try lines(of: database) == sortedLines([smallRecord("a")]))
    }
  }

  @Test func `a link leads to the database`() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: URL(filePath: folder + "/real.sqlite"))
      let link = folder + "/link.sqlite"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real.sqlite")
      let database = try RecordDatabase(path: link)
      try database.write([smallRecord("a")])
      try database.finish()
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real.sqlite")
      #expect(try bytes(folder + "/real.sqlite").count > 4096)
    }
  }

  @Test func `a database belongs to one at a time`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.sqlite"
      do {
        let database = try RecordDatabase(path: path)
        #expect(throws: RecordOutputError.busy(path: path)) { try RecordDatabase(path: path) }
        try database.write([smallRecord("a")])
        try database.finish()
        #expect(throws: RecordOutputError.busy(path: path)) { try RecordDatabase(path: path) }
      }
      #expect(try lines(of: RecordDatabase(path: path)).count == 1)
    }
  }

  @Test func `on a full disk nothing is lost, and it goes on when there is room`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.sqlite"
      var random = RandomRecords(seed: 5)
      let records = random.records(400)
      var written: [TrackRecord] = []
      do {
        let database = try RecordDatabase(path: path)
        try database.limitSize(toPages: 40)
        let error = #expect(throws: RecordOutputError.self) {
          for start in stride(from: 0, to: 400, by: 20) {
            let batch = Array(records[start..<start + 20])
            try database.write(batch)
            written += batch
          }
        }
        #expect(error == .cannotWrite(path: path, reason: "database or disk is full"))
        #expect(!written.isEmpty && written.count < 400)
        #expect(try lines(of: database) == sortedLines(written))
      }
      let database = try RecordDatabase(path: path)
      #expect(try lines(of: database) == sortedLines(written))
      try database.write(Array(records.dropFirst(written.count)))
      #expect(try lines(of: database) == sortedLines(records))
    }
  }

  /// A killed program leaves what it wrote, up to some byte of the log.
  @Test func `a log that ends anywhere has a whole number of writes`() throws {
    try withTemporaryFolder { folder in
      let (path, copy) = (folder + "/a.sqlite", folder + "/copy.sqlite")
      let database = try RecordDatabase(path: path)
      var random = RandomRecords(seed: 9)
      let batches = (0..<12).map { batch in (0..<5).map { random.record(batch * 5 + $0) } }
      for batch in batches { try database.write(batch) }
      let (file, log) = (try bytes(path), try bytes(path + "-wal"))
      var found: Set<Int> = []
      for length in stride(from: 0, through: log.count, by: max(1, log.count / 97)) + [log.count] {
        try file.write(to: URL(filePath: copy))
        try log.prefix(length).write(to: URL(filePath: copy + "-wal"))
        let copied = try RecordDatabase(path: copy)
        let lines = try lines(of: copied)
        #expect(lines.count.isMultiple(of: 5))
        #expect(
          lines == (try sortedLines(batches.prefix(lines.count / 5).flatMap(\.self))),
          "log of \(length) bytes")
        // The next run goes on.
        try copied.write(batches.flatMap(\.self))
        try copied.finish()
        found.insert(lines.count / 5)
      }
      #expect(found == Set(0...12))
    }
  }

  @Test func `a failure in the middle of a write leaves nothing of it, nor its run`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.sqlite"
      let database = try RecordDatabase(path: path)
      var bad = smallRecord("b")
      bad.tags = [RecordedTag(label: "x", activation: .nan)]
      #expect(throws: RecordOutputError.self) { try database.write([smallRecord("a"), bad]) }
      #expect(try lines(of: database).isEmpty)
      try database.write([smallRecord("c")])
      #expect(try lines(of: database) == sortedLines([smallRecord("c")]))
    }
  }

  static let unkeepable: [TrackRecord] = {
    let edits: [(inout TrackRecord) -> Void] = [
      { $0.path = "a\0b" },
      { $0.tags = [RecordedTag(label: "A\0", activation: 1)] },
      { $0.tags = [RecordedTag(label: "A", activation: .infinity)] },
      { $0.patches = [PatchSpan(start: 0, end: .nan)] },
      { $0.embeddings = ["e": RecordedEmbedding(shape: [2, 2], values: [1, 2, 3])] },
      { $0.embeddings = ["e": RecordedEmbedding(shape: [-1, -1], values: [1])] },
      { $0.embeddings = ["e": RecordedEmbedding(shape: [1], values: [.nan])] },
      { $0.curve = RecordedCurve(labels: ["A", "B"], activations: [[1, 2], [1]]) },
    ]
    return edits.map { edit in
      var record = smallRecord("a")
      edit(&record)
      return record
    }
  }()

  // Not the records themselves: the tests' log could not encode them.
  @Test(arguments: unkeepable.indices)
  func `a record that would not come back as it is, is refused`(index: Int) throws {
    let record = Self.unkeepable[index]
    try withTemporaryFolder { folder in
      let database = try RecordDatabase(path: folder + "/a.sqlite")
      let error = #expect(throws: RecordOutputError.self) { try database.write([record]) }
      #expect(error?.description.contains("the record of a") == true, "\(error.debugDescription)")
      #expect(try lines(of: database).isEmpty)
    }
  }

  @Test(arguments: [
    "DELETE FROM tags", "DELETE FROM curves", "DELETE FROM patches", "DELETE FROM embeddings WHERE patch = 0",
    "UPDATE embeddings SET patch = patch + 1", "UPDATE embeddings SET shape = '[9]'",
    "UPDATE embeddings SET shape = '[4611686018427387904, 4]'", "UPDATE embeddings SET shape = 'x'",
    "UPDATE embeddings SET vector = x'01'", "UPDATE embeddings SET vector = NULL",
    "UPDATE curves SET activations = 1",
    "UPDATE tracks SET curve_patch_count = -1", "UPDATE tracks SET tag_count = 'many'",
    "UPDATE tracks SET modified_ns = NULL", "UPDATE tracks SET run_id = 9", "UPDATE tracks SET format = NULL",
    "DROP TABLE curves",
  ])
  func `a damaged database is an error, not a crash`(damage: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.sqlite"
      try RecordDatabase(path: path).write([RecordSamples.full])
      var configuration = Configuration()
      configuration.foreignKeysEnabled = false
      try DatabaseQueue(path: path, configuration: configuration).inDatabase { try $0.execute(sql: damage) }
      let database = try RecordDatabase(path: path)
      let error = #expect(throws: RecordOutputError.self) { try database.forEachRecord { _ in } }
      guard case .cannotRead(path, _) = error else {
        Issue.record("\(error.debugDescription)")
        return
      }
    }
  }

  @Test func `what the reader of records throws comes through`() throws {
    struct Enough: Error {}
    try withTemporaryFolder { folder in
      let database = try RecordDatabase(path: folder + "/a.sqlite")
      try database.write(RecordSamples.all)
      var count = 0
      #expect(throws: Enough.self) {
        try database.forEachRecord { _ in
          count += 1
          if count == 2 { throw Enough() }
        }
      }
      #expect(count == 2)
      try database.write([smallRecord("a")])
      #expect(try lines(of: database).count == RecordSamples.all.count + 1)
    }
  }
}
