import Foundation
import MAESTConverter
import MAESTTestSupport
import MAESTWeights
import Testing

/// Converted weights against the graph that they were made from.
@Suite struct InterpreterVerificationTests {
  private static let graphs = [
    "discogs-maest-5s-tiny-1.pb", "discogs-maest-5s-tiny-2.pb", "maest-module-frozen.pb",
    "maest-module-dynamic-frozen.pb",
  ]

  private static func path(_ graph: String) -> String { Fixtures.path("graphs/\(graph)") }

  @Test(arguments: graphs) func conversionsPass(graph: String) throws {
    try withTemporaryFolder { folder in
      let weights = folder + "/weights.safetensors"
      let conversion = try GraphConverter.convert(graphAt: Self.path(graph), to: weights)
      let report = try ConversionVerification.verify(
        weightFileAt: weights, againstGraphAt: Self.path(graph), patchCount: 2)
      try report.requirePassed()
      #expect(report.passed && report.patchCount == 2)
      let roles = Set(conversion.description.outputs.values)
      #expect(report.comparisons.count == roles.count && Set(report.comparisons.map(\.role)) == roles)
      let configuration = conversion.description.configuration
      for comparison in report.comparisons {
        let isLayer = if case .layer = comparison.role { true } else { false }
        let count =
          isLayer ? configuration.tokenCount * configuration.embeddingWidth : configuration.labelCount
        #expect(comparison.count == 2 * count, "\(comparison.role)")
        #expect(comparison.relativeNorm > 0 && comparison.relativeNorm < 2e-6, "\(comparison)")
        #expect(comparison.maximumDifference > 0, "\(comparison)")
      }
      #expect(report.description.contains("layer 1 ") && report.description.hasSuffix("allowed: passed"))
    }
  }

  /// The same seed gives the same numbers, another seed others.
  @Test func seeds() throws {
    try withTemporaryFolder { folder in
      let (graph, weights) = (Self.path("maest-module-frozen.pb"), folder + "/weights.safetensors")
      _ = try GraphConverter.convert(graphAt: graph, to: weights)
      let reports = try [1, 1, 2].map {
        try ConversionVerification.verify(weightFileAt: weights, againstGraphAt: graph, seed: $0)
      }
      #expect(reports[0] == reports[1])
      #expect(reports[0] != reports[2])
    }
  }

  /// One changed weight shows in the layers from its block on, and in no layer before.
  @Test func changedWeightsAreFound() throws {
    try withTemporaryFolder { folder in
      let (graph, weights) = (Self.path(Self.graphs[1]), folder + "/weights.safetensors")
      let conversion = try GraphConverter.convert(graphAt: graph, to: weights)
      try Self.change("blocks.4.feedForward.contraction.bias", in: weights, to: 1)
      let report = try ConversionVerification.verify(weightFileAt: weights, againstGraphAt: graph)
      #expect(!report.passed)
      for comparison in report.comparisons {
        let shows = if case .layer(let layer) = comparison.role { layer >= 5 } else { true }
        #expect(comparison.passed == !shows, "\(comparison)")
      }
      #expect(throws: VerificationError.different(report)) { try report.requirePassed() }
      #expect(report.description.contains("too far") && report.description.hasSuffix("FAILED"))
      #expect(conversion.description.configuration.blockCount == 12)
    }
  }

  @Test func weightsThatAreNoNumbersAreFound() throws {
    try withTemporaryFolder { folder in
      let (graph, weights) = (Self.path("maest-module-frozen.pb"), folder + "/weights.safetensors")
      _ = try GraphConverter.convert(graphAt: graph, to: weights)
      try Self.change("blocks.0.attention.query.bias", in: weights, to: .nan)
      let report = try ConversionVerification.verify(weightFileAt: weights, againstGraphAt: graph)
      #expect(report.comparisons.allSatisfy { !$0.passed && $0.relativeNorm == .infinity })
    }
  }

  @Test func weightsOfAnotherModel() throws {
    try withTemporaryFolder { folder in
      let weights = folder + "/weights.safetensors"
      _ = try GraphConverter.convert(graphAt: Self.path("maest-module-frozen.pb"), to: weights)
      let expected = VerificationError.wrongInput(
        name: "melspectrogram", shape: [1, 316, 96], expected: "36 frames of 96 bands")
      #expect(throws: expected) {
        try ConversionVerification.verify(weightFileAt: weights, againstGraphAt: Self.path(Self.graphs[1]))
      }
      #expect(throws: WeightError.self) {
        try ConversionVerification.verify(
          weightFileAt: Self.path(Self.graphs[1]), againstGraphAt: Self.path(Self.graphs[1]))
      }
    }
  }

  /// Overwrites the first number of a parameter.
  private static func change(_ name: String, in path: String, to number: Float) throws {
    let file = try WeightFile(path: path)
    let entry = try #require(file.tensors.entries[name], "\(file.tensors.entries.keys.sorted().prefix(30))")
    let handle = try FileHandle(forUpdating: URL(filePath: path))
    try handle.seek(toOffset: UInt64(file.tensors.dataOffset + entry.dataRange.lowerBound))
    try handle.write(contentsOf: withUnsafeBytes(of: number.bitPattern.littleEndian) { Data($0) })
    try handle.close()
  }
}
