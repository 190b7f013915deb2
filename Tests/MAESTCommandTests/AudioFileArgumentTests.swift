import Foundation
import MAESTTestSupport
import Testing

/// Audio files on command lines: several, folders, patterns, and files named after them.
@Suite struct AudioFileArgumentTests {
  /// A tiny model, and noise in `music/b.wav`, `music/a.wav`, `music/inner/a.wav` and `other.wav`.
  private func withMusic(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try TinyModel.write(to: folder + "/tiny.safetensors")
      for name in ["music/inner", "empty"] {
        try FileManager.default.createDirectory(
          atPath: folder + "/" + name, withIntermediateDirectories: true)
      }
      for (index, name) in ["music/b.wav", "music/a.wav", "music/inner/a.wav", "other.wav"].enumerated() {
        try WAVFile.noise(seconds: 1.5, seed: UInt64(index)).write(to: URL(filePath: "\(folder)/\(name)"))
      }
      try Data("a picture".utf8).write(to: URL(filePath: folder + "/music/cover.jpg"))
      try body(folder)
    }
  }

  private func run(_ command: String, _ arguments: [String], _ folder: String) throws -> Program.Result {
    try Program.maest.run([command] + arguments + ["--model", "tiny.safetensors"], folder: folder)
  }

  private func files(in folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder)
      .filter { URL(filePath: $0).pathExtension != "" }.sorted()
  }

  @Test(arguments: [
    (["other.wav", "music"], ["other.wav", "music/a.wav", "music/b.wav", "music/inner/a.wav"]),
    (["music/", "music/a.wav"], ["music/a.wav", "music/b.wav", "music/inner/a.wav"]),
    (["music/b.wav", "music"], ["music/b.wav", "music/a.wav", "music/inner/a.wav"]),
    (["./music/inner"], ["./music/inner/a.wav"]), (["music/*.wav"], ["music/a.wav", "music/b.wav"]),
    (["music/b.wav", "other.wav", "music/b.wav"], ["music/b.wav", "other.wav", "music/b.wav"]),
  ])
  func filesAreThoseNamedAndThoseOfFoldersSorted(words: [String], names: [String]) throws {
    try withMusic { folder in
      let result = try run("tag", words + ["--csv", "--top", "1"], folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let rows = result.output.split(separator: "\r\n").dropFirst().map { $0.prefix { $0 != "," } }
      #expect(rows == names.map { $0[...] })
    }
  }

  /// What is made of files in folders keeps their places, so that two of one name do not meet.
  @Test(arguments: [
    ("embed", ["--layer", "2", "--format", "npy"], "npy"), ("tokens", ["--layer", "2"], "npz"),
    ("attention", ["--layer", "2", "--format", "json"], "json"), ("report", [], "html"),
  ])
  func aFileForEach(command: String, options: [String], ending: String) throws {
    try withMusic { folder in
      let result = try run(command, ["music", "other.wav", "--out-dir", "made/here"] + options, folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(
        try files(in: folder + "/made/here") == ["a", "b", "inner/a", "other"].map { "\($0).\(ending)" })
      #expect(result.output.contains("made/here/inner/a.\(ending)"))
      let pattern = try run(command, ["music/**/*.wav", "--out-dir", "pattern"] + options, folder)
      #expect(pattern.exitCode == 0, "\(pattern.errors)")
      #expect(try files(in: folder + "/pattern") == ["a", "b", "inner/a"].map { "\($0).\(ending)" })
    }
  }

  /// Before a model is loaded: there is none.
  @Test(arguments: ["embed", "tokens", "attention", "report"])
  func twoThatWouldBecomeOneAreRefusedAtOnce(command: String) throws {
    try withMusic { folder in
      let result = try Program.maest.run(
        [command, "music/a.wav", "music/inner/a.wav", "--out-dir", "made", "--model", "none.safetensors"],
        folder: folder)
      #expect(result.exitCode == 64 && result.output.isEmpty && result.errorLines.count == 1, "\(result)")
      #expect(result.errors.contains("music/a.wav and music/inner/a.wav would both become made/a."))
      let one = try Program.maest.run(
        [command, "music", "-o", command == "report" ? "x.html" : "x.npz", "--model", "none.safetensors"],
        folder: folder)
      #expect(one.exitCode == 64 && one.errors.contains("-o takes one audio file, not 3"), "\(one.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/made"))
    }
  }

  @Test(arguments: ["tokens", "attention"]) func arraysGoSomewhere(command: String) throws {
    try withMusic { folder in
      let nowhere = try run(command, ["other.wav"], folder)
      #expect(nowhere.exitCode == 64 && nowhere.errors.contains("--out-dir"), "\(nowhere.errors)")
      let both = try run(command, ["other.wav", "-o", "x.npz", "--out-dir", "made"], folder)
      #expect(both.exitCode == 64 && both.errors.contains("choose one"))
    }
  }

  /// Files that fail and folders without audio do not stop the others; the exit code tells.
  @Test(arguments: ["tag", "embed", "tokens", "attention", "report"])
  func whatFailsDoesNotStopTheOthers(command: String) throws {
    try withMusic { folder in
      try Data("no sound".utf8).write(to: URL(filePath: folder + "/music/bad.wav"))
      let layer = ["tag", "report"].contains(command) ? [] : ["--layer", "2"]
      let output = command == "tag" ? ["--json"] : ["--out-dir", "made"] + layer
      let result = try run(command, ["empty", "music", "gone.wav", "other.wav"] + output, folder)
      #expect(result.exitCode == 1, "\(result.errors)")
      #expect(result.errors.contains("maest: empty: there are no audio files in this folder"))
      #expect(result.errors.contains("music/bad.wav: ") && result.errors.contains("gone.wav: no such file"))
      #expect(result.errorLines.last == "maest: 3 of 7 files failed", "\(result.errors)")
      if command == "tag" {
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 7 && lines[0].contains(#""error":"#) && lines[0].contains(#""path":"empty""#))
      } else {
        #expect(try files(in: folder + "/made").count == 4)
      }
    }
  }

  /// An output that cannot be written ends the work with another code than a track that fails.
  @Test(arguments: ["embed", "tokens", "attention", "report"])
  func anOutputThatCannotBeWritten(command: String) throws {
    try withMusic { folder in
      try Data().write(to: URL(filePath: folder + "/file"))
      let layer = command == "report" ? [] : ["--layer", "2"]
      let result = try run(command, ["music", "--out-dir", "file/made"] + layer, folder)
      #expect(result.exitCode == 2 && result.output.isEmpty && result.errorLines.count == 1, "\(result)")
      #expect(result.errors.contains("file/made: cannot write"), "\(result.errors)")
    }
  }

  @Test func valuesOfANodeOfSeveralFiles() throws {
    try withMusic { folder in
      let result = try run("tag", ["music", "--output", "logits"], folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let lines = result.output.split(separator: "\n")
      #expect(lines.contains { $0.contains(#""path":"music/inner/a.wav""#) }, "\(result.output)")
      let one = try run("tag", ["music", "--output", "logits", "--npy", "x.npy"], folder)
      #expect(one.exitCode == 64 && one.errors.contains("--npy takes one audio file, not 3"))
    }
  }
}
