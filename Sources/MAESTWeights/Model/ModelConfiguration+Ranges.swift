/// A model parameter that is out of range.
package struct NumberFlaw: Error, Equatable {
  /// The parameter's name, as in a weight file's metadata.
  package let fact: String
  package let found: String
  package let expected: String
}

/// The allowed ranges of a model's sizes and constants. Within them, kernels neither trap nor overflow, products of
/// sizes fit in `Int`, and the memory of a run is limited to a few times that of the largest official model.
///
/// They are checked for every source: weight files when they are read, graphs and named tensors when they are
/// converted.
extension ModelConfiguration {
  /// The maximum of every size; it keeps every product of three sizes within 64 bits.
  static let sizeLimit = 1 << 20
  /// The maximum number of blocks; it keeps the list of expected parameters short.
  static let blockLimit = 1 << 10
  /// The maximum number of bands of the audio front end.
  static let bandLimit = 4096
  /// The maximum of frames times bands of a patch (180,096 in the largest official model).
  static let patchLimit = 1 << 24
  /// The maximum number of tokens of a patch (1,685 in the largest official model): attention memory grows with its
  /// square.
  static let tokenLimit = 1 << 16
  /// The maximum number of values of one layer for a patch, 256 MB (1,294,080 values in the largest official model).
  static let valueLimit = 1 << 26
  /// Softmax kernels compute the scale's reciprocal and multiply queries by it.
  static let scaleRange: ClosedRange<Float> = 1e-12...1e12
  /// LayerNorm kernels compute the reciprocal of its square root.
  static let epsilonRange: ClosedRange<Float> = 1e-30...1e6
  /// Some kernels pad the head width to a multiple of this number of columns.
  private static let headUnit = 32

  /// - Throws: the first parameter that is out of range.
  package func validate() throws(NumberFlaw) {
    try validateSizes()
    try Self.check("attention_scale", attentionScale, Self.scaleRange)
    try Self.check("block_norm_epsilon", blockNormEpsilon, Self.epsilonRange)
    if let head {
      try Self.check("final_norm_epsilon", head.finalNormEpsilon, Self.epsilonRange)
      if let epsilon = head.normEpsilon { try Self.check("head_norm_epsilon", epsilon, Self.epsilonRange) }
    }
    try validateProducts()
  }

  private func validateSizes() throws(NumberFlaw) {
    for (fact, size, limit) in [
      ("frame_count", frameCount, Self.sizeLimit), ("band_count", bandCount, Self.bandLimit),
      ("convolution.kernel_bands", convolution.kernelBands, Self.sizeLimit),
      ("convolution.kernel_frames", convolution.kernelFrames, Self.sizeLimit),
      ("convolution.band_stride", convolution.bandStride, Self.sizeLimit),
      ("convolution.frame_stride", convolution.frameStride, Self.sizeLimit),
      ("embedding_width", embeddingWidth, Self.sizeLimit), ("block_count", blockCount, Self.blockLimit),
      ("head_count", headCount, Self.sizeLimit), ("head_width", headWidth, Self.sizeLimit),
      ("feed_forward_width", feedForwardWidth, Self.sizeLimit),
      ("label_count", head?.labelCount ?? 1, Self.sizeLimit),
    ] where !(1...limit).contains(size) {
      throw NumberFlaw(fact: fact, found: "\(size)", expected: "a number from 1 to \(limit)")
    }
    for (fact, size, positions) in [
      ("band_count", bandCount, gridBandCount), ("frame_count", frameCount, gridFrameCount),
    ] where positions == 0 {
      throw NumberFlaw(fact: fact, found: "\(size)", expected: "at least the convolution's kernel")
    }
  }

  /// Checks products of sizes that are each in range; none of them overflows.
  private func validateProducts() throws(NumberFlaw) {
    let headUnits = (headWidth + Self.headUnit - 1) / Self.headUnit
    for (fact, factors, limit) in [
      ("frame_count x band_count", [frameCount, bandCount], Self.patchLimit),
      ("token_count", [tokenCount], Self.tokenLimit),
      ("token_count x embedding_width", [tokenCount, embeddingWidth], Self.valueLimit),
      (
        "token_count x head_count x head_width", [tokenCount, headCount, headUnits * Self.headUnit],
        Self.valueLimit
      ),
      (
        "token_count x kernel_bands x kernel_frames",
        [tokenCount, convolution.kernelBands, convolution.kernelFrames], Self.valueLimit
      ),
    ] where factors.reduce(1, *) > limit {
      throw NumberFlaw(
        fact: fact, found: factors.map(String.init).joined(separator: " x "), expected: "at most \(limit)")
    }
  }

  private static func check(
    _ fact: String, _ number: Float, _ range: ClosedRange<Float>
  ) throws(NumberFlaw) {
    guard !range.contains(number) else { return }
    throw NumberFlaw(fact: fact, found: "\(number)", expected: range.words)
  }
}

extension InputNormalization {
  /// The range that the audio front end accepts.
  private static let meanRange = -1e6...1e6
  private static let deviationRange = 1e-6...1e6

  /// - Throws: the first parameter that is out of range.
  package func validate() throws(NumberFlaw) {
    for (fact, number, range) in [
      ("normalization.mean", mean, Self.meanRange),
      ("normalization.standard_deviation", standardDeviation, Self.deviationRange),
    ] where !range.contains(number) {
      throw NumberFlaw(fact: fact, found: "\(number)", expected: range.words)
    }
  }
}

extension ClosedRange where Bound: CustomStringConvertible {
  fileprivate var words: String { "a number from \(lowerBound) to \(upperBound)" }
}
