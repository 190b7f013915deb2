import Foundation
import MAESTTestSupport
import Testing

/// The two sides of `maest compare`, and how far apart precisions are.
@Suite struct CompareCommandTests {
  private static let clips = Documentation.path("Weights/demo/clips")
  private static let graph = Documentation.path("Weights/demo/maest-5s-demo-sounds-2.pb")

  private struct Summary: Decodable {
    struct Layer: Decodable {
      let relativeError, meanCosine, lowestCosine: Double
    }
    struct Side: Decodable {
      let path, precision: String
    }
    let compared, reference: Side
    let patchCount: Int
    let layers: [Layer]
    let topAgreement: Double
    let activationsLargestDifference: Float
  }

  private func summary(_ result: Program.Result) throws -> Summary {
    #expect(result.exitCode == 0, "\(result.errors)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Summary.self, from: Data(result.output.utf8))
  }

  /// A folder with two tiny models and some noise.
  private func withModels(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      for (index, name) in ["a", "b"].enumerated() {
        try TinyModel.write(to: folder + "/\(name).safetensors", seed: UInt64(index))
        try WAVFile.noise(seconds: 3, seed: 1).write(to: URL(filePath: folder + "/\(name).wav"))
      }
      try body(folder)
    }
  }

  private func compare(
    _ arguments: [String], folder: String, environment: [String: String] = [:]
  ) throws -> Program.Result {
    try Program.maest.run(
      ["compare"] + arguments + ["--allow-emulation"], folder: folder, environment: environment)
  }

  /// The demo model names the sounds of its clips in every precision.
  @Test(arguments: [("high", 1e-3), ("int16", 1e-3), ("bf16", 0.1)])
  func thePrecisionsOfTheDemoModel(precision: String, error: Double) throws {
    try withTemporaryFolder { folder in
      let clips = try FileManager.default.contentsOfDirectory(atPath: Self.clips).sorted()
        .filter { $0.hasSuffix(".flac") }.map { Self.clips + "/" + $0 }
      let arguments = ["--model", Self.graph, "--precision", precision, "exact"] + clips
      let found = try summary(compare(arguments + ["--json"], folder: folder))
      #expect(found.compared.path == Self.graph && found.reference.path == Self.graph)
      #expect(found.compared.precision == precision && found.reference.precision == "exact")
      #expect(found.patchCount > clips.count && found.layers.count == 12)
      for layer in found.layers {
        #expect(layer.relativeError > 0 && layer.relativeError < error)
        #expect(layer.meanCosine > 0.99 && layer.lowestCosine > 0.9 && layer.lowestCosine <= layer.meanCosine)
      }
      #expect(found.topAgreement > 0.9 && found.activationsLargestDifference < 0.2)

      let table = try compare(arguments, folder: folder)
      #expect(
        table.output.hasPrefix("A \(Self.graph), \(precision)\nB \(Self.graph), exact (the reference)\n"),
        "\(table)")
      for text in [
        "layer  relative error  mean cosine  lowest cosine", "10 highest labels", "largest difference",
      ] {
        #expect(table.output.contains(text))
      }
    }
  }

  /// Which words are models, precisions and files.
  @Test(arguments: [
    (["a.safetensors", "b.safetensors", "a.wav"], "a b exact exact"),
    (["a.safetensors", "b.safetensors", "a.wav", "--precision", "int16"], "a b int16 int16"),
    (["a.safetensors", "b.safetensors", "--precision", "int16", "high", "a.wav"], "a b int16 high"),
    (["--precision", "int16", "a.safetensors", "b.safetensors", "a.wav"], "a b int16 int16"),
    (["--precision", "high", "exact", "--model", "a.safetensors", "a.wav", "b.wav"], "a a high exact"),
    (["--model", "b.safetensors", "--precision", "int16", "a.wav"], "b b int16 exact"),
    (["a.wav", "--model", "a.safetensors", "--precision", "exact", "int16"], "a a exact int16"),
    (["--model", "a.safetensors", "a.wav", "--reference-backend", "reference"], "a a exact exact"),
    (["--precision", "exact", "int16", "a.wav"], "b b exact int16"),
    (["a.wav", "--precision", "int16", "exact"], "b b int16 exact"),
  ])
  func sides(arguments: [String], expected: String) throws {
    try withModels { folder in
      let found = try summary(
        compare(
          arguments + ["--json"], folder: folder, environment: ["MAEST_MODEL": folder + "/b.safetensors"]))
      let names = [found.compared.path, found.reference.path].map {
        URL(filePath: $0).deletingPathExtension().lastPathComponent
      }
      let precisions = [found.compared.precision, found.reference.precision]
      #expect((names + precisions).joined(separator: " ") == expected)
    }
  }

  @Test(arguments: [
    (["a.safetensors", "b.safetensors"], "no audio files"), ([], "no audio files"),
    (["--precision", "exact", "int16"], "no audio files"),
    (
      ["--precision", "double", "a.wav"], "--precision double: expected exact, high, bf16, int16, fast, auto"
    ),
    (["--precision", "int16", "exat", "a.wav"], "'exat' is no audio file, and no precision"),
    (
      ["--model", "a.safetensors", "--precision", "int16", "exact", "high", "a.wav"],
      "'high' is no audio file"
    ),
    (["--precision", "int16", "exact", "a.safetensors", "a.wav"], "named by --model"),
    (["--model", "a.safetensors", "b.safetensors", "a.wav"], "'b.safetensors' is no audio file"),
    (["--model", "a.safetensors", "a.wav", "--threads", "0"], "from 1 to 1024"),
  ])
  func wrongWords(arguments: [String], message: String) throws {
    try withModels { folder in
      let result = try compare(arguments, folder: folder)
      #expect(result.exitCode == 64 && result.output.isEmpty && result.errors.contains(message), "\(result)")
    }
  }

  @Test func withoutTiles() throws {
    try withModels { folder in
      let result = try Program.maest.run(
        ["compare", "--model", "a.safetensors", "--precision", "bf16", "exact", "a.wav"], folder: folder,
        environment: ["MAEST_CPU": "baseline"])
      #expect(
        result.exitCode == 1 && result.errorLines.count == 1 && result.errors.contains("AMX"), "\(result)")
    }
  }
}
