public import MAEST

/// What to record for each track.
public struct AnnotationSettings: Sendable, Hashable {
  /// Which tags to record.
  public struct Tags: Sendable, Hashable {
    /// Maximum number of labels, at least 1.
    public var count: Int
    /// Labels with a lower activation are omitted; a finite number.
    public var threshold: Float
    /// How to combine the activations of the patches.
    public var aggregation: WindowAggregation
    /// Whether to record the tags' activations in each patch, too.
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
  /// Which embeddings to record; each has a unique name.
  public var embeddings: [EmbeddingKind] { didSet { embeddings = embeddings.unique } }
  /// Which windows of the track to analyse, one patch each.
  public var windows: WindowSelection
  /// Number of the audio stream in the file, from 1, as in `AudioLoader`.
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
  /// Nil for the first stream, which records omit.
  var laterAudioStream: Int? { audioStream == 1 ? nil : audioStream }
}
