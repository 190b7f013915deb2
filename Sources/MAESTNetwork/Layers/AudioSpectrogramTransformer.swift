package import MAESTKernels
package import MAESTTensor
package import MAESTWeights

/// MAEST's network: patch embedding, encoder blocks, classification head.
///
/// Immutable: many runs may use it at the same time, each with its own ``Workspace``.
package struct AudioSpectrogramTransformer: Sendable {
  package let configuration: ModelConfiguration
  private let embedding: PatchEmbedding
  private let blocks: [EncoderBlock]
  private let head: ClassificationHead?

  /// Uses the weights in the mapped file; nothing is copied.
  package init(_ weights: WeightFile) { self.init(weights, packed: nil) }

  /// - Parameter packed: the blocks' weights in bfloat16, for workspaces of that precision.
  package init(_ weights: WeightFile, packed: PackedWeights?) {
    configuration = weights.configuration
    embedding = PatchEmbedding(weights)
    blocks = (0..<weights.configuration.blockCount).map {
      EncoderBlock(weights, block: $0, packed: packed)
    }
    head = ClassificationHead(weights)
  }

  /// One forward pass over some mel patches; computes only what `taps` need.
  ///
  /// A patch's results are bit-identical whichever patches share its pass. The logits are computed from the last
  /// block's output for CLS and DIST alone, so they are the same whatever other taps are requested.
  ///
  /// - Parameters:
  ///   - melPatches: `[frame, band]` each, normalised log-mel bands in `configuration`'s sizes; at most the workspace's
  ///     `patchCapacity`.
  ///   - taps: layers from 1 to `blockCount`; logits only if the model has a head.
  ///   - checkpoint: called before the patch embedding, before each block, before each tap that takes matrix products of
  ///     its own, and before the head. If it throws, the pass ends with that error.
  /// - Returns: one output for each patch.
  package func callAsFunction<Failure: Error>(
    _ melPatches: [Matrix], taps: Set<Tap>, _ workspace: inout Workspace,
    checkpoint: () throws(Failure) -> Void
  ) throws(Failure) -> [NetworkOutput] {
    guard !melPatches.isEmpty else { return [] }
    check(melPatches, taps, patchCapacity: workspace.patchCapacity)
    try checkpoint()
    let memory = workspace.memory
    let tokens = memory.tokens[rows: 0..<melPatches.count * configuration.tokenCount]
    embedding(melPatches, into: tokens, memory)
    var reader = TapReader(patchCount: melPatches.count, tokens: tokens.readOnly, configuration, memory)
    for demand in BlockDemand.demands(taps, blockCount: blocks.count) {
      try checkpoint()
      let block = blocks[demand.layer - 1]
      try block(tokens, patchCount: melPatches.count, demand, memory) { stage throws(Failure) in
        for tap in demand.taps where EncoderBlock.Stage(of: tap) == stage {
          if tap.takesMatrixProducts { try checkpoint() }
          reader.read(tap, of: block)
        }
      }
    }
    if let head {
      try checkpoint()
      if taps.contains(.logits) { reader.readLogits(head) }
      for case .finalNorm(let selection) in taps { reader.readFinalNorm(head.finalNorm, of: selection) }
    }
    return reader.outputs
  }

  /// One forward pass over one mel patch.
  package func callAsFunction<Failure: Error>(
    _ melPatch: Matrix, taps: Set<Tap>, _ workspace: inout Workspace,
    checkpoint: () throws(Failure) -> Void
  ) throws(Failure) -> NetworkOutput {
    try self([melPatch], taps: taps, &workspace, checkpoint: checkpoint)[0]
  }

  /// One forward pass over one mel patch, without checkpoints.
  package func callAsFunction(
    _ melPatch: Matrix, taps: Set<Tap>, _ workspace: inout Workspace
  ) -> NetworkOutput {
    self(melPatch, taps: taps, &workspace, checkpoint: {})
  }

  /// One forward pass over one mel patch, in a workspace for this pass alone.
  package func callAsFunction(_ melPatch: Matrix, taps: Set<Tap>, on compute: Compute) -> NetworkOutput {
    var workspace = Workspace(configuration, on: compute)
    return self(melPatch, taps: taps, &workspace)
  }

  private func check(_ melPatches: [Matrix], _ taps: Set<Tap>, patchCapacity: Int) {
    precondition(
      melPatches.count <= patchCapacity, "\(melPatches.count) patches in a workspace for \(patchCapacity)")
    for melPatch in melPatches {
      precondition(
        melPatch.rows == configuration.frameCount && melPatch.columns == configuration.bandCount,
        "mel patch of [\(melPatch.rows), \(melPatch.columns)], expected "
          + "[\(configuration.frameCount), \(configuration.bandCount)]")
    }
    for tap in taps {
      precondition(
        (1...blocks.count).contains(tap.layer ?? blocks.count),
        "\(tap) requested from a model of \(blocks.count) layers")
      precondition(tap.layer != nil || head != nil, "\(tap) requested from a model without a head")
      let indices = tap.tokens?.indices(tokenCount: configuration.tokenCount) ?? []
      precondition(
        indices.allSatisfy { (0..<configuration.tokenCount).contains($0) },
        "\(tap) requested from a model of \(configuration.tokenCount) tokens")
    }
  }
}

extension Tap {
  /// Whether reading the tap takes matrix products besides those of the pass: as long as a good part of a block.
  fileprivate var takesMatrixProducts: Bool {
    switch self {
    case .attentionWeights, .attentionOutput: true
    case .blockOutput, .queries, .keys, .values, .finalNorm, .logits: false
    }
  }
}
