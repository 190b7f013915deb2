import Foundation
import MAESTTestSupport
import Testing

/// `--over-windows`, and its earlier name.
@Suite struct OverWindowsTests {
  private func withNoise(_ body: (_ run: ([String]) throws -> Program.Result) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try TinyModel.write(to: folder + "/tiny.safetensors")
      try WAVFile.noise(seconds: 2, seed: 3).write(to: URL(filePath: folder + "/x.wav"))
      try body { arguments in
        try Program.maest.run(
          [arguments[0], "x.wav"] + arguments.dropFirst() + ["--model", "tiny.safetensors"], folder: folder)
      }
    }
  }

  @Test(arguments: ["tag", "embed", "annotate"]) func theEarlierNameIsHidden(command: String) throws {
    try withTemporaryFolder { folder in
      let help = try Program.maest.run([command, "--help"], folder: folder).output
      #expect(help.contains("--over-windows") && !help.contains("--over-patches"))
    }
  }

  @Test func bothNamesDoTheSame() throws {
    try withNoise { run in
      for (command, values) in [("tag", ["mean", "max"]), ("embed", ["none", "mean", "max"])] {
        let options = command == "tag" ? [command, "--json"] : [command, "--layer", "2"]
        var outputs: Set<String> = []
        for value in values {
          let result = try run(options + ["--over-windows", value])
          #expect(result.exitCode == 0, "\(result.errors)")
          #expect(try run(options + ["--over-patches", value]).output == result.output)
          outputs.insert(result.output)
        }
        #expect(outputs.count == values.count)
        let twice = try run(options + ["--over-windows", "mean", "--over-patches", "mean"])
        #expect(twice.exitCode == 64 && twice.errors.contains("give it once"))
      }
      #expect(try run(["tag", "--over-windows", "none"]).exitCode == 64)
    }
  }

  /// The settings that a library's records say.
  private struct Record: Decodable {
    struct Recipe: Decodable {
      struct Tags: Decodable {
        let overWindows: String
        enum CodingKeys: String, CodingKey { case overWindows = "over_windows" }
      }
      let tags: Tags
      let embeddings: [String]?
    }
    let recipe: Recipe
  }

  @Test(
    arguments: [
      ([], "mean", nil), (["--over-windows", "max"], "max", nil), (["--layer", "2"], "mean", ""),
      (["--layer", "2", "--over-windows", "mean"], "mean", ".patch-mean"),
      (["--layer", "2", "--over-windows", "max"], "max", ".patch-max"),
      (["--layer", "2", "--over-windows", "tags=max"], "max", ""),
      (["--layer", "2", "--over-windows", "max", "--over-windows", "embeddings=mean"], "max", ".patch-mean"),
      (["--layer", "2", "--over-windows", "max", "--over-windows", "embeddings=none"], "max", ""),
      (["--layer", "2", "--over-windows", "max", "--over-patches", "mean"], "max", ".patch-mean"),
      (["--layer", "2", "--over-patches", "mean"], "mean", ".patch-mean"),
    ] as [([String], String, String?)])
  func librariesHaveOneForTagsAndEmbeddings(options: [String], tags: String, ending: String?) throws {
    try withNoise { run in
      let result = try run(["annotate", "--out", "-", "--quiet"] + options)
      #expect(result.exitCode == 0, "\(result.errors)")
      let record = try JSONDecoder().decode(Record.self, from: Data(result.output.utf8))
      #expect(record.recipe.tags.overWindows == tags)
      #expect(record.recipe.embeddings == ending.map { ["layer02.blockOutput.cls-dist-mean" + $0] })
    }
  }

  @Test(arguments: ["none", "tags=none", "median", "labels=max", "tags=max=max", "=max"])
  func wrongChoicesForLibraries(choice: String) throws {
    try withNoise { run in
      let result = try run(["annotate", "--out", "-", "--over-windows", choice])
      #expect(result.exitCode == 64 && result.output.isEmpty, "\(result.errors)")
    }
  }
}
