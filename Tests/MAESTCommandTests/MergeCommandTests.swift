import Foundation
import MAESTTestSupport
import Testing

@Suite struct MergeCommandTests {
  private func line(_ path: String, status: String = "done", modified: Int = 1, activation: String = "0.5")
    -> String
  {
    let tags = #"[{"activation":\#(activation),"label":"Rock---Indie"}]"#
    return
      #"{"engine":"0.1.0","model":"m.pb","model_sha256":"ab","modified_ns":\#(modified),"path":"\#(path)","#
      + #""precision":"float32","settings":"cd","size":3,"status":"\#(status)","tags":\#(tags)}"# + "\n"
  }

  /// A folder with two parts, of four records of three tracks.
  private func withParts(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try (line("b") + line("a", status: "failed")).write(
        toFile: folder + "/0.jsonl", atomically: true, encoding: .utf8)
      try (line("a") + line("c", status: "failed") + line("b") + #"{"path":"d","#).write(
        toFile: folder + "/1.jsonl", atomically: true, encoding: .utf8)
      try body(folder)
    }
  }

  private func merge(
    _ arguments: [String], folder: String, fileSizeLimit: Int? = nil
  ) throws -> Program.Result {
    try Program.maest.run(["merge"] + arguments, folder: folder, fileSizeLimit: fileSizeLimit)
  }

  @Test func `parts become one, with a table for people`() throws {
    try withParts { folder in
      let result = try merge(["0.jsonl", "1.jsonl", "--out", "all.jsonl"], folder: folder)
      #expect(result.exitCode == 0)
      #expect(
        result.output == """
          all.jsonl  3 tracks: 2 done, 1 failed
            input    records  kept
            0.jsonl        2     1
            1.jsonl        3     2
            1 there twice, 1 replaced by another record of the same track

          """)
      #expect(result.errorLines == ["maest: 1.jsonl: line 4, the last, was cut off and is left out"])
      let merged = try String(contentsOfFile: folder + "/all.jsonl", encoding: .utf8)
      #expect(merged == line("a") + line("b") + line("c", status: "failed"))
    }
  }

  @Test func `to a database and back, with JSON for programs`() throws {
    try withParts { folder in
      let there = try merge(["0.jsonl", "1.jsonl", "--out", "all.sqlite", "--json"], folder: folder)
      #expect(there.exitCode == 0, "\(there.errors)")
      let object = try #require(
        JSONSerialization.jsonObject(with: Data(there.output.utf8)) as? [String: Any])
      #expect(object["tracks"] as? Int == 3 && object["done"] as? Int == 2 && object["failed"] as? Int == 1)
      #expect(object["duplicates"] as? Int == 1 && object["replaced"] as? Int == 1)
      let inputs = try #require(object["inputs"] as? [[String: Any]])
      #expect(inputs.map { $0["records"] as? Int } == [2, 3] && inputs.map { $0["kept"] as? Int } == [1, 2])
      #expect(inputs.map { $0["cut_line"] as? Int } == [nil, 4])
      let back = try merge(["all.sqlite", "--out", "all.jsonl"], folder: folder)
      #expect(back.exitCode == 0, "\(back.errors)")
      let merged = try String(contentsOfFile: folder + "/all.jsonl", encoding: .utf8)
      #expect(merged == line("a") + line("b") + line("c", status: "failed"))
    }
  }

  @Test func `refusals are one line`() throws {
    try withParts { folder in
      let usage = try merge(["0.jsonl", "--out", "all.csv"], folder: folder)
      #expect(usage.exitCode == 64 && usage.errors.contains("--out all.csv"))
      #expect(try merge(["--out", "all.jsonl"], folder: folder).exitCode == 64)

      let exists = try merge(["0.jsonl", "--out", "1.jsonl"], folder: folder)
      #expect(exists.exitCode == 2 && exists.errorLines.count == 1 && exists.errors.contains("--force"))
      #expect(try merge(["0.jsonl", "--out", "1.jsonl", "--force"], folder: folder).exitCode == 0)

      let missing = try merge(["none.jsonl", "--out", "all.jsonl"], folder: folder)
      #expect(missing.exitCode == 1 && missing.errorLines.count == 1 && missing.errors.contains("none.jsonl"))

      try "{}\n{}\n".write(toFile: folder + "/bad.jsonl", atomically: true, encoding: .utf8)
      let bad = try merge(["bad.jsonl", "--out", "all.jsonl"], folder: folder)
      #expect(bad.exitCode == 1 && bad.errors.contains("bad.jsonl: line 1 is no record"), "\(bad.errors)")
    }
  }

  @Test func `an output that another process writes is left alone`() throws {
    try withParts { folder in
      let path = folder + "/all.jsonl"
      try "old".write(toFile: path, atomically: true, encoding: .utf8)
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      defer { close(descriptor) }
      #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
      let result = try merge(["0.jsonl", "--out", "all.jsonl", "--force"], folder: folder)
      #expect(
        result.exitCode == 2 && result.errors.contains("another maest is writing it"), "\(result.errors)")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    }
  }

  @Test(arguments: ["all.jsonl", "all.sqlite"])
  func `on a full disk nothing is left, and it works when there is room`(output: String) throws {
    try withTemporaryFolder { folder in
      let text = (0..<3000).map { line("track \($0)") }.joined()
      try text.write(toFile: folder + "/in.jsonl", atomically: true, encoding: .utf8)
      let before = try FileManager.default.contentsOfDirectory(atPath: folder)
      let full = try merge(["in.jsonl", "--out", output], folder: folder, fileSizeLimit: 200)
      #expect(full.exitCode == 2 && full.errorLines.count == 1, "\(full.errors)")
      #expect(full.errors.contains("\(output): cannot write: "), "\(full.errors)")
      let after = try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { !$0.hasPrefix("output-") && !$0.hasPrefix("errors-") }
      #expect(after.sorted() == before.sorted())
      #expect(try merge(["in.jsonl", "--out", output], folder: folder).exitCode == 0)
    }
  }
}
