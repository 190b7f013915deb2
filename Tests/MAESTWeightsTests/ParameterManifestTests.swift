import MAESTTestSupport
import MAESTWeights
import Testing

/// Names and shapes of the official models' parameters.
@Suite struct ParameterManifestTests {
  @Test func theNamesAndShapesOfABlock() {
    let expected = [
      Parameter("blocks.7.attentionNorm.scale", [768]), Parameter("blocks.7.attentionNorm.bias", [768]),
      Parameter("blocks.7.attention.query.weight", [768, 768]),
      Parameter("blocks.7.attention.query.bias", [768]),
      Parameter("blocks.7.attention.key.weight", [768, 768]), Parameter("blocks.7.attention.key.bias", [768]),
      Parameter("blocks.7.attention.value.weight", [768, 768]),
      Parameter("blocks.7.attention.value.bias", [768]),
      Parameter("blocks.7.attention.output.weight", [768, 768]),
      Parameter("blocks.7.attention.output.bias", [768]), Parameter("blocks.7.feedForwardNorm.scale", [768]),
      Parameter("blocks.7.feedForwardNorm.bias", [768]),
      Parameter("blocks.7.feedForward.expansion.weight", [768, 3072]),
      Parameter("blocks.7.feedForward.expansion.bias", [3072]),
      Parameter("blocks.7.feedForward.contraction.weight", [3072, 768]),
      Parameter("blocks.7.feedForward.contraction.bias", [768]),
    ]
    let all = Models.official(frameCount: 1876).parameters
    #expect(all.filter { $0.name.hasPrefix("blocks.7.") } == expected)
  }

  @Test func theNamesAndShapesOutsideTheBlocks() {
    let all = Models.official(frameCount: 1876, labelCount: 519).parameters
    let expected = [
      Parameter("patchEmbedding.weight", [256, 768]), Parameter("patchEmbedding.bias", [768]),
      Parameter("tokens.class", [768]), Parameter("tokens.distillation", [768]),
      Parameter("positionEmbedding", [1685, 768]), Parameter("finalNorm.scale", [768]),
      Parameter("finalNorm.bias", [768]), Parameter("head.norm.scale", [768]),
      Parameter("head.norm.bias", [768]),
      Parameter("head.dense.weight", [768, 519]), Parameter("head.dense.bias", [519]),
    ]
    #expect(all.filter { !$0.name.hasPrefix("blocks.") } == expected)
    #expect(all.count == expected.count + 12 * 16)
    #expect(Set(all.map(\.name)).count == all.count, "no name twice")
  }

  /// 256 · 768 + 768 and 1685 + 2 rows of 768 in front; 12 blocks of 7,087,872; the head.
  @Test(arguments: [(1876, 519, 86_949_639), (1876, 400, 86_858_128), (316, 400, 85_779_856)])
  func theNumberOfWeights(frameCount: Int, labelCount: Int, expected: Int) {
    let parameters = Models.official(frameCount: frameCount, labelCount: labelCount).parameters
    #expect(parameters.reduce(0) { $0 + $1.shape.reduce(1, *) } == expected)
  }

  @Test func widthsThatDifferAreNotMixedUp() {
    let shapes = Dictionary(uniqueKeysWithValues: Models.odd.parameters.map { ($0.name, $0.shape) })
    #expect(shapes["blocks.1.attention.query.weight"] == [5, 3])
    #expect(shapes["blocks.1.attention.output.weight"] == [3, 5])
    #expect(shapes["blocks.1.attention.output.bias"] == [5])
    #expect(shapes["blocks.1.feedForward.expansion.weight"] == [5, 7])
    #expect(shapes["positionEmbedding"] == [8, 5])
    #expect(shapes["patchEmbedding.weight"] == [15, 5])
  }

  @Test func whatAModelDoesNotHaveIsNotListed() {
    let names = Set(Models.odd.parameters.map(\.name))
    #expect(names.contains("finalNorm.scale") && !names.contains("head.norm.scale"))
    let headless = Models.headless.parameters.map(\.name)
    #expect(headless.count == 5 + 3 * 16)
    #expect(!headless.contains { $0.hasPrefix("head.") || $0.hasPrefix("finalNorm.") })
  }
}
