import Foundation
import MAESTTestSupport
import MAESTWeights
import Testing

/// Runs of `maest annotate` into an output that is there.
@Suite struct AnnotateAgainTests {
  private func withLibrary(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try TinyModel.write(to: folder + "/tiny.safetensors")
      try FileManager.default.createDirectory(
        atPath: folder + "/music", withIntermediateDirectories: true)
      for index in 0..<3 {
        try WAVFile.noise(seconds: 2 + Double(index), seed: UInt64(index)).write(
          to: URL(filePath: folder + "/music/\(index).wav"))
      }
      try WAVFile.noise(seconds: 0.1, seed: 9).write(to: URL(filePath: folder + "/music/short.wav"))
      try body(folder)
    }
  }

  private func annotate(
    _ folder: String, _ out: String, _ arguments: [String] = [], paths: [String] = ["music"]
  ) throws -> Program.Result {
    try Program.maest.run(
      ["annotate"] + paths + ["--out", out, "--model", "tiny.safetensors", "--relative-to", "music"]
        + arguments, folder: folder)
  }

  private func lines(_ folder: String, _ name: String) throws -> [String] {
    try String(contentsOfFile: folder + "/" + name, encoding: .utf8).split(separator: "\n").map(String.init)
      .sorted()
  }

  /// The records of an output of any kind, as lines.
  private func records(_ folder: String, _ out: String) throws -> [String] {
    if out.hasSuffix(".jsonl") { return try lines(folder, out) }
    let merged = "merged-\(UUID()).jsonl"
    let result = try Program.maest.run(["merge", out, "--out", merged], folder: folder)
    #expect(result.exitCode == 0, "\(result.errors)")
    return try lines(folder, merged)
  }

  @Test(arguments: ["x.jsonl", "x.sqlite"])
  func `a run that names nothing goes on with the settings there, and deletes nothing`(out: String) throws {
    try withLibrary { folder in
      let arguments = [
        "--layer", "2", "--pooling", "mean3", "--over-patches", "mean", "--l2", "--top", "4", "--curve",
        "--last-patch", "repeat",
      ]
      #expect(try annotate(folder, out, arguments).exitCode == 0)
      let before = try records(folder, out)
      #expect(
        before.count == 4 && before.allSatisfy { $0.contains("layer02.blockOutput.mean3.patch-mean.l2") })
      let again = try annotate(folder, out)
      #expect(again.exitCode == 0 && again.errors.contains("4 up to date"), "\(again.errors)")
      try WAVFile.noise(seconds: 3, seed: 7).write(to: URL(filePath: folder + "/music/new.wav"))
      #expect(try annotate(folder, out).exitCode == 0)
      let after = try records(folder, out)
      #expect(Set(after).isSuperset(of: before) && after.count == 5)
      #expect(after.allSatisfy { $0.contains("layer02.blockOutput.mean3.patch-mean.l2") })
    }
  }

  @Test(arguments: ["x.jsonl", "x.sqlite", "records"])
  func `other settings are refused, added or put in the place of those there`(out: String) throws {
    try withLibrary { folder in
      let first = try annotate(folder, out, ["--layer", "2", "--pooling", "cls"])
      #expect(first.exitCode == 1 && first.errors.contains("4 tracks, 1 failed"))
      for arguments in [["--layer", "3"], ["--top", "3"], ["--hop", "5"], ["--no-embeddings"]] {
        let other = try annotate(folder, out, arguments)
        #expect(other.exitCode == 2 && other.errorLines.count == 1, "\(other.errors)")
        #expect(other.errors.contains("have other settings: ") && other.errors.contains("(there "))
        #expect(other.errors.contains("--add") && other.errors.contains("--replace"), "\(other.errors)")
      }
      let added = try annotate(folder, out, ["--add", "--layer", "3", "--pooling", "dist"])
      #expect(added.errors.contains("3 to be added to"), "\(added.errors)")
      let whole = try annotate(folder, "once-" + out, ["--layer", "2,3", "--pooling", "cls"])
      #expect(whole.exitCode == 1)
      let none = try annotate(folder, out)
      #expect(none.errors.contains("none to do; 3 up to date; 1 failed earlier"), "\(none.errors)")
      let replaced = try annotate(folder, out, ["--replace", "--top", "3", "--no-embeddings"])
      #expect(replaced.errors.contains("4 made with other settings"), "\(replaced.errors)")
      #expect(try annotate(folder, out).errors.contains("3 up to date"))
    }
  }

  @Test func `a short loop that was rescued stays so`() throws {
    try withLibrary { folder in
      #expect(try annotate(folder, "x.jsonl", ["--last-patch", "repeat"]).exitCode == 0)
      let before = try lines(folder, "x.jsonl")
      #expect(try annotate(folder, "x.jsonl", ["--force"]).exitCode == 0)
      #expect(try lines(folder, "x.jsonl") == before)
      let other = try annotate(folder, "x.jsonl", ["--replace", "--last-patch", "discard"])
      #expect(other.exitCode == 1 && other.errors.contains("4 tracks, 1 failed"), "\(other.errors)")
      let short = try #require(try lines(folder, "x.jsonl").first { $0.contains("short.wav") })
      #expect(short.contains(#""status":"done""#) && short.contains(#""later_error":{"code":"tooShort""#))
    }
  }

  @Test func `a file of the far future is recorded, and is up to date`() throws {
    try withLibrary { folder in
      var times = [
        timespec(tv_sec: 10_413_792_000, tv_nsec: 0), timespec(tv_sec: 10_413_792_000, tv_nsec: 0),
      ]
      #expect(utimensat(AT_FDCWD, folder + "/music/0.wav", &times, 0) == 0)
      let first = try annotate(folder, "x.jsonl")
      #expect(first.exitCode == 1 && first.errors.contains("4 tracks, 1 failed"), "\(first.errors)")
      #expect(try annotate(folder, "x.jsonl").errors.contains("none to do; 3 up to date"))
    }
  }

  @Test func `touched files are not analysed again`() throws {
    try withLibrary { folder in
      _ = try annotate(folder, "x.jsonl")
      #expect(utimensat(AT_FDCWD, folder + "/music/0.wav", nil, 0) == 0)
      let again = try annotate(folder, "x.jsonl")
      #expect(again.errors.contains("none to do; 3 up to date; 1 refreshed"), "\(again.errors)")
      #expect(try !annotate(folder, "x.jsonl").errors.contains("refreshed"))
    }
  }

  @Test func `gone tracks are told, and pruned on request`() throws {
    try withLibrary { folder in
      _ = try annotate(folder, "x.sqlite")
      try FileManager.default.moveItem(atPath: folder + "/music/0.wav", toPath: folder + "/music/moved.wav")
      let dry = try annotate(folder, "x.sqlite", ["--dry-run"])
      #expect(dry.output == "new\tmoved.wav\ngone\t0.wav\n", "\(dry.output)")
      let told = try annotate(folder, "x.sqlite")
      #expect(told.errors.contains("1 recorded tracks are gone: 0.wav; their records stay (--prune"))
      #expect(try records(folder, "x.sqlite").count == 5)
      let pruned = try annotate(folder, "x.sqlite", ["--prune"])
      #expect(pruned.errors.contains("their records are removed"), "\(pruned.errors)")
      #expect(try records(folder, "x.sqlite").count == 4)
    }
  }

  @Test func `a moved track keeps its numbers, also where gone records are pruned`() throws {
    try withLibrary { folder in
      _ = try annotate(folder, "x.sqlite")
      try FileManager.default.moveItem(atPath: folder + "/music/0.wav", toPath: folder + "/music/moved.wav")
      let dry = try annotate(folder, "x.sqlite", ["--dry-run"])
      #expect(dry.errors.contains("1 may be recognised by their sound"), "\(dry.errors)")
      let run = try annotate(folder, "x.sqlite", ["--prune"])
      #expect(run.errors.contains("1 track, 0 failed"), "\(run.errors)")
      #expect(run.errors.contains("1 moved or retagged: their numbers were kept"), "\(run.errors)")
      #expect(try records(folder, "x.sqlite").count == 4)
    }
  }

  @Test func `the downmix of the records goes on`() throws {
    try withLibrary { folder in
      _ = try annotate(folder, "x.jsonl", ["--downmix", "left"])
      #expect(try lines(folder, "x.jsonl").contains { $0.contains(#""downmix":"left""#) })
      #expect(try annotate(folder, "x.jsonl").errors.contains("none to do; 3 up to date"))
      let other = try annotate(folder, "x.jsonl", ["--downmix", "mean"])
      #expect(other.exitCode == 2 && other.errors.contains("downmix mix (there left)"), "\(other.errors)")
    }
  }

  @Test func `tracks of a CUE sheet are records of their own`() throws {
    try withLibrary { folder in
      let sheet = "TRACK 01 AUDIO\nTITLE One\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 99:00:00\n"
      try sheet.write(toFile: folder + "/music/0.cue", atomically: true, encoding: .utf8)
      let dry = try annotate(folder, "x.jsonl", ["--cue", "--dry-run"])
      #expect(dry.output.hasPrefix("new\t0.wav#01\nnew\t0.wav#02\n"), "\(dry.output)")
      _ = try annotate(folder, "x.jsonl", ["--cue"])
      let records = try JSONOutput.lines(lines(folder, "x.jsonl").joined(separator: "\n"), "record")
      #expect(records.count { $0["cue"] != nil } == 2)
      #expect(try annotate(folder, "x.jsonl", ["--cue", "--start", "1"]).exitCode == 64)
      _ = try annotate(folder, "part.jsonl", ["--start", "0.1"])
      let part = try annotate(folder, "part.jsonl", ["--cue"])
      #expect(part.exitCode == 2 && part.errors.contains("are of a part of each track"), "\(part.errors)")
    }
  }

  @Test func `one wrong path does not stop the others`() throws {
    try withLibrary { folder in
      let result = try annotate(
        folder, "x.jsonl", paths: ["Musik", "music/gone.mp3", "music", "music/*.aiff"])
      #expect(result.exitCode == 1)
      #expect(result.errors.contains("Musik: there is no such file or folder"), "\(result.errors)")
      #expect(result.errors.contains("music/*.aiff: no file matches"))
      let records = try lines(folder, "x.jsonl")
      #expect(records.count == 5)
      #expect(records.contains { $0.contains(#""path":"gone.mp3""#) && $0.contains("fileNotFound") })
    }
  }

  @Test func `the same records from whatever folder`() throws {
    try withLibrary { folder in
      _ = try annotate(folder, "x.jsonl")
      let inside = try Program.maest.run(
        [
          "annotate", ".", "--out", "../y.jsonl", "--model", "../tiny.safetensors", "--relative-to", ".",
        ], folder: folder + "/music")
      #expect(inside.exitCode == 1)
      // The folder also has what the program printed.
      #expect(try lines(folder, "y.jsonl") == lines(folder, "x.jsonl"))
    }
  }

  @Test func `a merge of two settings is refused, or mixed on request`() throws {
    try withLibrary { folder in
      _ = try annotate(folder, "x.jsonl", ["--top", "3"])
      _ = try annotate(folder, "y.jsonl", ["--top", "4"])
      func merge(_ arguments: [String]) throws -> Program.Result {
        try Program.maest.run(
          ["merge", "x.jsonl", "y.jsonl", "--out", "z.jsonl"] + arguments, folder: folder)
      }
      let refused = try merge([])
      #expect(refused.exitCode == 1 && refused.errorLines.count == 1)
      #expect(refused.errors.contains("4 labels") && refused.errors.contains("3 labels"), "\(refused.errors)")
      #expect(try merge(["--mixed"]).exitCode == 0)
      #expect(try lines(folder, "z.jsonl").count == 4)
    }
  }

  @Test func `records of an earlier version go on where their settings are named`() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(
        atPath: Fixtures.path("records/version-1.sqlite"), toPath: folder + "/x.sqlite")
      func run(_ arguments: [String]) throws -> Program.Result {
        try Program.maest.run(
          ["annotate", "music", "--out", "x.sqlite", "--relative-to", "music", "--dry-run"] + arguments,
          folder: folder)
      }
      try FileManager.default.createDirectory(atPath: folder + "/music", withIntermediateDirectories: true)
      try WAVFile.noise(seconds: 7, seed: 1).write(to: URL(filePath: folder + "/music/new.wav"))
      let unknown = try run([])
      #expect(
        unknown.exitCode == 2 && unknown.errors.contains("do not say their settings"), "\(unknown.errors)")
      let named = try run([
        "--layer", "7", "--pooling", "mean3", "--over-patches", "mean", "--curve", "--top", "3",
      ])
      #expect(named.exitCode == 0 && named.output.hasPrefix("new\tnew.wav\n"), "\(named.errors)")
    }
  }
}
