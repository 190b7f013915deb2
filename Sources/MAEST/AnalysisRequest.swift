public import MAESTAudio
public import MAESTNetwork

/// What to compute of a track, and how to cut it into patches.
public struct AnalysisRequest: Sendable, Hashable {
  /// Values wanted from each patch.
  public var taps: Set<Tap>
  /// Frames in a patch; nil: as many as the model takes, and any other number is refused.
  public var patchSize: Int?
  /// Frames between the starts of neighbouring patches; nil: the model's own hop; 0: no overlap.
  public var hopSize: Int?
  /// What happens to the frames after the last whole patch.
  public var lastPatchMode: LastPatchMode

  public init(
    taps: Set<Tap>, patchSize: Int? = nil, hopSize: Int? = nil, lastPatchMode: LastPatchMode = .discard
  ) {
    self.taps = taps
    self.patchSize = patchSize
    self.hopSize = hopSize
    self.lastPatchMode = lastPatchMode
  }

  /// Logits and activations.
  public static let tags = AnalysisRequest(taps: [.logits])

  /// Tokens of one layer, counted from 1.
  public static func tokens(layer: Int) -> AnalysisRequest {
    AnalysisRequest(taps: [.blockOutput(layer: layer)])
  }
}
