public import MAEST

/// What a run asks for, as far as it says so: the rest is as in the records that are there, or the default.
public struct AnnotationWishes: Sendable, Hashable {
  /// Whether tags are recorded.
  public var hasTags: Bool?
  /// Of the tags, as in ``AnnotationSettings/Tags``.
  public var labelCount: Int?
  public var threshold: Float?
  public var aggregation: WindowAggregation?
  public var hasCurve: Bool?
  /// All embeddings; empty: none.
  public var embeddings: [EmbeddingKind]?
  public var windows: WindowSelection?
  /// Counted from 1.
  public var audioStream: Int?
  /// Classification heads. In a new output the first one takes the place of the model's own, and the others are added.
  public var heads: [HeadIdentity] = []

  public init() {}

  private var asksForTags: Bool {
    hasTags ?? (labelCount != nil || threshold != nil || aggregation != nil || hasCurve == true)
  }

  /// These wishes, and for the rest what `base` has.
  public func settings(basedOn base: AnnotationSettings = AnnotationSettings()) -> AnnotationSettings {
    var settings = base
    if hasTags == false {
      settings.tags = nil
    } else if asksForTags || base.tags != nil {
      settings.tags = tags(basedOn: base.tags ?? AnnotationSettings.Tags())
    }
    settings.embeddings = (embeddings ?? base.embeddings).unique
    settings.windows = windows ?? base.windows
    settings.audioStream = audioStream ?? base.audioStream
    return settings
  }

  /// What `base` has, and these wishes besides.
  func settings(addedTo base: AnnotationSettings) -> AnnotationSettings {
    var settings = settings(basedOn: base)
    // Not to ask for tags leaves those that are there.
    settings.tags = settings.tags ?? base.tags
    settings.embeddings = (base.embeddings + settings.embeddings).unique
    return settings
  }

  private func tags(basedOn base: AnnotationSettings.Tags) -> AnnotationSettings.Tags {
    AnnotationSettings.Tags(
      count: labelCount ?? base.count, threshold: threshold ?? base.threshold,
      aggregation: aggregation ?? base.aggregation, hasCurve: hasCurve ?? base.hasCurve)
  }
}

/// What a run does with records of other settings.
public enum ExistingRecords: String, Sendable, CaseIterable {
  /// They stay, and the run goes on with their settings; one that asks for others is refused.
  case kept
  /// What the run asks for is computed beside what they have.
  case extended
  /// Those of the run's tracks are made again.
  case replaced
}

/// The settings of a run, decided.
public struct SettingsDecision: Sendable, Hashable {
  public var settings: AnnotationSettings
  /// The head in the place of the model's own.
  public var head: HeadIdentity?
  public var addedHeads: [HeadIdentity]
  /// Whether there are records of other settings, which are known and stay.
  public var isBesideOthers = false
}
