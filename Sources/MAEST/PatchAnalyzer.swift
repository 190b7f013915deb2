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
    let (layerCount, tokenCount) = (configuration.blockCount, configuration.tokenCount)
    for layer in taps.compactMap(\.layer) where !(1...layerCount).contains(layer) {
      throw .noSuchLayer(layer: layer, layerCount: layerCount)
    }
    for case .tokens(let indices) in taps.compactMap(\.tokens) {
      guard let index = indices.first(where: { !(0..<tokenCount).contains($0) }) else { continue }
      throw .noSuchToken(index: index, tokenCount: tokenCount)
    }
    if let head { try head.requireTokens([tokenCount, configuration.embeddingWidth]) }
    let ownHeadTaps = taps.filter { $0.layer == nil && (head == nil || $0 != .logits) }
    if !ownHeadTaps.isEmpty, configuration.head == nil { throw .noHead }
  }

  /// The most patches that are worked on together.
  package var patchCapacity: Int { workspace.patchCapacity }

  /// One patch; `checkpoint` is called before each block, and what it throws ends the analysis.
  package func callAsFunction(
    _ patch: MelPatch, checkpoint: () throws -> Void = {}
  ) throws -> PatchAnalysis {
    try self([patch], checkpoint: checkpoint)[0]
  }

  /// Some patches, at most ``patchCapacity``, together: faster than one after the other, with the same results.
  package func callAsFunction(
    _ patches: [MelPatch], checkpoint: () throws -> Void = {}
  ) throws -> [PatchAnalysis] {
    let inputs = patches.map {
      Matrix(copying: $0.values, rows: $0.patch.patchSize, columns: $0.bandCount)
    }
    let layers = headLayer.map { taps.subtracting([.logits]).union([.blockOutput(layer: $0)]) }
    let outputs = try network(inputs, taps: layers ?? taps, workspace, checkpoint: checkpoint)
    return try zip(patches, outputs).map { patch, output in
      PatchAnalysis(patch: patch.patch, output: try withHead(output))
    }
  }

  /// The network's output with the separate head's, if there is one.
  private func withHead(_ output: NetworkOutput) throws -> NetworkOutput {
    guard let head, let headLayer else { return output }
    guard let tokens = output[.blockOutput(layer: headLayer)] else {
      preconditionFailure("layer \(headLayer) was asked for and is missing")
    }
    var output = output
    (output.values[.logits], output.activations) = try head(tokens)
    if !taps.contains(.blockOutput(layer: headLayer)) { output.values[.blockOutput(layer: headLayer)] = nil }
    return output
  }
}
