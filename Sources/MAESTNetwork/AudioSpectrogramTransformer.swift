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

  /// One pass over one mel patch; computes nothing beyond what `taps` ask for.
  ///
  /// The logits are computed from the last block's output for CLS and DIST alone, so that they are the same to
  /// the last bit whatever else is asked for.
  ///
  /// - Parameters:
  ///   - melPatch: `[frame, band]`, normalised log-mel bands of `configuration`'s sizes.
  ///   - taps: layers from 1 to `blockCount`; logits only where the model has a head.
  ///   - checkpoint: called before each block; what it throws ends the pass.
  package func callAsFunction<Failure: Error>(
    _ melPatch: Matrix, taps: Set<Tap>, _ workspace: Workspace, checkpoint: () throws(Failure) -> Void
  ) throws(Failure) -> NetworkOutput {
    precondition(
      melPatch.rows == configuration.frameCount && melPatch.columns == configuration.bandCount,
      "mel patch [\(melPatch.rows), \(melPatch.columns)], the model takes "
        + "[\(configuration.frameCount), \(configuration.bandCount)]")
    let layers = taps.layers
    let deepest = layers.max() ?? 0
    precondition(layers.allSatisfy { (1...blocks.count).contains($0) }, "layers \(layers) of \(blocks.count)")
    var output = NetworkOutput()
    let tokens = workspace.tokens
    embedding(melPatch, into: tokens, workspace)
    for (index, block) in blocks.enumerated() {
      let layer = index + 1
      let isLast = layer == blocks.count
      try checkpoint()
      if isLast, taps.contains(.logits) { readOut(block, &output, workspace) }
      guard layer <= deepest || !isLast && taps.contains(.logits) else { break }
      block(tokens, workspace)
      if layers.contains(layer) {
        output.blockOutputs[layer] = Tensor(
          shape: [configuration.tokenCount, configuration.embeddingWidth], elements: tokens.elements())
      }
    }
    return output
  }

  /// The same, to the end in any case.
  package func callAsFunction(
    _ melPatch: Matrix, taps: Set<Tap>, _ workspace: Workspace
  ) -> NetworkOutput {
    self(melPatch, taps: taps, workspace, checkpoint: {})
  }

  /// The last block for CLS and DIST, then the head.
  private func readOut(_ lastBlock: EncoderBlock, _ output: inout NetworkOutput, _ workspace: Workspace) {
    guard let head else { preconditionFailure("logits of a model without a head") }
    let leading = workspace.leadingTokens
    leading.copy(from: workspace.tokens.readOnly[rows: 0..<leading.rows])
    lastBlock(workspace.tokens.readOnly, residual: leading, workspace)
    let (logits, activations) = head(leading.readOnly, workspace.compute)
    output.logits = logits
    output.activations = activations
  }
}
