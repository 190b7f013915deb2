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

  /// The block over all tokens, in place. tokens: `[patch * token, embedding]`.
  func callAsFunction(_ tokens: MutableMatrix, patchCount: Int, _ workspace: Workspace) {
    callAsFunction(tokens.readOnly, residual: tokens, patchCount: patchCount, workspace)
  }

  /// The block's output for the first tokens of each patch only; every token is attended to.
  ///
  /// tokens: `[patch * token, embedding]`; residual: each patch's first tokens `[patch * n, embedding]` on entry,
  /// the block's output for them on return. It may be `tokens` itself.
  func callAsFunction(
    _ tokens: Matrix, residual: MutableMatrix, patchCount: Int, _ workspace: Workspace
  ) {
    var block = self
    block.pack(residual.rows == tokens.rows ? Self.weights : Self.weightsOfEveryToken, workspace)
    block.project(tokens, queryCount: residual.rows / patchCount, patchCount: patchCount, workspace)
    block.attention.attend(
      tokenCount: tokens.rows / patchCount, queryCount: residual.rows / patchCount, patchCount: patchCount,
      workspace)
    block.finish(residual, patchCount: patchCount, workspace)
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
  private func project(_ tokens: Matrix, queryCount: Int, patchCount: Int, _ workspace: Workspace) {
    let tokenCount = tokens.rows / patchCount
    workspace.forEachRowBlock(of: tokenCount, patchCount: patchCount) { patch, rows, scratch in
      let tokenRows = rows.shifted(by: patch * tokenCount)
      let normalized = attentionNorm(tokens[rows: tokenRows], into: scratch.normalized, workspace.compute)
      attention.projectKeysAndValues(normalized, rows: tokenRows, workspace)
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
