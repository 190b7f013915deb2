import Foundation
public import MAEST
import MAESTWeights

/// What is recorded of each track.
public struct AnnotationSettings: Sendable, Hashable {
  /// Which tags.
  public struct Tags: Sendable, Hashable {
    /// The most labels; none for 0 and below.
    public var count: Int
    /// Labels with a lower activation are left out: none for minus infinity, all for NaN.
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

  public init(tags: Tags? = Tags(), embeddings: [EmbeddingKind] = [], windows: WindowSelection = .all) {
    self.tags = tags
    self.embeddings = embeddings.unique
    self.windows = windows
  }

  var request: AnalysisRequest {
    AnalysisRequest(taps: tags == nil ? [] : [.logits], embeddings: embeddings, windows: windows)
  }

  /// Whether a record has values of single patches.
  var hasPatchValues: Bool { tags?.hasCurve == true || embeddings.contains { $0.overPatches == .none } }
}

extension RecordProvenance {
  init(model: MAESTModel, head: ClassificationHeadModel?, settings: AnnotationSettings, loader: AudioLoader) {
    let source = model.description.provenance
    self.init(
      engine: EngineVersion.current, model: source.sourceName, modelSHA256: source.sourceSHA256,
      head: head?.name, headSHA256: head?.digest,
      precision: model.precision.rawValue,
      settings: settings.digest(
        modelSHA256: source.sourceSHA256, headSHA256: head?.digest,
        precision: RecordedPrecision.digested(model.precision), loader: loader))
  }
}

extension AnnotationSettings {
  /// The first 16 digits of the SHA-256 of all that decides a record's numbers, as JSON; the engine's version is not
  /// among them, since every version gives the same.
  func digest(modelSHA256: String, headSHA256: String?, precision: String, loader: AudioLoader) -> String {
    let facts = Facts(
      downmix: loader.downmix.rawValue, embeddings: embeddings.map(\.name).sorted(), head: headSHA256,
      model: modelSHA256, precision: precision,
      resampling: "\(loader.resampleQuality)",
      tags: tags.map { tags in
        Facts.Tags(
          count: tags.count, curve: tags.hasCurve, over: tags.aggregation.rawValue, threshold: tags.threshold)
      },
      windows: Facts.Windows(windows))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    // A threshold may be any number.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let data = try? encoder.encode(facts) else {
      preconditionFailure("settings that are no JSON: \(facts)")
    }
    return String(SHA256Digest.hash(String(decoding: data, as: UTF8.self)).prefix(16))
  }

  private struct Facts: Encodable {
    struct Tags: Encodable {
      var count: Int
      var curve: Bool
      var over: String
      var threshold: Float
    }

    struct Windows: Encodable {
      var placement: String
      var lastPatch: String
      var start: Double?
      var end: Double?

      init(_ windows: WindowSelection) {
        switch windows.placement {
        case .everyHop(.standard): placement = "every hop"
        case .everyHop(.frames(let count)): placement = "every \(count) frames"
        case .everyHop(.seconds(let seconds)): placement = "every \(seconds) s"
        case .evenlySpaced(let count): placement = "\(count) evenly spaced"
        case .at(let places): placement = "at \(places.map(\.description).joined(separator: " "))"
        }
        lastPatch = windows.lastPatchMode.rawValue
        start = windows.range?.start
        end = windows.range?.end
      }
    }

    /// Changes when records of earlier versions no longer have what those of this one have.
    var version = 1
    var downmix: String
    var embeddings: [String]
    var head: String?
    var model: String
    var precision: String
    var resampling: String
    var tags: Tags?
    var windows: Windows
  }
}
