import MAESTKernels
import MAESTTensor
import MAESTWeights

/// One pre-LayerNorm encoder block: `x += attention(norm(x))`, then `x += feedForward(norm(x))`.
struct EncoderBlock: Sendable {
  let attentionNorm: LayerNorm
  var attention: SelfAttention
  let feedForwardNorm: LayerNorm
  var feedForward: FeedForward
  /// The same weights in packed units; nil if the block is for single precision alone.
  let tiled: TiledBlock?

  init(_ file: WeightFile, block: Int, packed: PackedWeights?) {
    let epsilon = file.configuration.blockNormEpsilon
    attentionNorm = LayerNorm(file, ParameterName.attentionNorm(block), epsilon: epsilon)
    attention = SelfAttention(file, block: block)
    feedForwardNorm = LayerNorm(file, ParameterName.feedForwardNorm(block), epsilon: epsilon)
    feedForward = FeedForward(file, block: block)
    tiled = packed.map { TiledBlock(file, block: block, $0) }
  }

  /// A point in the pass through the block at which values can be read.
  enum Stage {
    /// Keys and values of all tokens are in memory, and `tokens` is still the block's input.
    case projected
    /// The output for CLS and DIST is in the leading tokens.
    case leadingOutput
    /// Every token's queries and weighted sums of values are in memory.
    case attended
    /// `tokens` is the block's output.
    case output
  }

  /// Runs the block over all tokens, in place, as far as the demand needs. tokens: `[patch * token, embedding]`.
  ///
  /// - Parameter observe: called at each stage that is reached; if it throws, the pass ends.
  func callAsFunction<Failure: Error>(
    _ tokens: MutableMatrix, patchCount: Int, _ demand: BlockDemand, _ memory: PassMemory,
    observe: (Stage) throws(Failure) -> Void
  ) throws(Failure) {
    let (input, tokenCount) = (tokens.readOnly, tokens.rows / patchCount)
    let leadingCount = ModelConfiguration.leadingTokenCount
    let steps = steps(in: memory, attendsAll: demand.attendsAll)
    let firstQueryCount = demand.leadingOutput ? leadingCount : demand.attendsAll ? tokenCount : 0
    steps.project(input, keysAndValues: true, queryCount: firstQueryCount, patchCount: patchCount)
    try observe(.projected)
    if demand.leadingOutput {
      let residual = memory.leadingTokens(of: input, patchCount: patchCount)
      steps.attend(tokenCount: tokenCount, queryCount: leadingCount, patchCount: patchCount)
      steps.addAttentionAndFeedForward(to: residual, patchCount: patchCount)
      try observe(.leadingOutput)
    }
    guard demand.attendsAll else { return }
    if demand.leadingOutput {
      steps.project(input, keysAndValues: false, queryCount: tokenCount, patchCount: patchCount)
    }
    steps.attend(tokenCount: tokenCount, queryCount: tokenCount, patchCount: patchCount)
    try observe(.attended)
    guard demand.output else { return }
    steps.addAttentionAndFeedForward(to: tokens, patchCount: patchCount)
    try observe(.output)
  }

  /// The steps in the arithmetic that the workspace was made for.
  private func steps(in memory: PassMemory, attendsAll: Bool) -> any BlockSteps {
    switch memory.blocks {
    case .singlePrecision(let memory):
      return SinglePrecisionSteps(self, memory, attendsAll: attendsAll)
    case .packed(let tileMemory):
      guard let tiled, tiled.precision == tileMemory.kernels.precision else {
        preconditionFailure(
          "a workspace for precision \(tileMemory.kernels.precision), and weights that are not packed for it")
      }
      return TiledSteps(block: self, weights: tiled, compute: memory.compute, memory: tileMemory)
    }
  }
}
