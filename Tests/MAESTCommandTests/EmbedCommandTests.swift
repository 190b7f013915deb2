import Foundation
import MAESTTestSupport
import Testing

@Suite struct EmbedCommandTests {
  let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-1.pb")
  let mono = Fixtures.path("audio/mono-16k.wav")

  @Test func tokensOfALayer() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(
        ["embed", mono, "--model", graph, "--layer", "5", "--pooling", "tokens", "-o", "x.npy"],
        folder: folder)
      #expect(result.exitCode == 0)
      let array = try NumPyArray(contentsOfFile: folder + "/x.npy")
      #expect(array.shape == [2, 281, 48])
      // Essentia's output number 7 is the fifth block.
      let expected = try NumPyArray(
        contentsOfFile: Fixtures.path("expected/predictions-v1/StatefulPartitionedCall_7.npy"))
      expectClose(array.elements, expected.elements, maximum: 1e-4, relativeNorm: 1e-5)
    }
  }

  @Test func pooledEmbedding() throws {
    try withTemporaryFolder { folder in
      let result = try Program.maest.run(
        ["embed", mono, "--model", graph, "--pooling", "cls-dist-mean", "-o", "x.npy"], folder: folder)
      #expect(result.exitCode == 0)
      #expect(try NumPyArray(contentsOfFile: folder + "/x.npy").shape == [2, 144])
    }
  }

  @Test func failuresLeaveNoFile() throws {
    try withTemporaryFolder { folder in
      let beyond = try Program.maest.run(
        ["embed", mono, "--model", graph, "--layer", "13", "-o", "x.npy"], folder: folder)
      #expect(beyond.exitCode == 1)
      #expect(beyond.errors.contains("layers 1 to 12"))
      let unwritable = try Program.maest.run(
        ["embed", mono, "--model", graph, "-o", "missing/x.npy"], folder: folder)
      #expect(unwritable.exitCode == 1)
      #expect(unwritable.errors.contains("missing/x.npy: cannot write"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { !$0.contains("npy") })
    }
  }
}
