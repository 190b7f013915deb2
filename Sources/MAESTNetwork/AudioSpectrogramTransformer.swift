package import MAESTTensor
public import MAESTWeights

/// MAEST's network: patch embedding, encoder blocks, classification head.
///
/// Immutable: many runs may use it at the same time, each with a workspace of its own.
public struct AudioSpectrogramTransformer: Sendable {
  public let configuration: ModelConfiguration
  private let embedding: PatchEmbedding
  private let blocks: [EncoderBlock]
  private let head: ClassificationHead?

  /// Takes the weights where they are; nothing is copied.
  public init(_ weights: WeightFile) {
    configuration = weights.configuration
    embedding = PatchEmbedding(weights)
    blocks = (0..<weights.configuration.blockCount).map { EncoderBlock(weights, block: $0) }
    head = ClassificationHead(weights)
  }

  /// One pass over some mel patches; computes nothing beyond what `taps` ask for.
  ///
  /// A patch's results are the same to the last bit whatever patches go with it. The logits are computed from the
  /// last block's output for CLS and DIST alone, so that they are the same whatever else is asked for.
  ///
  /// - Parameters:
  ///   - melPatches: `[frame, band]` each, normalised log-mel bands of `configuration`'s sizes; as many as the
  ///     workspace has room for.
  ///   - taps: layers from 1 to `blockCount`; logits only where the model has a head.
  ///   - checkpoint: called before each block; what it throws ends the pass.
  /// - Returns: one for each patch.
  package func callAsFunction<Failure: Error>(
    _ melPatches: [Matrix], taps: Set<Tap>, _ workspace: Workspace, checkpoint: () throws(Failure) -> Void
  ) throws(Failure) -> [NetworkOutput] {
    guard !melPatches.isEmpty else { return [] }
    let layers = taps.layers
    check(melPatches, layers, workspace)
    let deepest = layers.max() ?? 0
    var outputs = melPatches.map { _ in NetworkOutput() }
    let tokens = workspace.tokens[rows: 0..<melPatches.count * configuration.tokenCount]
    embedding(melPatches, into: tokens, workspace)
    for (index, block) in blocks.enumerated() {
      let layer = index + 1
      let isLast = layer == blocks.count
      try checkpoint()
      if isLast, taps.contains(.logits) { readOut(block, tokens.readOnly, &outputs, workspace) }
      guard layer <= deepest || !isLast && taps.contains(.logits) else { break }
      block(tokens, patchCount: melPatches.count, workspace)
      if layers.contains(layer) {
        for patch in outputs.indices { outputs[patch].blockOutputs[layer] = tensor(of: tokens, patch) }
      }
    }
    return outputs
  }

  /// One pass over one mel patch.
  package func callAsFunction<Failure: Error>(
    _ melPatch: Matrix, taps: Set<Tap>, _ workspace: Workspace, checkpoint: () throws(Failure) -> Void
  ) throws(Failure) -> NetworkOutput {
    try self([melPatch], taps: taps, workspace, checkpoint: checkpoint)[0]
  }

  /// The same, to the end in any case.
  package func callAsFunction(
    _ melPatch: Matrix, taps: Set<Tap>, _ workspace: Workspace
  ) -> NetworkOutput {
    self(melPatch, taps: taps, workspace, checkpoint: {})
  }

  private func check(_ melPatches: [Matrix], _ layers: Set<Int>, _ workspace: Workspace) {
    precondition(
      melPatches.count <= workspace.patchCapacity,
      "\(melPatches.count) patches in a workspace for \(workspace.patchCapacity)")
    for melPatch in melPatches {
      precondition(
        melPatch.rows == configuration.frameCount && melPatch.columns == configuration.bandCount,
        "mel patch [\(melPatch.rows), \(melPatch.columns)], the model takes "
          + "[\(configuration.frameCount), \(configuration.bandCount)]")
    }
    precondition(layers.allSatisfy { (1...blocks.count).contains($0) }, "layers \(layers) of \(blocks.count)")
  }

  /// A patch's tokens `[token, embedding]`.
  private func tensor(of tokens: MutableMatrix, _ patch: Int) -> Tensor {
    let rows = patch * configuration.tokenCount..<(patch + 1) * configuration.tokenCount
    return Tensor(
      shape: [configuration.tokenCount, configuration.embeddingWidth], elements: tokens[rows: rows].elements()
    )
  }

  /// The last block for CLS and DIST, then the head.
  private func readOut(
    _ lastBlock: EncoderBlock, _ tokens: Matrix, _ outputs: inout [NetworkOutput], _ workspace: Workspace
  ) {
    guard let head else { preconditionFailure("logits of a model without a head") }
    let count = ModelConfiguration.leadingTokenCount
    let leading = workspace.leadingTokens[rows: 0..<outputs.count * count]
    for patch in outputs.indices {
      let first = patch * configuration.tokenCount
      leading[rows: patch * count..<(patch + 1) * count].copy(from: tokens[rows: first..<first + count])
    }
    lastBlock(tokens, residual: leading, patchCount: outputs.count, workspace)
    for patch in outputs.indices {
      let (logits, activations) = head(
        leading[rows: patch * count..<(patch + 1) * count].readOnly, workspace.compute)
      outputs[patch].logits = logits
      outputs[patch].activations = activations
    }
  }
}
