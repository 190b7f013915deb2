public import MAESTFrontEnd
public import MAESTNetwork

/// Which values to compute, and for which windows of a track.
public struct AnalysisRequest: Sendable, Hashable {
  /// The values to return for each patch.
  public var taps: Set<Tap>
  /// The embeddings to return for each patch. They are computed during the analysis; the tokens are kept only if
  /// ``taps`` includes them.
  public var embeddings: [EmbeddingKind]
  /// Frames in a patch; nil: the model's patch size, the only one that is accepted.
  public var patchSize: Int?
  /// The windows of the track to analyse, one patch each.
  public var windows: WindowSelection

  public init(
    taps: Set<Tap> = [], embeddings: [EmbeddingKind] = [], patchSize: Int? = nil, windows: WindowSelection
  ) {
    self.taps = taps
    self.embeddings = embeddings
    self.patchSize = patchSize
    self.windows = windows
  }

  /// Requests the whole track, as in Essentia.
  ///
  /// - Parameters:
  ///   - taps: the values to return for each patch.
  ///   - embeddings: the embeddings to return for each patch.
  ///   - patchSize: frames in a patch; nil: the model's patch size, the only one that is accepted.
  ///   - hopSize: frames between the starts of neighbouring patches; nil: the model's own hop; 0: no overlap.
  ///   - lastPatchMode: how to treat the frames after the last whole patch.
  public init(
    taps: Set<Tap> = [], embeddings: [EmbeddingKind] = [], patchSize: Int? = nil, hopSize: Int? = nil,
    lastPatchMode: LastPatchMode = .discard
  ) {
    let hop = hopSize.map(WindowSelection.Hop.frames) ?? .standard
    self.init(
      taps: taps, embeddings: embeddings, patchSize: patchSize,
      windows: .everyHop(hop, lastPatchMode: lastPatchMode))
  }

  /// Requests logits and activations.
  public static let tags = AnalysisRequest(taps: [.logits])

  /// Requests the tokens of one layer, counted from 1.
  public static func tokens(layer: Int) -> AnalysisRequest {
    AnalysisRequest(taps: [.blockOutput(layer: layer)])
  }
}
