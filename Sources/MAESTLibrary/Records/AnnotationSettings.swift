public import MAEST

/// What is recorded of each track.
public struct AnnotationSettings: Sendable, Hashable {
  /// Which tags.
  public struct Tags: Sendable, Hashable {
    /// The most labels, at least 1.
    public var count: Int
    /// Labels with a lower activation are left out; a finite number.
    public var threshold: Float
    /// How patches become one.
    public var aggregation: WindowAggregation
    /// Whether their activations in each patch are recorded too.
    public var hasCurve: Bool

    public init(
      count: Int = 10, threshold: Float = 0, aggregation: WindowAggregation = .mean, hasCurve: Bool = false
    ) {
      self.count = count
      self.threshold = threshold
      self.aggregation = aggregation
      self.hasCurve = hasCurve
    }
  }

  /// Nil: no tags.
  public var tags: Tags?
  /// Which embeddings, each under its name.
  public var embeddings: [EmbeddingKind] { didSet { embeddings = embeddings.unique } }
  /// Which windows of the track, a patch each.
  public var windows: WindowSelection
  /// Which audio stream of the file, counted from 1, as in `AudioLoader`.
  public var audioStream: Int

  public init(
    tags: Tags? = Tags(), embeddings: [EmbeddingKind] = [], windows: WindowSelection = .all,
    audioStream: Int = 1
  ) {
    self.audioStream = audioStream
    self.tags = tags
    self.embeddings = embeddings.unique
    self.windows = windows
  }
}

extension AnnotationSettings {
  /// Nil for the first one, which records need not name.
  var laterAudioStream: Int? { audioStream == 1 ? nil : audioStream }
}
