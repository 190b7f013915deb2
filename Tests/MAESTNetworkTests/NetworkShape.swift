import MAESTTestSupport
import MAESTWeights
import Testing

/// A configuration to test, with what is special about it.
struct NetworkShape: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let configuration: ModelConfiguration

  /// A model whose convolution tells bands from frames: kernels of 3 x 5, 2 bands and 3 frames apart.
  ///
  /// No two of its epsilons are the same, and all are so large that taking one for another shows.
  ///
  /// - Parameters:
  ///   - grid: positions of the convolution along bands and frames.
  init(
    _ description: String, grid: (bands: Int, frames: Int) = (4, 3), width: Int = 20, blockCount: Int = 2,
    headCount: Int = 2, headWidth: Int = 10, attentionScale: Float = 0.3, feedForwardWidth: Int = 36,
    head: HeadConfiguration? = HeadConfiguration(labelCount: 7, finalNormEpsilon: 0.02, normEpsilon: 0.05)
  ) {
    testDescription = description
    configuration = ModelConfiguration(
      frameCount: 5 + 3 * (grid.frames - 1), bandCount: 3 + 2 * (grid.bands - 1),
      convolution: ConvolutionGeometry(kernelBands: 3, kernelFrames: 5, bandStride: 2, frameStride: 3),
      embeddingWidth: width, blockCount: blockCount, headCount: headCount, headWidth: headWidth,
      attentionScale: attentionScale, feedForwardWidth: feedForwardWidth, blockNormEpsilon: 0.1, head: head)
  }

  private init(_ description: String, _ configuration: ModelConfiguration) {
    testDescription = description
    self.configuration = configuration
  }

  /// 622 tokens: by OpenBLAS four runs of rows in the dense layers and four runs of queries in attention, by
  /// kernels whose results do not depend on the split at least ten and, with several threads, eight or more.
  static let manyTokens = NetworkShape(
    "622 tokens", grid: (20, 31), width: 12, headCount: 2, headWidth: 5, feedForwardWidth: 17)

  static let all = [
    NetworkShape("tiny", TinyModel.configuration),
    NetworkShape("one head, one block", blockCount: 1, headCount: 1, headWidth: 20),
    NetworkShape("five heads, wider together than the embedding", headCount: 5, headWidth: 6),
    NetworkShape("heads of width 1, narrower together than the embedding", headCount: 3, headWidth: 1),
    NetworkShape(
      "the least of everything", grid: (1, 1), width: 1, blockCount: 1, headCount: 1, headWidth: 1,
      feedForwardWidth: 1, head: HeadConfiguration(labelCount: 1, finalNormEpsilon: 0.02, normEpsilon: 0.05)),
    NetworkShape("a feed-forward network of three sections", feedForwardWidth: 1600),
    NetworkShape("a feed-forward network of exactly one section", feedForwardWidth: 768),
    NetworkShape("one position along the bands", grid: (1, 9)),
    NetworkShape("one position along the frames", grid: (9, 1)),
    NetworkShape("a large attention scale", attentionScale: 1.5),
    NetworkShape("six blocks", blockCount: 6),
    NetworkShape(
      "no norm in the head",
      head: HeadConfiguration(labelCount: 7, finalNormEpsilon: 0.02, normEpsilon: nil)),
    NetworkShape("no head", head: nil),
    manyTokens,
  ]

  /// Numbers of tokens around those where their split into runs changes: for some of them the grid, which has
  /// two rows less than there are tokens, is in fewer and longer runs than the tokens.
  static let aroundSplits = [
    (1, 10), (1, 11), (2, 11), (5, 6), (1, 31), (4, 8), (2, 71), (11, 13), (12, 12), (1, 574), (23, 25),
    (24, 24), (1, 577),
  ].map {
    NetworkShape("a grid of \($0.0) x \($0.1)", grid: $0, width: 4, blockCount: 1, headCount: 1, headWidth: 4)
  }
}
