package import MAESTFrontEnd
import MAESTKernels
import MAESTNetwork
import MAESTTensor
import MAESTWeights

/// Runs the network, and a separate head if there is one, on one patch after another.
///
/// It owns the memory of one run: it cannot be copied, and each analysis has exclusive access to it. Several analyzers
/// may use one model at the same time.
package struct PatchAnalyzer: ~Copyable, Sendable {
  private let network: AudioSpectrogramTransformer
  private var workspace: Workspace
  /// The values to return.
  private let taps: Set<Tap>
  private let embeddings: EmbeddingPlan
  /// The separate head, if logits are requested and there is one.
  private let head: (any TokenClassifier)?
  /// The values that the network must compute.
  private let networkTaps: Set<Tap>
  /// The input tokens of the separate head.
  private let headTap: Tap

  /// - Throws: ``ModelError`` for a request that the model does not support, or a head that does not fit it.
  init(
    _ network: AudioSpectrogramTransformer, _ workspace: consuming Workspace, _ request: AnalysisRequest,
    head: (any TokenClassifier)?
  ) throws(ModelError) {
    let configuration = network.configuration
    try Self.check(request, configuration, head: head)
    self.network = network
    taps = request.taps
    embeddings = EmbeddingPlan(
      request, rowsAreIndependent: workspace.compute.multiplication.independentRowStep != nil)
    self.workspace = workspace
    self.head = request.taps.contains(.logits) ? head : nil
    headTap = .blockOutput(layer: configuration.blockCount)
    let allTaps = taps.union(embeddings.taps)
    networkTaps = self.head == nil ? allTaps : allTaps.subtracting([.logits]).union([headTap])
  }

  /// Throws for a request that a model does not support, or a head that does not fit it.
  package static func check(
    _ request: AnalysisRequest, _ configuration: ModelConfiguration, head: (any TokenClassifier)?
  ) throws(ModelError) {
    let taps = request.taps.union(EmbeddingPlan(request).taps)
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

  /// The largest number of patches in one forward pass.
  package var patchCapacity: Int { workspace.patchCapacity }

  /// Analyses one patch.
  ///
  /// - Parameter checkpoint: called before each encoder block and other long steps, see
  ///   `AudioSpectrogramTransformer`. If it throws, the analysis ends with that error.
  package mutating func callAsFunction(
    _ patch: MelPatch, checkpoint: () throws -> Void = {}
  ) throws -> PatchAnalysis {
    try self([patch], checkpoint: checkpoint)[0]
  }

  /// Analyses at most ``patchCapacity`` patches together: faster than one by one, with the same results.
  ///
  /// - Parameter checkpoint: as for one patch.
  package mutating func callAsFunction(
    _ patches: [MelPatch], checkpoint: () throws -> Void = {}
  ) throws -> [PatchAnalysis] {
    let inputs = patches.map {
      Matrix(copying: $0.values, rows: $0.patch.patchSize, columns: $0.bandCount)
    }
    let outputs = try network(inputs, taps: networkTaps, &workspace, checkpoint: checkpoint)
    return try zip(patches, outputs).map { patch, output in
      PatchAnalysis(
        patch: patch.patch, output: try kept(output), embeddings: try embeddings.embeddings(of: output))
    }
  }

  /// Throws if a result is NaN or infinite. Most results that depend on a NaN or infinite weight are; a maximum inside
  /// a kernel may hide it.
  private static func requireFinite(_ output: NetworkOutput) throws(ModelError) {
    for (tap, values) in output.values where !values.isFinite { throw .notFinite(value: "\(tap)") }
    if let activations = output.activations, !activations.isFinite { throw .notFinite(value: "activations") }
  }

  /// Returns the requested part of the network's output, with the output of the separate head if there is one.
  private func kept(_ output: NetworkOutput) throws -> NetworkOutput {
    try Self.requireFinite(output)
    var kept = output
    if let head {
      guard let tokens = output[headTap] else { preconditionFailure("\(headTap) is missing") }
      (kept.values[.logits], kept.activations) = try head(tokens)
      try Self.requireFinite(kept)
    }
    kept.values = kept.values.filter { taps.contains($0.key) }
    return kept
  }
}
