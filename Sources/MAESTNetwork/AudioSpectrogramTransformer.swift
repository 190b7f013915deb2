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
  public init(_ weights: WeightFile) { self.init(weights, packed: nil) }

  /// - Parameter packed: the blocks' weights in bfloat16, for workspaces of that precision.
  package init(_ weights: WeightFile, packed: PackedWeights?) {
    configuration = weights.configuration
    embedding = PatchEmbedding(weights)
    blocks = (0..<weights.configuration.blockCount).map {
      EncoderBlock(weights, block: $0, packed: packed)
    }
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
    check(melPatches, taps, workspace)
    let tokens = workspace.tokens[rows: 0..<melPatches.count * configuration.tokenCount]
    embedding(melPatches, into: tokens, workspace)
    var reader = TapReader(patchCount: melPatches.count, tokens: tokens.readOnly, configuration, workspace)
    for demand in BlockDemand.demands(taps, blockCount: blocks.count) {
      try checkpoint()
      let block = blocks[demand.layer - 1]
      block(tokens, patchCount: melPatches.count, demand, workspace) { stage in
        for tap in demand.taps { reader.read(tap, at: stage, of: block) }
      }
    }
    if let head {
      if taps.contains(.logits) { reader.readLogits(head) }
      for case .finalNorm(let selection) in taps { reader.readFinalNorm(head.finalNorm, of: selection) }
    }
    return reader.outputs
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

  private func check(_ melPatches: [Matrix], _ taps: Set<Tap>, _ workspace: Workspace) {
    precondition(
      melPatches.count <= workspace.patchCapacity,
      "\(melPatches.count) patches in a workspace for \(workspace.patchCapacity)")
    for melPatch in melPatches {
      precondition(
        melPatch.rows == configuration.frameCount && melPatch.columns == configuration.bandCount,
        "mel patch [\(melPatch.rows), \(melPatch.columns)], the model takes "
          + "[\(configuration.frameCount), \(configuration.bandCount)]")
    }
    for tap in taps {
      precondition(
        (1...blocks.count).contains(tap.layer ?? blocks.count), "\(tap) of \(blocks.count) layers")
      precondition(tap.layer != nil || head != nil, "\(tap) of a model without a head")
      let indices = tap.tokens?.indices(tokenCount: configuration.tokenCount) ?? []
      precondition(
        indices.allSatisfy { (0..<configuration.tokenCount).contains($0) },
        "\(tap) of \(configuration.tokenCount) tokens")
    }
  }
}
