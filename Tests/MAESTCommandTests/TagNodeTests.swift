import Foundation
import MAESTTestSupport
import Testing

/// `maest tag --output` and `--head`.
@Suite struct TagNodeTests {
  let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-1.pb")
  let mono = Fixtures.path("audio/mono-16k.wav")

  @Test func valuesAsJSON() throws {
    struct Batch: Decodable {
      let file, output: String
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
      expectClose(batches[0].values, expected.elements, maximum: 1e-4, relativeNorm: 1e-5)
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
      expectClose(found.elements, expected.elements, maximum: 1e-4, relativeNorm: 1e-5)
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
      let head = Fixtures.path("graphs/genre_discogs400-discogs-maest-5s-tiny-1.pb")
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
    ["--output", "logits", "--batch", "-2"], ["--output", "logits", "--head", "x.pb"], ["--patch-size", "0"],
  ])
  func wrongCommandLinesAreUsageErrors(_ arguments: [String]) throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(["tag", "x.wav"] + arguments, folder: folder)
      #expect(result.exitCode == 64 && result.output.isEmpty && result.errors.contains("Usage:"))
    }
  }
}
