import Foundation
import GRDB
import MAEST
import MAESTLibrary
import MAESTTestSupport
import Testing

/// Outputs of the version before recipes were recorded (see the fixtures' README).
@Suite struct EarlierVersionTests {
  private func withCopy(_ name: String, _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(
        atPath: Fixtures.path("records/\(name)"), toPath: folder + "/" + name)
      try body(folder + "/" + name)
    }
  }

  private var lines: [String] {
    get throws {
      try String(contentsOfFile: Fixtures.path("records/version-1.jsonl"), encoding: .utf8)
        .split(separator: "\n").map(String.init).sorted()
    }
  }

  /// Their times differ: they were made one after the other.
  private func records(_ output: any RecordLookup) throws -> [String] {
    var paths: [String] = []
    try output.forEachTrack { paths.append($0) }
    return try paths.compactMap { try output.record(ofTrack: $0) }
      .map { String(decoding: try $0.jsonLine(), as: UTF8.self) }.sorted()
  }

  @Test func `a database of version 1 is read as it is`() throws {
    try withCopy("version-1.sqlite") { path in
      let before = try Data(contentsOf: URL(filePath: path))
      #expect(try records(RecordDatabase.lookup(path: path)) == lines)
      let out = path + ".jsonl"
      #expect(try RecordMerge(inputs: [path], output: out).run().trackCount == 4)
      #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }
  }

  @Test func `a database of version 1 becomes one of version 2, with all that it has`() throws {
    try withCopy("version-1.sqlite") { path in
      let ids = try DatabaseQueue(path: path).read {
        try Row.fetchAll($0, sql: "SELECT id, path FROM tracks ORDER BY id").map(\.description)
      }
      do {
        let database = try RecordDatabase(path: path)
        #expect(try records(database) == lines)
        #expect(try database.provenances().map(\.count) == [3])
        try database.write([RecordSamples.full])
        try database.finish()
      }
      try DatabaseQueue(path: path).read { database in
        #expect(try Int.fetchOne(database, sql: "PRAGMA user_version") == 2)
        #expect(try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").isEmpty)
        #expect(try String.fetchOne(database, sql: "PRAGMA integrity_check") == "ok")
        let now = try Row.fetchAll(database, sql: "SELECT id, path FROM tracks ORDER BY id").map(
          \.description)
        #expect(Array(now.prefix(ids.count)) == ids && now.count == ids.count + 1)
        #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM annotations") == 5)
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

  @Test func `lines of version 1 are read, and records beside them`() throws {
    try withCopy("version-1.jsonl") { path in
      let file = try JSONLinesFile(path: path)
      #expect(try records(file) == lines)
      try file.write([RecordSamples.full])
      try file.finish()
      #expect(try records(JSONLinesFile.lookup(path: path)).count == 5)
    }
  }

  @Test func `a database of a later version is left alone`() throws {
    try withCopy("version-1.sqlite") { path in
      try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 3") }
      #expect(throws: RecordOutputError.laterVersion(path: path, found: 3, known: 2)) {
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
