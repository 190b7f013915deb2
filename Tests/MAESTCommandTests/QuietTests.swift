import Foundation
import MAESTTestSupport
import Testing

/// `--quiet`: nothing but errors on standard error.
@Suite struct QuietTests {
  /// A tiny model twice, noise, a file without sound, and records whose last line is cut.
  private func withFiles(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      for (index, name) in ["a", "b"].enumerated() {
        try TinyModel.write(to: folder + "/\(name).safetensors", seed: UInt64(index))
      }
      try WAVFile.noise(seconds: 2, seed: 1).write(to: URL(filePath: folder + "/x.wav"))
      try Data("no sound".utf8).write(to: URL(filePath: folder + "/bad.wav"))
      let line = try Program.maest.run(
        ["annotate", "x.wav", "--out", "-", "--model", "a.safetensors", "--progress", "none"],
        folder: folder
      ).output
      try (line + line.dropLast(20)).write(
        toFile: folder + "/cut.jsonl", atomically: true, encoding: .utf8)
      try body(folder)
    }
  }

  /// Commands that say something on standard error.
  @Test(arguments: [
    ["labels"], ["info"], ["tag", "x.wav", "--last-patch", "repeat"],
    ["attention", "x.wav", "--layer", "2", "--queries", "all", "-o", "x.npz", "--model", "a.safetensors"],
    ["compare", "a.safetensors", "b.safetensors", "x.wav", "--picture", "x.svg"],
    ["merge", "cut.jsonl", "--out", "y.jsonl", "--force"],
    ["annotate", "x.wav", "--out", "z.jsonl", "--model", "a.safetensors", "--force"],
  ])
  func noticesAreLeftOut(arguments: [String]) throws {
    try withFiles { folder in
      let talking = try Program.maest.run(arguments, folder: folder)
      #expect(talking.exitCode == 0 && !talking.errors.isEmpty, "\(talking)")
      for flag in ["--quiet", "-q"] {
        let quiet = try Program.maest.run(arguments + [flag], folder: folder)
        #expect(quiet.exitCode == 0 && quiet.errors.isEmpty, "\(quiet.errors)")
        #expect(quiet.output == talking.output)
      }
    }
  }

  @Test(arguments: [
    ["tag", "bad.wav", "x.wav"], ["embed", "bad.wav", "x.wav"], ["report", "bad.wav", "x.wav"],
    ["tokens", "bad.wav", "x.wav", "--layer", "2", "--out-dir", "d"],
    ["attention", "bad.wav", "x.wav", "--layer", "2", "--out-dir", "d"],
    ["picture", "mel", "bad.wav", "-o", "x.svg"], ["annotate", "bad.wav", "x.wav", "--out", "y.jsonl"],
  ])
  func errorsStay(arguments: [String]) throws {
    try withFiles { folder in
      let layer = arguments[0] == "embed" ? ["--layer", "2"] : []
      let result = try Program.maest.run(
        arguments + layer + ["--model", "a.safetensors", "--quiet"], folder: folder)
      #expect(result.exitCode == 1 && result.errors.contains("bad.wav: "), "\(result)")
      #expect(!result.errors.contains("done") && !result.errors.contains("new"), "\(result.errors)")
    }
  }

  @Test func quietnessAndProgressAreOneChoice() throws {
    try withFiles { folder in
      let result = try Program.maest.run(
        ["annotate", "x.wav", "--out", "y.jsonl", "--quiet", "--progress", "json"], folder: folder)
      #expect(result.exitCode == 64 && result.errors.contains("choose one"))
    }
  }
}
