import Foundation
import GRDB
import MAEST
import MAESTLibrary
import MAESTTestSupport
import Testing

/// Outputs of the versions before recipes were recorded, and before partial records (see the fixtures' README).
@Suite struct EarlierVersionTests {
  private func withCopy(_ name: String, _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(
        atPath: Fixtures.path("records/\(name)"), toPath: folder + "/" + name)
      try body(folder + "/" + name)
    }
  }

  private func lines(_ version: Int) throws -> [String] {
    try String(contentsOfFile: Fixtures.path("records/version-\(version).jsonl"), encoding: .utf8)
      .split(separator: "\n").map(String.init).sorted()
  }

  /// Their times differ: they were made one after the other.
  private func records(_ output: any RecordLookup) throws -> [String] {
    var paths: [String] = []
    try output.forEachTrack { paths.append($0) }
    return try paths.compactMap { try output.record(ofTrack: $0) }
      .map { String(decoding: try $0.jsonLine(), as: UTF8.self) }.sorted()
  }

  @Test(arguments: [1, 2])
  func `a database of an earlier version is read as it is`(version: Int) throws {
    try withCopy("version-\(version).sqlite") { path in
      let before = try Data(contentsOf: URL(filePath: path))
      #expect(try records(RecordDatabase.lookup(path: path)) == lines(version))
      let out = path + ".jsonl"
      #expect(try RecordMerge(inputs: [path], output: out).run().trackCount == 4)
      #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }
  }

  @Test(arguments: [1, 2])
  func `a database of an earlier version becomes one of version 3, with all that it has`(version: Int) throws
  {
    try withCopy("version-\(version).sqlite") { path in
      let fresh = path + ".new"
      try RecordDatabase(path: fresh).finish()
      let ids = try DatabaseQueue(path: path).read {
        try Row.fetchAll($0, sql: "SELECT id, path FROM tracks ORDER BY id").map(\.description)
      }
      do {
        let database = try RecordDatabase(path: path)
        #expect(try records(database) == lines(version))
        #expect(try database.provenances().map(\.count) == [3])
        try database.write([RecordSamples.full, RecordSamples.partial])
        try database.finish()
      }
      try DatabaseQueue(path: path).read { database in
        #expect(try Int.fetchOne(database, sql: "PRAGMA user_version") == 3)
        let columns = "SELECT name, type FROM pragma_table_info('tracks')"
        #expect(
          try Row.fetchAll(database, sql: columns).map(\.description)
            == DatabaseQueue(path: fresh).read { try Row.fetchAll($0, sql: columns).map(\.description) })
        #expect(try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").isEmpty)
        #expect(try String.fetchOne(database, sql: "PRAGMA integrity_check") == "ok")
        let now = try Row.fetchAll(database, sql: "SELECT id, path FROM tracks ORDER BY id").map(
          \.description)
        #expect(Array(now.prefix(ids.count)) == ids && now.count == ids.count + 2)
        #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM annotations") == 6)
        #expect(
          try String.fetchOne(database, sql: "SELECT path FROM annotations WHERE status = 'partial'")
            == RecordSamples.partial.path)
        // The references of the other tables are still those of the tracks.
        try #expect(Int.fetchOne(database, sql: "SELECT count(*) FROM embeddings") ?? 0 > 3)
      }
      let database = try RecordDatabase(path: path)
      try database.remove(tracks: ["bell.flac"])
      let orphanCount = try DatabaseQueue(path: path).read {
        try Int.fetchOne($0, sql: "SELECT count(*) FROM tags WHERE track_id NOT IN (SELECT id FROM tracks)")
      }
      #expect(orphanCount == 0)
    }
  }

  @Test(arguments: [1, 2])
  func `lines of an earlier version are read, and records beside them`(version: Int) throws {
    try withCopy("version-\(version).jsonl") { path in
      let file = try JSONLinesFile(path: path)
      #expect(try records(file) == lines(version))
      try file.write([RecordSamples.full])
      try file.finish()
      #expect(try records(JSONLinesFile.lookup(path: path)).count == 5)
    }
  }

  @Test func `a database of a later version is left alone`() throws {
    try withCopy("version-1.sqlite") { path in
      try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 4") }
      #expect(throws: RecordOutputError.laterVersion(path: path, found: 4, known: 3)) {
        try RecordDatabase(path: path)
      }
    }
  }

  @Test(arguments: [
    ("0:53", "nfs4", 53, true), ("0:53", "ext4", 53, false), ("0:53", "fuse.sshfs", 53, true),
    ("0:54", "nfs4", 53, false), ("259:1", "cifs", 0x10301, true),
  ])
  func `file systems that several machines share are known`(
    number: String, type: String, device: Int, isShared: Bool
  ) {
    let mounts = "36 35 \(number) / /music rw,noatime shared:1 - \(type) server:/music rw\n"
    #expect(FileSystemKind.isShared(device: UInt64(device), mounts: "x\n" + mounts) == isShared)
  }
}
