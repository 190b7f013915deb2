import MAEST
import MAESTTestSupport
import Testing

/// Many windows' activations in one, and over time.
@Suite struct WindowAggregationTests {
  private func analysis() throws -> Analysis {
    try ReferenceModel.version2.load().analyze(
      fileAt: ReferenceModel.monoPath, AnalysisRequest(taps: [.logits], windows: .everyHop(.seconds(2))))
  }

  @Test func meanAndMaxAreThoseOfTheWindows() throws {
    let analysis = try analysis()
    let rows = analysis.patches.compactMap(\.output.activations?.elements)
    #expect(rows.count == 4)
    let highest = (0..<400).map { label in rows.map { $0[label] }.max() ?? .nan }
    let means = (0..<400).map { label in Float(rows.reduce(0.0) { $0 + Double($1[label]) } / 4) }
    expectIdentical(try analysis.maxActivations, highest)
    expectIdentical(try analysis.meanActivations, means)
    #expect(highest != means)
    #expect(
      try analysis.topTags(7, over: .max) == LabelActivation.top(7, of: highest, labels: analysis.labels))
    #expect(try analysis.topTags(7) == LabelActivation.top(7, of: means, labels: analysis.labels))
  }

  @Test(arguments: WindowAggregation.allCases) func curveOfTheTopTags(over aggregation: WindowAggregation)
    throws
  {
    let analysis = try analysis()
    let curve = try analysis.curve(ofTopTags: 5, over: aggregation)
    #expect(try curve.tags == analysis.topTags(5, over: aggregation))
    #expect(curve.windows.map(\.patch) == analysis.patches.map(\.patch))
    for (window, result) in zip(curve.windows, analysis.patches) {
      let expected = curve.tags.compactMap { tag in
        analysis.labels.firstIndex(of: tag.label).flatMap { result.output.activations?.elements[$0] }
      }
      expectIdentical(window.activations, expected)
    }
    #expect(try analysis.curve(ofTopTags: 400, threshold: 2).tags.isEmpty)
  }

  @Test func withoutActivationsThereIsNothing() throws {
    let tokens = try ReferenceModel.version2.load().analyze(
      fileAt: ReferenceModel.monoPath, .tokens(layer: 1))
    let missing = ModelError.notRequested(values: "activations")
    #expect(throws: missing) { try tokens.maxActivations }
    #expect(throws: missing) { try tokens.topTags(3, over: .max) }
    #expect(throws: missing) { try tokens.curve(ofTopTags: 3) }
  }
}
