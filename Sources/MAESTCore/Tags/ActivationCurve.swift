public import MAESTFrontEnd

/// The activations of some labels over a track's time.
public struct ActivationCurve: Sendable {
  /// One window's activations.
  public struct Window: Sendable {
    /// Where it lies in the track.
    public let patch: Patch
    /// `[label]`, in the curve's order of labels.
    public let activations: [Float]
  }

  /// The labels, with their activations over all windows, highest first.
  public let tags: [Tag]
  /// In order of time.
  public let windows: [Window]
}
