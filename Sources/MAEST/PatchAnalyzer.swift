package import MAESTAudio
import MAESTNetwork
import MAESTTensor
import MAESTWeights

/// Runs the network, and a separate head if there is one, on one patch after the other.
///
/// It owns the memory of one run; several may work at once with the same model.
package struct PatchAnalyzer: Sendable {
  private let network: AudioSpectrogramTransformer
  private let workspace: Workspace
  private let taps: Set<Tap>
  private let head: ClassificationHeadModel?
  /// The layer whose tokens the separate head takes, if logits are asked for.
  private let headLayer: Int?

  /// - Throws: ``ModelError`` for taps that the model cannot meet, or a head that does not fit it.
  init(
    _ network: AudioSpectrogramTransformer, _ workspace: Workspace, taps: Set<Tap>,
    head: ClassificationHeadModel?
  ) throws(ModelError) {
    let configuration = network.configuration
    try Self.check(taps, configuration, head: head)
    self.network = network
    self.workspace = workspace
    self.taps = taps
    self.head = head
    headLayer = head != nil && taps.contains(.logits) ? configuration.blockCount : nil
  }

  /// Fails for taps that a model cannot meet, or a head that does not fit it.
  static func check(
    _ taps: Set<Tap>, _ configuration: ModelConfiguration, head: ClassificationHeadModel?
  ) throws(ModelError) {
    for case .blockOutput(let layer) in taps where !(1...configuration.blockCount).contains(layer) {
      throw .noSuchLayer(layer: layer, layerCount: configuration.blockCount)
    }
    if let head {
      try head.requireTokens([configuration.tokenCount, configuration.embeddingWidth])
    } else if taps.contains(.logits), configuration.head == nil {
      throw .noHead
    }
  }

  /// One patch; `checkpoint` is called before each block, and what it throws ends the analysis.
  package func callAsFunction(
    _ patch: MelPatch, checkpoint: () throws -> Void = {}
  ) throws -> PatchAnalysis {
    let input = Matrix(copying: patch.values, rows: patch.patch.patchSize, columns: patch.bandCount)
    guard let head, let headLayer else {
      return PatchAnalysis(
        patch: patch.patch, output: try network(input, taps: taps, workspace, checkpoint: checkpoint))
    }
    let layers = taps.subtracting([.logits]).union([.blockOutput(layer: headLayer)])
    var output = try network(input, taps: layers, workspace, checkpoint: checkpoint)
    guard let tokens = output.blockOutputs[headLayer] else {
      preconditionFailure("layer \(headLayer) was asked for and is missing")
    }
    (output.logits, output.activations) = try head(tokens)
    if !taps.contains(.blockOutput(layer: headLayer)) { output.blockOutputs[headLayer] = nil }
    return PatchAnalysis(patch: patch.patch, output: output)
  }
}
