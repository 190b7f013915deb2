import Foundation
import MAESTTestSupport
import Testing

/// `maest tag --output` and `--head`.
@Suite struct TagNodeTests {
  let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-1.pb")
  let head = Fixtures.path("graphs/genre_discogs400-discogs-maest-5s-tiny-1.pb")
  let mono = Fixtures.path("audio/mono-16k.wav")

  @Test func valuesAsJSON() throws {
    struct Batch: Decodable {
      let path, node: String
      let shape: [Int]
      let values: [Float]
    }
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(
        [
          "tag", mono, "--model", graph, "--output", "StatefulPartitionedCall:7", "--last-patch", "repeat",
          "--batch", "2",
        ],
        folder: folder)
      #expect(result.exitCode == 0)
      let batches = try result.output.split(separator: "\n").map {
        try JSONDecoder().decode(Batch.self, from: Data($0.utf8))
      }
      #expect(batches.map(\.shape) == [[2, 1, 281, 48], [1, 1, 281, 48]])
      let expected = try NumPyArray(
        contentsOfFile: Fixtures.path("expected/predictions-v1/StatefulPartitionedCall_7.npy"))
      expectClose(batches[0].values, expected.elements, relativeNorm: EssentiaTolerance.tokens)
    }
  }

  @Test func valuesAsNumPyArray() throws {
    try withTemporaryFolder { folder in
      let target = folder + "/tokens.npy"
      let result = try Program.maest.run(
        ["tag", mono, "--model", graph, "--output", "layer 5", "--npy", target], folder: folder)
      #expect(result.exitCode == 0 && result.output.contains("[2, 1, 281, 48]"))
      let found = try NumPyArray(contentsOfFile: target)
      let expected = try NumPyArray(
        contentsOfFile: Fixtures.path("expected/predictions-v1/StatefulPartitionedCall_7.npy"))
      #expect(found.shape == expected.shape)
      expectClose(found.elements, expected.elements, relativeNorm: EssentiaTolerance.tokens)
    }
  }

  /// The head's values are those of Essentia's `TensorflowPredict`, which is fed with the model's last tokens.
  @Test(arguments: [
    ("PartitionedCall/Identity", "logits"), ("PartitionedCall/Identity_1", "activations"),
    ("logits", "logits"),
    ("activations", "activations"),
  ])
  func valuesOfAHead(node: String, file: String) throws {
    struct Batch: Decodable {
      let node, head: String
      let shape: [Int]
      let values: [Float]
    }
    try withTemporaryFolder { folder in
      let target = folder + "/styles.npy"
      let expected = try NumPyArray(contentsOfFile: Fixtures.path("expected/head/\(file).npy"))
      let line = ["tag", mono, "--model", graph, "--head", head, "--output", node]
      let written = try Program.maest.run(line + ["--npy", target], folder: folder)
      #expect(written.exitCode == 0 && written.output.contains("[2, 1, 1, 400]"), "\(written)")
      let found = try NumPyArray(contentsOfFile: target)
      #expect(found.shape == [2, 1, 1, 400])
      expectClose(
        found.elements, expected.elements,
        maximum: file == "logits" ? EssentiaTolerance.logits : EssentiaTolerance.activations)
      let printed = try Program.maest.run(line, folder: folder)
      let batches = try printed.output.split(separator: "\n").map {
        try JSONDecoder().decode(Batch.self, from: Data($0.utf8))
      }
      #expect(batches.map(\.shape) == [[1, 1, 1, 400], [1, 1, 1, 400]])
      #expect(batches.allSatisfy { $0.node == node && head.hasSuffix($0.head) })
      expectIdentical(batches.flatMap(\.values), found.elements)
    }
  }

  @Test func headsThatCannotGiveANode() throws {
    try withTemporaryFolder { folder in
      let other = Fixtures.path("graphs/maest-module-frozen.pb")
      for (model, head, node, words) in [
        (graph, head, "nope", "no 'nope'"), (graph, graph, "logits", "classification head"),
        (other, head, "logits", "the head that was made for this model"),
      ] {
        let result = try Program.maest.run(
          ["tag", mono, "--model", model, "--head", head, "--output", node], folder: folder)
        #expect(result.exitCode == 1 && result.output.isEmpty)
        #expect(result.errorLines.last?.contains(words) == true, "\(result)")
      }
    }
  }

  @Test func unknownNodeIsOneLine() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(
        ["tag", mono, "--model", graph, "--output", "nope"], folder: folder)
      #expect(result.exitCode == 1 && result.output.isEmpty)
      #expect(result.errorLines.last?.contains("no 'nope'") == true)
    }
  }

  @Test func headInJSON() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(
        ["tag", mono, "--model", graph, "--head", head, "--json"], folder: folder)
      #expect(result.exitCode == 0)
      #expect(result.output.contains("\"head\":\"genre_discogs400-discogs-maest-5s-tiny-1.pb\""))
      #expect(
        result.output.contains(
          "\"head_sha256\":\"98386c00c1efb1e1e34e83218c0b45a3be11091332f8e1d5e13771231436ad8c\""))
      let wrong = try Program.maest.run(["tag", mono, "--model", graph, "--head", graph], folder: folder)
      #expect(wrong.exitCode == 1 && wrong.errorLines.last?.contains("classification head") == true)
    }
  }

  @Test(arguments: [
    ["--output", "logits", "--json"], ["--output", "logits", "--csv"], ["--npy", "x.npy"], ["--batch", "2"],
    ["--output", "logits", "--batch", "-2"], ["--output", "logits", "--head", "x.pb", "--json"],
    ["--patch-size", "0"],
  ])
  func wrongCommandLinesAreUsageErrors(_ arguments: [String]) throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(["tag", "x.wav"] + arguments, folder: folder)
      #expect(result.exitCode == 64 && result.output.isEmpty && result.errors.contains("Usage:"))
    }
  }
}
