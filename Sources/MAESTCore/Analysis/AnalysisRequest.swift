public import MAESTFrontEnd
public import MAESTNetwork

/// What to compute of a track, and of which windows of it.
public struct AnalysisRequest: Sendable, Hashable {
  /// Values wanted from each patch.
  public var taps: Set<Tap>
  /// Embeddings wanted from each patch. They are made while the patch is worked on: its tokens are not kept unless
  /// ``taps`` asks for them.
  public var embeddings: [EmbeddingKind]
  /// Frames in a patch; nil: as many as the model takes, and any other number is refused.
  public var patchSize: Int?
  /// Which windows of the track, a patch each.
  public var windows: WindowSelection

  public init(
    taps: Set<Tap> = [], embeddings: [EmbeddingKind] = [], patchSize: Int? = nil, windows: WindowSelection
  ) {
    self.taps = taps
    self.embeddings = embeddings
    self.patchSize = patchSize
    self.windows = windows
  }

  /// The whole track, as Essentia takes it.
  ///
  /// - Parameters:
  ///   - taps: values wanted from each patch.
  ///   - embeddings: embeddings wanted from each patch.
  ///   - patchSize: frames in a patch; nil: as many as the model takes, and any other number is refused.
  ///   - hopSize: frames between the starts of neighbouring patches; nil: the model's own hop; 0: no overlap.
  ///   - lastPatchMode: what happens to the frames after the last whole patch.
  public init(
    taps: Set<Tap> = [], embeddings: [EmbeddingKind] = [], patchSize: Int? = nil, hopSize: Int? = nil,
    lastPatchMode: LastPatchMode = .discard
  ) {
    let hop = hopSize.map(WindowSelection.Hop.frames) ?? .standard
    self.init(
      taps: taps, embeddings: embeddings, patchSize: patchSize,
      windows: .everyHop(hop, lastPatchMode: lastPatchMode))
  }

  /// Logits and activations.
  public static let tags = AnalysisRequest(taps: [.logits])

  /// Tokens of one layer, counted from 1.
  public static func tokens(layer: Int) -> AnalysisRequest {
    AnalysisRequest(taps: [.blockOutput(layer: layer)])
  }
}
