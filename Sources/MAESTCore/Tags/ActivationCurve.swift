public import MAESTFrontEnd

/// The activations of some labels over a track's time.
public struct ActivationCurve: Sendable, Hashable, Codable {
  /// One window's activations.
  public struct Window: Sendable, Hashable, Codable {
    /// The position of the window in the track.
    public let patch: Patch
    /// `[label]`, in the curve's order of labels.
    public let activations: [Float]
  }

  /// The labels, with their activations over all windows, highest first.
  public let tags: [LabelActivation]
  /// In order of time.
  public let windows: [Window]
}
