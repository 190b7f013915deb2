import MAESTTestSupport
import MAESTWeights
import Testing

/// How far single precision may be from the twin in double precision.
///
/// A sum of n terms is rounded n times, each time by at most 2⁻²⁴ of about its own size. The signs of
/// rounding errors are as good as random, so together they grow like √n; so do those of sums that follow one
/// another, as norms keep the numbers about 1 and residuals only add to them. Hence, relative to the norm of
/// what is compared: `2 · 2⁻²⁴ · √(the lengths of all sums on the way)`. The factor covers what norms, softmax
/// and GELU add and amplify; a quarter of this is the most that was seen.
struct Tolerance {
  let configuration: ModelConfiguration

  private var embeddingLength: Int { configuration.convolution.kernelElementCount + 2 }

  /// Norm, query or key, score, softmax, weighted sum, output; norm, expansion, contraction.
  private var blockLength: Int {
    let (width, tokens) = (configuration.embeddingWidth, configuration.tokenCount)
    return width + width + configuration.headWidth + tokens + tokens + configuration.attentionWidth
      + width + width + configuration.feedForwardWidth
  }

  private func relative(_ length: Int) -> Double { 2 * 0x1p-24 * Double(length).squareRoot() }

  /// For a layer, counted from 1.
  func blockOutput(_ layer: Int) -> Double { relative(embeddingLength + layer * blockLength) }

  /// For the logits and activations: the blocks, two norms, and the dense layer.
  var head: Double {
    relative(embeddingLength + configuration.blockCount * blockLength + 3 * configuration.embeddingWidth)
  }
}

/// Expects numbers to be no farther from the twin's than they may be: all together, and none four times that.
///
/// - Parameter uneven: whether a few numbers may be far larger than the others, and their errors with them.
func expectClose(
  _ found: [Float], _ exact: [Double], relative: Double, uneven: Bool = false, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let squares = exact.reduce(0) { $0 + $1 * $1 }
  let typical =
    uneven
    ? exact.reduce(0) { max($0, abs($1)) } : (squares / Double(max(1, exact.count))).squareRoot()
  expectClose(
    found, exact.map { Float($0) }, maximum: Float(4 * relative * typical), relativeNorm: relative, what,
    sourceLocation: sourceLocation)
}
