import MAESTKernels
import MAESTTensor
import MAESTWeights

/// One pre-LayerNorm encoder block: `x += attention(norm(x))`, then `x += feedForward(norm(x))`.
struct EncoderBlock: Sendable {
  let attentionNorm: LayerNorm
  var attention: SelfAttention
  let feedForwardNorm: LayerNorm
  var feedForward: FeedForward

  init(_ file: WeightFile, block: Int) {
    let epsilon = file.configuration.blockNormEpsilon
    attentionNorm = LayerNorm(file, ParameterName.attentionNorm(block), epsilon: epsilon)
    attention = SelfAttention(file, block: block)
    feedForwardNorm = LayerNorm(file, ParameterName.feedForwardNorm(block), epsilon: epsilon)
    feedForward = FeedForward(file, block: block)
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
    var block = self
    block.pack(demand.attendsAll ? Self.weights : Self.weightsOfEveryToken, workspace)
    let firstQueryCount = demand.leadingOutput ? leadingCount : demand.attendsAll ? tokenCount : 0
    block.project(input, keysAndValues: true, queryCount: firstQueryCount, patchCount: patchCount, workspace)
    observe(.projected)
    if demand.leadingOutput {
      let residual = workspace.leadingTokens(of: input, patchCount: patchCount)
      block.attention.attend(
        tokenCount: tokenCount, queryCount: leadingCount, patchCount: patchCount, workspace)
      block.finish(residual, patchCount: patchCount, workspace)
      observe(.leadingOutput)
    }
    guard demand.attendsAll else { return }
    if demand.leadingOutput {
      block.project(input, keysAndValues: false, queryCount: tokenCount, patchCount: patchCount, workspace)
    }
    block.attention.attend(
      tokenCount: tokenCount, queryCount: tokenCount, patchCount: patchCount, workspace)
    observe(.attended)
    guard demand.output else { return }
    block.finish(tokens, patchCount: patchCount, workspace)
    observe(.output)
  }

  private typealias WeightPath = WritableKeyPath<EncoderBlock, Weight>

  /// The weights that every token goes through, even if the output is asked for of a few only.
  private static var weightsOfEveryToken: [WeightPath] { [\.attention.key.weight, \.attention.value.weight] }

  private static var weights: [WeightPath] {
    weightsOfEveryToken + [
      \.attention.query.weight, \.attention.output.weight, \.feedForward.expansion.weight,
      \.feedForward.contraction.weight,
    ]
  }

  /// Packs some of the weights into the workspace, where they stay until the next block's come.
  private mutating func pack(_ paths: [WeightPath], _ workspace: Workspace) {
    let weights = workspace.compute.pack(paths.map { self[keyPath: $0] }, into: workspace.packedWeights)
    for (path, weight) in zip(paths, weights) { self[keyPath: path] = weight }
  }

  /// Keys and values of all tokens, queries of each patch's first ones.
  private func project(
    _ tokens: Matrix, keysAndValues: Bool, queryCount: Int, patchCount: Int, _ workspace: Workspace
  ) {
    let tokenCount = tokens.rows / patchCount
    let rowCount = keysAndValues ? tokenCount : queryCount
    workspace.forEachRowBlock(of: rowCount, patchCount: patchCount) { patch, rows, scratch in
      let tokenRows = rows.shifted(by: patch * tokenCount)
      let normalized = attentionNorm(tokens[rows: tokenRows], into: scratch.normalized, workspace.compute)
      if keysAndValues { attention.projectKeysAndValues(normalized, rows: tokenRows, workspace) }
      let queries = rows.clamped(to: 0..<queryCount)
      attention.projectQueries(
        normalized[rows: 0..<queries.count], rows: queries.shifted(by: patch * queryCount), workspace)
    }
  }

  /// Adds the attention's output and then the feed-forward network's.
  private func finish(_ residual: MutableMatrix, patchCount: Int, _ workspace: Workspace) {
    let compute = workspace.compute
    let rowCount = residual.rows / patchCount
    workspace.forEachRowBlock(of: rowCount, patchCount: patchCount) { patch, rows, scratch in
      let rows = rows.shifted(by: patch * rowCount)
      let residual = residual[rows: rows]
      attention.output(workspace.context[rows: rows].readOnly, addingTo: residual, compute)
      let normalized = feedForwardNorm(residual.readOnly, into: scratch.normalized, compute)
      feedForward(normalized, addingTo: residual, hidden: scratch.hidden, compute)
    }
  }
}

extension Range<Int> {
  fileprivate func shifted(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}
