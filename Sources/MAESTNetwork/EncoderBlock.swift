import MAESTKernels
import MAESTTensor
import MAESTWeights

/// One pre-LayerNorm encoder block: `x += attention(norm(x))`, then `x += feedForward(norm(x))`.
struct EncoderBlock: Sendable {
  let attentionNorm: LayerNorm
  var attention: SelfAttention
  let feedForwardNorm: LayerNorm
  var feedForward: FeedForward
  /// The same weights in bfloat16; nil where the block is for single precision alone.
  let tiled: TiledBlock?

  init(_ file: WeightFile, block: Int, packed: PackedWeights?) {
    let epsilon = file.configuration.blockNormEpsilon
    attentionNorm = LayerNorm(file, ParameterName.attentionNorm(block), epsilon: epsilon)
    attention = SelfAttention(file, block: block)
    feedForwardNorm = LayerNorm(file, ParameterName.feedForwardNorm(block), epsilon: epsilon)
    feedForward = FeedForward(file, block: block)
    tiled = packed.map { TiledBlock(file, block: block, $0) }
  }

  /// Where a pass through the block stands.
  enum Stage {
    /// Keys and values of all tokens are in the workspace, and `tokens` is still the block's input.
    case projected
    /// The output for CLS and DIST is in the workspace's leading tokens.
    case leadingOutput
    /// Every token's queries and weighted sums of values are in the workspace.
    case attended
    /// `tokens` is the block's output.
    case output
  }

  /// The block over all tokens, in place, as far as it is needed. tokens: `[patch * token, embedding]`.
  ///
  /// - Parameter observe: called at each stage that is reached, to read what is there.
  func callAsFunction(
    _ tokens: MutableMatrix, patchCount: Int, _ demand: BlockDemand, _ workspace: Workspace,
    observe: (Stage) -> Void
  ) {
    let (input, tokenCount) = (tokens.readOnly, tokens.rows / patchCount)
    let leadingCount = ModelConfiguration.leadingTokenCount
    let steps = steps(in: workspace, attendsAll: demand.attendsAll)
    let firstQueryCount = demand.leadingOutput ? leadingCount : demand.attendsAll ? tokenCount : 0
    steps.project(input, keysAndValues: true, queryCount: firstQueryCount, patchCount: patchCount)
    observe(.projected)
    if demand.leadingOutput {
      let residual = workspace.leadingTokens(of: input, patchCount: patchCount)
      steps.attend(tokenCount: tokenCount, queryCount: leadingCount, patchCount: patchCount)
      steps.finish(residual, patchCount: patchCount)
      observe(.leadingOutput)
    }
    guard demand.attendsAll else { return }
    if demand.leadingOutput {
      steps.project(input, keysAndValues: false, queryCount: tokenCount, patchCount: patchCount)
    }
    steps.attend(tokenCount: tokenCount, queryCount: tokenCount, patchCount: patchCount)
    observe(.attended)
    guard demand.output else { return }
    steps.finish(tokens, patchCount: patchCount)
    observe(.output)
  }

  /// The arithmetic that the workspace is made for.
  private func steps(in workspace: Workspace, attendsAll: Bool) -> any BlockSteps {
    guard let memory = workspace.tiles else {
      return SinglePrecisionSteps(self, workspace, attendsAll: attendsAll)
    }
    guard let tiled, tiled.precision == memory.kernels.precision else {
      preconditionFailure("a workspace for \(memory.kernels.precision), and weights that are not")
    }
    return TiledSteps(block: self, weights: tiled, workspace: workspace, memory: memory)
  }
}
