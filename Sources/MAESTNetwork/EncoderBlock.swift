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

  /// The block over all tokens, in place. tokens: `[token, embedding]`.
  func callAsFunction(_ tokens: MutableMatrix, _ workspace: Workspace) {
    callAsFunction(tokens.readOnly, residual: tokens, workspace)
  }

  /// The block's output for the first tokens only; every token is attended to.
  ///
  /// tokens: `[token, embedding]`; residual: the first rows of `tokens` `[n, embedding]` on entry, the block's
  /// output for them on return. It may be `tokens` itself.
  func callAsFunction(_ tokens: Matrix, residual: MutableMatrix, _ workspace: Workspace) {
    let queryCount = residual.rows
    var block = self
    block.pack(queryCount == tokens.rows ? Self.weights : Self.weightsOfEveryToken, workspace)
    block.run(tokens, residual: residual, queryCount: queryCount, workspace)
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

  private func run(
    _ tokens: Matrix, residual: MutableMatrix, queryCount: Int, _ workspace: Workspace
  ) {
    let compute = workspace.compute
    workspace.forEachRowBlock(of: tokens.rows) { rows, scratch in
      let normalized = attentionNorm(tokens[rows: rows], into: scratch.normalized, compute)
      attention.projectKeysAndValues(normalized, rows: rows, workspace)
      let queries = rows.clamped(to: 0..<queryCount)
      attention.projectQueries(normalized[rows: 0..<queries.count], rows: queries, workspace)
    }
    attention.attend(queryCount: queryCount, workspace)
    workspace.forEachRowBlock(of: queryCount) { rows, scratch in
      let residual = residual[rows: rows]
      attention.output(workspace.context[rows: rows].readOnly, addingTo: residual, compute)
      let normalized = feedForwardNorm(residual.readOnly, into: scratch.normalized, compute)
      feedForward(normalized, addingTo: residual, hidden: scratch.hidden, compute)
    }
  }
}
