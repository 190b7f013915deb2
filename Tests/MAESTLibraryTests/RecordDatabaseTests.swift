import Foundation
import GRDB
import MAESTLibrary
import MAESTTestSupport
import Testing

@Suite struct RecordDatabaseTests {
  /// All values of a query's first column, from a connection of its own.
  private func query(_ path: String, _ sql: String) throws -> [DatabaseValue] {
    try DatabaseQueue(path: path).inDatabase { try DatabaseValue.fetchAll($0, sql: sql) }
  }

  @Test func `samples are read back as they were written`() throws {
    try withTemporaryFolder { folder in
      let database = try RecordDatabase(path: folder + "/a.sqlite")
      try database.write(RecordSamples.all)
      var copies: [TrackRecord] = []
      try database.forEachRecord { copies.append($0) }
      #expect(copies == RecordSamples.all.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) })
      #expect(try lines(of: database) == sortedLines(RecordSamples.all))
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `random records are read back as they were written`(seed: UInt64) throws {
    try withTemporaryFolder { folder in
      var random = RandomRecords(seed: seed)
      let records = random.records(60)
      let database = try RecordDatabase(path: folder + "/a.db")
      for start in stride(from: 0, to: 60, by: 7) {
        try database.write(Array(records[start..<min(start + 7, 60)]))
      }
      #expect(try lines(of: database) == sortedLines(records))
      for record in records { #expect(try database.entry(ofTrack: record.path) == RecordEntry(record)) }
      try database.finish()
      #expect(try lines(of: database) == sortedLines(records))
    }
  }

  @Test func `a redone track takes the place of the earlier rows`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.sqlite"
      let database = try RecordDatabase(path: path)
      try database.write([smallRecord("0"), RecordSamples.full])
      let id = try query(path, "SELECT id FROM tracks WHERE path LIKE '/music/%'")
      var failed = RecordSamples.failed
      failed.path = RecordSamples.full.path
      try database.write([failed])
      #expect(try lines(of: database) == sortedLines([failed, smallRecord("0")]))
      for table in ["embeddings", "patches", "curves"] {
        #expect(try query(path, "SELECT count(*) FROM \(table)") == [0.databaseValue], "\(table)")
      }
      #expect(try query(path, "SELECT count(*) FROM tags") == [1.databaseValue])
      #expect(try query(path, "SELECT id FROM tracks WHERE path LIKE '/music/%'") == id)
    }
  }

  @Test func `the last of several records of a track in one call counts`() throws {
    try withTemporaryFolder { folder in
      let database = try RecordDatabase(path: folder + "/a.sqlite")
      try database.write([smallRecord("a", label: "A"), smallRecord("a", label: "B")])
      #expect(try lines(of: database) == sortedLines([smallRecord("a", label: "B")]))
    }
  }

  @Test func `paths that look the same and differ in bytes are two tracks`() throws {
    try withTemporaryFolder { folder in
      let records = [smallRecord("e\u{301}", label: "A"), smallRecord("\u{E9}", label: "B")]
      let database = try RecordDatabase(path: folder + "/a.sqlite")
      try database.write(records)
      #expect(try lines(of: database) == sortedLines(records))
    }
  }

  @Test func `another run goes on, with a row for its own`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.sqlite"
      do {
        let database = try RecordDatabase(path: path)
        try database.write([smallRecord("a")])
        try database.write([smallRecord("b")])
      }
      let database = try RecordDatabase(path: path)
      #expect(try database.entry(ofTrack: "a") == RecordEntry(smallRecord("a")))
      #expect(try database.entry(ofTrack: "c") == nil)
      try database.write([smallRecord("c")])
      #expect(try lines(of: database) == sortedLines(["a", "b", "c"].map { smallRecord($0) }))
      #expect(
        try query(path, "SELECT count(*) FROM tracks GROUP BY run_id ORDER BY run_id")
          == [2, 1].map(\.databaseValue))
      #expect(try query(path, "SELECT started_at FROM runs WHERE started_at LIKE '2%T%Z'").count == 2)
    }
  }

  @Test func `a finished database is one file that needs no others to be read`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.sqlite"
      let database = try RecordDatabase(path: path)
      try database.write(RecordSamples.all)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 3)
      try database.finish()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.sqlite"])
      try database.write([smallRecord("later")])
      #expect(try lines(of: database).count == RecordSamples.all.count + 1)
    }
  }

  @Test func `one who reads hinders neither writing nor finishing`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.sqlite"
      let database = try RecordDatabase(path: path)
      try database.write([smallRecord("a")])
      let reader = try DatabaseQueue(path: path)
      try reader.inDatabase { reading in
        #expect(try Int.fetchOne(reading, sql: "SELECT count(*) FROM tracks") == 1)
        try database.write([smallRecord("b")])
        try database.finish()
      }
      try database.write([smallRecord("c")])
      #expect(try lines(of: database).count == 3)
    }
  }

  @Test func `the tables answer what they are documented for`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.sqlite"
      let database = try RecordDatabase(path: path)
      try database.write(RecordSamples.all + [smallRecord("x", label: "A---B")])
      #expect(
        try query(
          path,
          """
          SELECT path FROM tags JOIN tracks ON tracks.id = track_id
            WHERE label = 'A---B' AND activation > 0.05 ORDER BY activation DESC
          """) == ["x", RecordSamples.full.path].map(\.databaseValue))
      #expect(
        try query(path, "SELECT tags FROM annotations WHERE status = 'done' ORDER BY path")
          == ["A---B, C, \"d\"", "A---B"].map(\.databaseValue))
      let vector = try #require(
        query(path, "SELECT vector FROM embeddings WHERE patch = -1").first.flatMap(Data.fromDatabaseValue))
      // 0.1 as float32, the lowest byte first.
      #expect(vector.count == 12 && vector.prefix(4) == Data([0xCD, 0xCC, 0xCC, 0x3D]))
      #expect(
        try query(path, "SELECT shape FROM embeddings ORDER BY patch")
          == ["[3]", "[2, 2]"].map(\.databaseValue))
      #expect(try query(path, "PRAGMA foreign_key_check").isEmpty)
      #expect(try query(path, "PRAGMA integrity_check") == ["ok".databaseValue])
    }
  }

  @Test func `the style index finds tracks of a label`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.sqlite"
      _ = try RecordDatabase(path: path)
      let plan = try DatabaseQueue(path: path).inDatabase {
        try Row.fetchAll(
          $0, sql: "EXPLAIN QUERY PLAN SELECT track_id FROM tags WHERE label = 'x' AND activation > 0.5")
      }
      #expect(
        plan.first?["detail"] == "SEARCH tags USING COVERING INDEX tags_of_label (label=? AND activation>?)")
    }
  }
}
