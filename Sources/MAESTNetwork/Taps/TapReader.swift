import MAESTKernels
import MAESTTensor
import MAESTWeights

/// Reads the requested values during a forward pass, patch by patch.
///
/// It only reads: the pass gives the same bits whichever values are read.
struct TapReader: ~Copyable {
  /// One for each patch.
  private(set) var outputs: [NetworkOutput]
  private let configuration: ModelConfiguration
  private let memory: PassMemory
  /// The residual stream of all patches `[patch * token, embedding]`.
  private let tokens: Matrix

  init(
    patchCount: Int, tokens: Matrix, _ configuration: ModelConfiguration, _ memory: PassMemory
  ) {
    outputs = (0..<patchCount).map { _ in NetworkOutput() }
    self.tokens = tokens
    self.configuration = configuration
    self.memory = memory
  }

  /// Reads a point of a block, at the stage that ``EncoderBlock/Stage/init(of:)`` gives for it.
  mutating func read(_ tap: Tap, of block: EncoderBlock) {
    for patch in outputs.indices {
      if let value = value(of: tap, of: block, patch) { outputs[patch].values[tap] = value }
    }
  }

  private func value(of tap: Tap, of block: EncoderBlock, _ patch: Int) -> Tensor? {
    let compute = memory.compute
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

  /// Reads the head's values, after the last block has computed CLS and DIST.
  mutating func readLogits(_ head: ClassificationHead) {
    for patch in outputs.indices {
      let (logits, activations) = head(leadingTokens(patch), memory.compute)
      outputs[patch].values[.logits] = logits
      outputs[patch].activations = activations
    }
  }

  /// Reads the last block's output after a norm, when that output is complete.
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
        norm(input, into: output, memory.compute))
    }
  }

  // MARK: - Parts of the memory

  /// One patch's queries, keys, values or context, `[token, head * width]`.
  private func inner(_ content: AttentionContent, _ patch: Int) -> Matrix {
    switch memory.blocks {
    case .singlePrecision(let memory): rows(of: memory.matrix(of: content), patch)
    case .packed(let memory): memory.matrix(of: content, patch, configuration)
    }
  }

  /// A patch's rows. matrix: `[patch * token, column]`.
  private func rows(of matrix: Matrix, _ patch: Int) -> Matrix {
    matrix[rows: patch * configuration.tokenCount..<(patch + 1) * configuration.tokenCount]
  }

  /// One patch's CLS and DIST, as the last block that computed them separately left them.
  private func leadingTokens(_ patch: Int) -> Matrix {
    let count = ModelConfiguration.leadingTokenCount
    return memory.leadingTokens[rows: patch * count..<(patch + 1) * count].readOnly
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
  /// The stage at which a point of a block can be read; nil for points after the last block.
  init?(of tap: Tap) {
    switch tap {
    case .keys, .values, .attentionWeights: self = .projected
    case .queries, .attentionOutput: self = .attended
    case .blockOutput(_, .leading): self = .leadingOutput
    case .blockOutput(_, .all), .blockOutput(_, .tokens): self = .output
    case .logits, .finalNorm: return nil
    }
  }
}
