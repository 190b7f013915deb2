import Foundation
import MAESTTestSupport
import Testing

@Suite struct TokensCommandTests {
  let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-1.pb")
  let mono = Fixtures.path("audio/mono-16k.wav")

  private func run(_ arguments: [String], folder: String) throws -> Program.Result {
    try Program.maest.run(["tokens", mono, "--model", graph] + arguments, folder: folder)
  }

  @Test func tokensAndTagsInOnePass() throws {
    try withTemporaryFolder { folder in
      let result = try run(["--layers", "5,12", "--tags", "-o", "x.npz"], folder: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(result.output.hasPrefix("x.npz  12.3 s, 2 patches\n"))
      #expect(result.output.contains("layer05.blockOutput  float32 [2, 281, 48]  [patch, token, embedding]"))
      let file = try ZipFile(contentsOfFile: folder + "/x.npz")
      // Essentia's outputs 7, 3, 13 and 0 are the fifth and twelfth block, logits and activations.
      for (name, output) in [
        ("layer05.blockOutput", 7), ("layer12.blockOutput", 3), ("logits", 13), ("activations", 0),
      ] {
        let found = try NumPyArray(try #require(file[name + ".npy"]), name: name)
        let expected = try NumPyArray(
          contentsOfFile: Fixtures.path("expected/predictions-v1/StatefulPartitionedCall_\(output).npy"))
        expectClose(found.elements, expected.elements, relativeNorm: EssentiaTolerance.tokens, name)
      }
      #expect(
        file.entries.map(\.name) == [
          "layer05.blockOutput.npy", "layer12.blockOutput.npy", "logits.npy", "activations.npy",
          "metadata.npy",
        ])
      let metadata = try NumPyArray.text(try #require(file["metadata.npy"]), name: "metadata")
      #expect(metadata.contains(#""labels":["Blues---Boogie Woogie","#))
    }
  }

  @Test func everyPoint() throws {
    try withTemporaryFolder { folder in
      let points = ["blockOutput", "attentionOutput", "queries", "keys", "values", "finalNorm"]
      let result = try run(
        ["--layer", "3", "--dtype", "float16", "-o", "x.npz"] + points.flatMap { ["--point", $0] },
        folder: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      let file = try ZipFile(contentsOfFile: folder + "/x.npz")
      for point in points {
        let name = point == "finalNorm" ? point : "layer03.\(point)"
        let data = try #require(file[name + ".npy"])
        let array = try NumPyArray(data, name: name)
        #expect(
          array.shape == (["queries", "keys", "values"].contains(point) ? [2, 281, 3, 16] : [2, 281, 48]))
        #expect(data.count == 128 + 2 * 2 * 281 * 48)
        #expect(array.elements.allSatisfy(\.isFinite) && array.elements.contains { $0 != 0 })
      }
    }
  }

  @Test func wrongCommandLines() throws {
    try withTemporaryFolder { folder in
      for (arguments, word) in [
        (["--layers", "final", "-o", "x.npz"], "'final' is no layer"), (["-o", "x"], ".safetensors"),
        (["--point", "output", "-o", "x.npz"], "blockOutput"), (["--head", "h.pb", "-o", "x.npz"], "--tags"),
        ([], "--output"),
      ] {
        let result = try run(arguments, folder: folder)
        #expect(result.exitCode == 64, "\(arguments)")
        #expect(result.errors.contains(word), "\(result.errors)")
      }
      let beyond = try run(["--layers", "all", "--layers", "14-15", "-o", "x.npz"], folder: folder)
      #expect(beyond.exitCode == 1)
      #expect(beyond.errors.contains("layer 14: the model has layers 1 to 12"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { !$0.contains("npz") })
    }
  }
}
