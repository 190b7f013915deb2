public import MAEST

/// The settings that a run asks for. Values that are nil come from the existing records, or are the defaults.
public struct AnnotationWishes: Sendable, Hashable {
  /// Whether tags are recorded.
  public var hasTags: Bool?
  /// Maximum number of labels, as in ``AnnotationSettings/Tags``.
  public var labelCount: Int?
  public var threshold: Float?
  public var aggregation: WindowAggregation?
  public var hasCurve: Bool?
  /// The complete list of embeddings; empty: none.
  public var embeddings: [EmbeddingKind]?
  public var windows: WindowSelection?
  /// Number of the audio stream, from 1.
  public var audioStream: Int?
  /// How channels are mixed.
  public var downmix: Downmix?
  /// Classification heads. In a new output the first one replaces the model's own, and the others are added.
  public var heads: [HeadIdentity] = []

  public init() {}

  /// The recipe of these settings.
  var recipe: RecordRecipe { RecordRecipe(settings: settings(), downmix: downmixName(basedOn: nil)) }

  /// The name of the downmix in recipes.
  ///
  /// - Parameter recorded: the name in existing records, if there are any.
  func downmixName(basedOn recorded: String?) -> String {
    downmix?.rawValue ?? recorded ?? Downmix.mix.rawValue
  }

  private var asksForTags: Bool {
    hasTags ?? (labelCount != nil || threshold != nil || aggregation != nil || hasCurve == true)
  }

  /// Returns these settings, completed by those of `base`.
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

  /// Returns the settings of `base` with these added.
  func settings(addedTo base: AnnotationSettings) -> AnnotationSettings {
    var settings = settings(basedOn: base)
    // A run that does not ask for tags keeps the existing ones.
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

/// How a run treats existing records that have other settings.
public enum ExistingRecords: String, Sendable, CaseIterable {
  /// The records are kept, and the run uses their settings. A run that asks for other settings is refused.
  case kept
  /// The values that the run asks for are added to the records.
  case extended
  /// The records of the run's tracks are computed again.
  case replaced
}

/// The settings that a run uses, after its options are combined with those of the existing records.
public struct SettingsDecision: Sendable, Hashable {
  public var settings: AnnotationSettings
  /// The head that replaces the model's own.
  public var head: HeadIdentity?
  public var addedHeads: [HeadIdentity]
  /// How channels are mixed.
  public var downmix: Downmix
  /// Whether the output also contains records with other settings, which are kept.
  public var isBesideOthers = false
}
