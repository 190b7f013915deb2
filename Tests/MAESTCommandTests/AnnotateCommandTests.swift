import Foundation
import MAESTTestSupport
import MAESTWeights
import Testing

@Suite struct AnnotateCommandTests {
  /// A folder with music in it, some of it broken, and a tiny model.
  private func withLibrary(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try TinyModel.write(to: folder + "/tiny.safetensors")
      try FileManager.default.createDirectory(
        atPath: folder + "/music/in, 1", withIntermediateDirectories: true)
      for index in 0..<9 {
        let name = index % 3 == 0 ? "in, 1/\(index) \"é\".wav" : "\(index).wav"
        try WAVFile.noise(seconds: 2 + 3 * Double(index), seed: UInt64(index)).write(
          to: URL(filePath: folder + "/music/" + name))
      }
      try Data("no sound".utf8).write(to: URL(filePath: folder + "/music/text.mp3"))
      try Data().write(to: URL(filePath: folder + "/music/empty.flac"))
      try Data("a picture".utf8).write(to: URL(filePath: folder + "/music/cover.jpg"))
      try body(folder)
    }
  }

  private static let trackCount = 11

  /// Many overlapping patches, so that a track takes a while.
  private static let slowly = ["--hop", "1"]

  private static let endless = ["music", "music/zz.wav"]

  /// Runs `body` while there is one more track, last of all, that nobody ever writes to: no run ends by itself.
  private func withEndlessTrack(_ folder: String, _ body: () throws -> Void) throws {
    let path = folder + "/music/zz.wav"
    try #require(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    try body()
  }

  private func annotate(
    _ folder: String, _ out: String, _ arguments: [String] = [], paths: [String] = ["music"],
    input: Data? = nil,
    fileSizeLimit: Int? = nil, interruptedAfterLines lineCount: Int? = nil, by signal: Int32 = SIGINT
  ) throws -> Program.Result {
    try Program.maest.run(
      ["annotate"] + paths + ["--out", out, "--model", "tiny.safetensors", "--relative-to", "music"]
        + arguments,
      folder: folder, input: input, fileSizeLimit: fileSizeLimit, interruptedAfterLines: lineCount,
      of: lineCount == nil ? nil : folder + "/" + out, by: signal)
  }

  private func lines(_ path: String) throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  private func paths(_ lines: [String]) throws -> [String] {
    try lines.map { line in
      let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      return try #require(object["path"] as? String)
    }
  }

  @Test func `a library is annotated once, failures and all`() throws {
    try withLibrary { folder in
      let first = try annotate(
        folder, "x.jsonl", ["--layer", "2", "--pooling", "mean3", "--over-windows", "mean"])
      #expect(first.exitCode == 1)
      #expect(first.output == "")
      #expect(first.errors.contains("11 tracks: 11 new; 1 other files"))
      #expect(first.errors.contains("empty.flac: "))
      #expect(first.errors.contains("11 tracks, 2 failed"))
      let records = try lines(folder + "/x.jsonl")
      #expect(Set(try paths(records)).count == Self.trackCount && records.count == Self.trackCount)
      let failed = try #require(records.first { $0.contains("empty.flac") })
      #expect(
        failed.contains(#""error":{"code":"emptyFile","message":""#) && failed.contains(#""stage":"open""#))
      // Standard error says the path once.
      let line = try #require(first.errorLines.first { $0.contains("empty.flac") })
      #expect(line.split(separator: "empty.flac", omittingEmptySubsequences: false).count == 2, "\(line)")
      #expect(records.filter { $0.contains(#""layer02.blockOutput.mean3.patch-mean":{"#) }.count == 9)

      let again = try annotate(
        folder, "x.jsonl", ["--layer", "2", "--pooling", "mean3", "--over-patches", "mean"])
      // There are failures on record still.
      #expect(again.exitCode == 1)
      #expect(again.errors.contains("none to do; 9 up to date; 2 failed earlier"))
      #expect(try lines(folder + "/x.jsonl") == records)
    }
  }

  @Test func `a dry run tells what would be done, and writes nothing`() throws {
    try withLibrary { folder in
      let new = try annotate(folder, "x.jsonl", ["--dry-run"])
      #expect(new.exitCode == 0)
      #expect(new.output.split(separator: "\n").count == Self.trackCount)
      #expect(new.output.contains("new\tin, 1/0 \"é\".wav\n"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/x.jsonl"))
      _ = try annotate(folder, "x.jsonl")
      let before = try Data(contentsOf: URL(filePath: folder + "/x.jsonl"))
      let other = try annotate(folder, "x.jsonl", ["--dry-run", "--top", "3"])
      #expect(other.exitCode == 2 && other.output == "" && other.errors.contains("labels 3 (there 10)"))
      let replaced = try annotate(folder, "x.jsonl", ["--dry-run", "--top", "3", "--replace"])
      #expect(replaced.output.split(separator: "\n").allSatisfy { $0.hasPrefix("other_settings\t") })
      let retry = try annotate(folder, "x.jsonl", ["--dry-run", "--retry-failed"])
      #expect(retry.output == "failed_before\tempty.flac\nfailed_before\ttext.mp3\n")
      #expect(try Data(contentsOf: URL(filePath: folder + "/x.jsonl")) == before)
    }
  }

  @Test func `killed again and again, a run ends with what one run gives`() throws {
    try withLibrary { folder in
      _ = try annotate(folder, "whole.jsonl", Self.slowly)
      let whole = try lines(folder + "/whole.jsonl").sorted()
      try withEndlessTrack(folder) {
        for lineCount in 1...Self.trackCount {
          let result = try annotate(
            folder, "x.jsonl", Self.slowly, paths: Self.endless, interruptedAfterLines: lineCount, by: SIGKILL
          )
          #expect(result.exitCode == -SIGKILL)
        }
      }
      let last = try annotate(folder, "x.jsonl", Self.slowly)
      #expect(last.exitCode == 0 || last.exitCode == 1)
      #expect(try lines(folder + "/x.jsonl").sorted() == whole)
    }
  }

  @Test func `Ctrl-C writes what is complete and says how to go on`() throws {
    try withLibrary { folder in
      _ = try annotate(folder, "whole.jsonl", Self.slowly)
      try withEndlessTrack(folder) {
        let result = try annotate(
          folder, "x.jsonl", Self.slowly, paths: Self.endless, interruptedAfterLines: 2)
        #expect(result.exitCode == 130)
        #expect(result.errors.contains("left; run the same command again to go on"))
        let records = try lines(folder + "/x.jsonl")
        #expect((2...Self.trackCount).contains(records.count))
      }
      _ = try annotate(folder, "x.jsonl", Self.slowly)
      #expect(try lines(folder + "/x.jsonl").sorted() == lines(folder + "/whole.jsonl").sorted())
    }
  }

  @Test func `on a full disk a run stops whole, and goes on when there is room`() throws {
    try withLibrary { folder in
      _ = try annotate(folder, "whole.jsonl", ["--top", "5", "--curve"])
      for (name, form) in [("x.jsonl", "jsonl"), ("y", "json")] {
        // What goes to standard error has the same limit: progress would use it up where the machine is busy.
        let full = try annotate(
          folder, name, ["--top", "5", "--curve", "--format", form, "--progress", "none"], fileSizeLimit: 3)
        #expect(full.exitCode == 2)
        #expect(full.errors.contains("cannot write: File too large"), "\(full.errors)")
        #expect(full.errors.contains("run the same command again"))
        _ = try annotate(folder, name, ["--top", "5", "--curve", "--format", form])
      }
      let whole = try lines(folder + "/whole.jsonl").sorted()
      #expect(try lines(folder + "/x.jsonl").sorted() == whole)
      let files = try FileManager.default.subpathsOfDirectory(atPath: folder + "/y").filter {
        $0.hasSuffix(".json")
      }
      #expect(try files.flatMap { try lines(folder + "/y/" + $0) }.sorted() == whole)
    }
  }

  @Test func `shards merged are the whole`() throws {
    try withLibrary { folder in
      _ = try annotate(folder, "whole.jsonl")
      for index in 0..<3 { _ = try annotate(folder, "part-\(index).jsonl", ["--shard", "\(index)/3"]) }
      let parts = (0..<3).map { "part-\($0).jsonl" }
      #expect(
        try Program.maest.run(["merge"] + parts + ["--out", "all.jsonl"], folder: folder).exitCode == 0)
      #expect(try lines(folder + "/all.jsonl").sorted() == lines(folder + "/whole.jsonl").sorted())
    }
  }

  @Test func `a database has the same records`() throws {
    try withLibrary { folder in
      let arguments = ["--layer", "1,3", "--pooling", "cls", "--curve"]
      _ = try annotate(folder, "x.jsonl", arguments)
      #expect(try annotate(folder, "x.sqlite", arguments).exitCode == 1)
      #expect(try annotate(folder, "x.sqlite", arguments).errors.contains("none to do"))
      _ = try Program.maest.run(["merge", "x.sqlite", "--out", "back.jsonl"], folder: folder)
      #expect(try lines(folder + "/back.jsonl").sorted() == lines(folder + "/x.jsonl").sorted())
    }
  }

  @Test func `a list comes in and lines go out, each track once`() throws {
    try withLibrary { folder in
      _ = try annotate(folder, "x.jsonl")
      let names = try paths(lines(folder + "/x.jsonl"))
      let input = Data((names + ["1.wav", "gone.wav"]).joined(separator: "\n").utf8)
      let result = try annotate(folder, "-", ["--progress", "none"], paths: ["-"], input: input)
      #expect(result.exitCode == 1)
      #expect(!result.errors.contains("maest"))
      let records = result.output.split(separator: "\n").map(String.init)
      #expect(records.count == Self.trackCount + 1)
      #expect(
        records.filter { !$0.contains("gone.wav") }.sorted() == (try lines(folder + "/x.jsonl")).sorted())
      #expect(records.contains { $0.contains("gone.wav") && $0.contains("fileNotFound") })
    }
  }

  @Test func `in processes of their own files give the same records`() throws {
    try withLibrary { folder in
      _ = try annotate(folder, "x.jsonl")
      _ = try annotate(folder, "isolated.jsonl", ["--isolate"])
      #expect(try lines(folder + "/isolated.jsonl").sorted() == lines(folder + "/x.jsonl").sorted())
    }
  }

  @Test func `events are lines of JSON`() throws {
    try withLibrary { folder in
      let result = try annotate(folder, "x.jsonl", ["--progress", "json"])
      // libmpg123 has its own notes there.
      let events = try result.errorLines.filter { $0.hasPrefix("{") }.map { line in
        try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      }
      let names = events.compactMap { $0["event"] as? String }
      #expect(names.first == "planned" && names.last == "finished")
      #expect(names.filter { $0 == "failed" }.count == 2)
      #expect(events.first?["to_do"] as? Int == Self.trackCount)
      #expect(events.last?["recorded"] as? Int == Self.trackCount)
      #expect(events.last?["failed"] as? Int == 2)
    }
  }

  @Test(arguments: [
    (["music"], ["--shard", "8/8"], "expected I/N"), ([], [], "no tracks"), (["-", "-"], [], "read once"),
    (["music"], ["--no-tags"], "leaves nothing"), (["music"], ["--jobs", "0"], "from 1 to 1024"),
    (["music"], ["--add", "--replace"], "choose one"), (["music"], ["--decode-limit", "1e30"], "seconds"),
    (["music"], ["--threshold=-inf"], "from 0 to 1"), (["music"], ["--top", "0"], "at least 1"),
    (["music"], ["--no-embeddings", "--layer", "2"], "choose one"),
    (["music"], ["--decode-limit", "nan"], "seconds"), (["music"], ["--patch-size", "7"], "only one"),
  ])
  func `a command line that cannot be is told so`(paths: [String], arguments: [String], message: String)
    throws
  {
    try withTemporaryFolder { folder in
      let result = try annotate(folder, "x.jsonl", arguments, paths: paths)
      #expect(result.exitCode == 64)
      #expect(result.errors.contains(message), "\(result.errors)")
    }
  }

  @Test func `places that are not there stop the run before it begins`() throws {
    try withLibrary { folder in
      let missing = try annotate(folder, "x.jsonl", paths: ["Musik"])
      #expect(missing.exitCode == 2 && missing.errors == "maest: Musik: there is no such file or folder\n")
      #expect(!FileManager.default.fileExists(atPath: folder + "/x.jsonl"))
      let layer = try annotate(folder, "x.jsonl", ["--layer", "9"])
      #expect(layer.exitCode == 2 && layer.errorLines.count == 1)
      let table = try annotate(folder, "x.csv")
      #expect(table.exitCode == 64 && table.errors.contains("none of .jsonl, .sqlite and .db"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/x.csv"))
      let device = try annotate(folder, "/dev/null", ["--format", "jsonl"])
      #expect(device.exitCode == 2 && device.errors.contains("a device or a pipe"), "\(device.errors)")
      let notOurs = try annotate(folder, "music/cover.jpg", ["--format", "jsonl"])
      #expect(notOurs.exitCode == 2 && notOurs.errors.contains("expected records of maest annotate"))
    }
  }
}
