import MAESTKernels
import MAESTTensor
import MAESTWeights

/// One pre-LayerNorm encoder block: `x += attention(norm(x))`, then `x += feedForward(norm(x))`.
struct EncoderBlock: Sendable {
  let attentionNorm: LayerNorm
  let attention: SelfAttention
  let feedForwardNorm: LayerNorm
  let feedForward: FeedForward

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
    let compute = workspace.compute
    let queryCount = residual.rows
    workspace.forEachRowBlock(of: tokens.rows) { rows, scratch in
      let normalized = attentionNorm(tokens[rows: rows], into: scratch.normalized, compute)
      attention.projectKeysAndValues(normalized, rows: rows, workspace)
    }
    workspace.forEachRowBlock(of: queryCount) { rows, scratch in
      let normalized = attentionNorm(tokens[rows: rows], into: scratch.normalized, compute)
      attention.projectQueries(normalized, rows: rows, workspace)
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
