import Foundation
import MAESTTestSupport
import Testing

@Suite struct AttentionCommandTests {
  let graph = Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb")
  let mono = Fixtures.path("audio/mono-16k.wav")

  private func run(_ arguments: [String], folder: String) throws -> Program.Result {
    try Program.maest.run(["attention", mono, "--model", graph] + arguments, folder: folder)
  }

  private func array(_ path: String, _ name: String) throws -> NumPyArray {
    try NumPyArray(try #require(try ZipFile(contentsOfFile: path)["\(name).npy"]), name: name)
  }

  @Test func rowsOfClsAndDist() throws {
    try withTemporaryFolder { folder in
      let result = try run(["--layers", "1,12", "-o", "x.npz"], folder: folder)
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(!result.errors.contains("each patch takes"))
      for layer in ["01", "12"] {
        let weights = try array(folder + "/x.npz", "layer\(layer).attentionWeights.cls-dist")
        #expect(weights.shape == [2, 3, 2, 281])
        for row in 0..<12 {
          let values = weights.elements[row * 281..<(row + 1) * 281]
          #expect(abs(values.reduce(0) { $0 + Double($1) } - 1) < 1e-5)
          #expect(values.allSatisfy { $0 > 0 })
        }
      }
    }
  }

  @Test func meansAndChosenQueriesAreThoseOfAll() throws {
    try withTemporaryFolder { folder in
      let all = try run(["--queries", "all", "-o", "all.npz"], folder: folder)
      #expect(all.errorLines.last == "maest: each patch takes 3 matrices of [281, 281], 947.5 kB")
      #expect(
        try run(["--queries", "cls,5", "--heads", "mean", "-o", "some.npz", "--json"], folder: folder).output
          .contains(#""queries":[0,5]"#))
      let each = try array(folder + "/all.npz", "layer07.attentionWeights.all")
      let mean = try array(folder + "/some.npz", "layer07.attentionWeights.0-5.head-mean")
      #expect(each.shape == [2, 3, 281, 281])
      #expect(mean.shape == [2, 2, 281])
      for patch in 0..<2 {
        for (row, query) in [0, 5].enumerated() {
          for token in 0..<281 {
            let values = (0..<3).map {
              each.elements[((patch * 3 + $0) * 281 + query) * 281 + token]
            }
            let expected = values.reduce(0, +) / 3
            #expect(abs(mean.elements[(patch * 2 + row) * 281 + token] - expected) < 1e-6)
          }
        }
      }
    }
  }

  @Test func wrongCommandLines() throws {
    try withTemporaryFolder { folder in
      for (queries, word) in [
        ("x", "'x' names no token"), ("cls,", "'' names no token"), ("-1", "--queries"),
      ] {
        let result = try run(["--queries", queries, "-o", "x.npz"], folder: folder)
        #expect(result.exitCode == 64, "\(queries)")
        #expect(result.errors.contains(word), "\(result.errors)")
      }
      let beyond = try run(["--queries", "281", "-o", "x.npz"], folder: folder)
      #expect(beyond.exitCode == 1)
      #expect(beyond.errors.contains("token 281: the model has tokens 0 (CLS), 1 (DIST) and 2 to 280"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { !$0.contains("npz") })
    }
  }
}
