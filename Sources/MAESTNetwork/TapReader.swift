import MAESTKernels
import MAESTTensor
import MAESTWeights

/// Reads the values that were asked for while a pass goes by, patch by patch.
///
/// It only reads: a pass gives the same bits whatever is read of it.
struct TapReader {
  /// One for each patch.
  private(set) var outputs: [NetworkOutput]
  private let configuration: ModelConfiguration
  private let workspace: Workspace
  /// The residual stream of all patches `[patch * token, embedding]`.
  private let tokens: Matrix

  init(
    patchCount: Int, tokens: Matrix, _ configuration: ModelConfiguration, _ workspace: Workspace
  ) {
    outputs = (0..<patchCount).map { _ in NetworkOutput() }
    self.tokens = tokens
    self.configuration = configuration
    self.workspace = workspace
  }

  /// Reads a point of a block if this is the stage at which it is there.
  mutating func read(_ tap: Tap, at stage: EncoderBlock.Stage, of block: EncoderBlock) {
    for patch in outputs.indices {
      if let value = value(of: tap, at: stage, of: block, patch) { outputs[patch].values[tap] = value }
    }
  }

  private func value(
    of tap: Tap, at stage: EncoderBlock.Stage, of block: EncoderBlock, _ patch: Int
  ) -> Tensor? {
    let compute = workspace.compute
    guard stage == EncoderBlock.Stage(of: tap) else { return nil }
    switch tap {
    case .keys: return byHead(inner(.keys, patch))
    case .values: return byHead(inner(.values, patch))
    case .attentionWeights(_, let queries, let heads):
      return block.attentionWeights(
        from: rows(of: tokens, patch), to: inner(.keys, patch),
        of: queries.indices(tokenCount: configuration.tokenCount), heads: heads, compute)
    case .queries: return byHead(inner(.queries, patch))
    case .attentionOutput: return block.attentionOutput(inner(.context, patch), compute)
    case .blockOutput(_, .leading): return tensor(leadingTokens(patch))
    case .blockOutput(_, .all): return tensor(rows(of: tokens, patch))
    case .blockOutput(_, .tokens(let indices)): return tensor(gather(indices, patch))
    case .logits, .finalNorm: return nil
    }
  }

  /// Reads the head's values, once the last block has worked on CLS and DIST.
  mutating func readLogits(_ head: ClassificationHead) {
    for patch in outputs.indices {
      let (logits, activations) = head(leadingTokens(patch), workspace.compute)
      outputs[patch].values[.logits] = logits
      outputs[patch].activations = activations
    }
  }

  /// Reads the last block's output after a norm, once it is there.
  mutating func readFinalNorm(_ norm: LayerNorm, of selection: TokenSelection) {
    for patch in outputs.indices {
      let input =
        switch selection {
        case .leading: leadingTokens(patch)
        case .all: rows(of: tokens, patch)
        case .tokens(let indices): gather(indices, patch)
        }
      let output = MutableMatrix(rows: input.rows, columns: input.columns)
      outputs[patch].values[.finalNorm(tokens: selection)] = tensor(
        norm(input, into: output, workspace.compute))
    }
  }

  // MARK: - Parts of the workspace

  /// A patch's inner values of the attention, `[token, head * width]`.
  private func inner(_ content: AttentionContent, _ patch: Int) -> Matrix {
    if let tiles = workspace.tiles { return tiles.matrix(of: content, patch, configuration) }
    let memory =
      switch content {
      case .queries: workspace.queries
      case .keys: workspace.keys
      case .values: workspace.values
      case .context: workspace.context
      }
    return rows(of: memory.readOnly, patch)
  }

  /// A patch's rows. matrix: `[patch * token, column]`.
  private func rows(of matrix: Matrix, _ patch: Int) -> Matrix {
    matrix[rows: patch * configuration.tokenCount..<(patch + 1) * configuration.tokenCount]
  }

  /// A patch's CLS and DIST, as the last block that was asked for them left them.
  private func leadingTokens(_ patch: Int) -> Matrix {
    let count = ModelConfiguration.leadingTokenCount
    return workspace.leadingTokens[rows: patch * count..<(patch + 1) * count].readOnly
  }

  private func gather(_ indices: [Int], _ patch: Int) -> Matrix {
    let (tokens, width) = (rows(of: tokens, patch), configuration.embeddingWidth)
    return Matrix(
      copying: indices.flatMap { tokens[rows: $0..<$0 + 1].elements() }, rows: indices.count, columns: width)
  }

  private func tensor(_ matrix: Matrix) -> Tensor {
    Tensor(shape: [matrix.rows, matrix.columns], elements: matrix.elements())
  }

  private func byHead(_ matrix: Matrix) -> Tensor {
    Tensor(
      shape: [matrix.rows, configuration.headCount, configuration.headWidth], elements: matrix.elements())
  }
}

extension EncoderBlock.Stage {
  /// The stage at which a point of a block is there; nil for what comes after the last block.
  fileprivate init?(of tap: Tap) {
    switch tap {
    case .keys, .values, .attentionWeights: self = .projected
    case .queries, .attentionOutput: self = .attended
    case .blockOutput(_, .leading): self = .leadingOutput
    case .blockOutput(_, .all), .blockOutput(_, .tokens): self = .output
    case .logits, .finalNorm: return nil
    }
  }
}
