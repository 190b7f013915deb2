import Foundation
import MAEST
import MAESTFiles
import MAESTWeights

extension RecordProvenance {
  init(model: MAESTModel, head: ClassificationHeadModel?, recipe: RecordRecipe) {
    let source = model.description.provenance
    self.init(
      engine: EngineVersion.current, model: source.sourceName, modelSHA256: source.sourceSHA256,
      head: head?.name, headSHA256: head?.digest, precision: model.precision.rawValue,
      settings: recipe.digest(
        modelSHA256: source.sourceSHA256, headSHA256: head?.digest,
        precision: RecordedPrecision.digested(model.precision.rawValue)),
      recipe: recipe)
  }
}

extension RecordRecipe {
  /// The first 16 hexadecimal digits of the SHA-256 of everything that determines a record's values, as JSON. The
  /// engine's version is not included: all versions give the same values.
  func digest(modelSHA256: String, headSHA256: String?, precision: String) -> String {
    let facts = Facts(
      addedHeads: addedHeads.isEmpty ? nil : addedHeads, audioStream: settings.laterAudioStream,
      downmix: downmix, embeddings: settings.embeddings.map(\.name).sorted(), head: headSHA256,
      model: modelSHA256, precision: precision, resampling: resampling,
      tags: settings.tags.map { tags in
        Facts.Tags(
          count: tags.count, curve: tags.hasCurve, over: tags.aggregation.rawValue, threshold: tags.threshold)
      },
      windows: Facts.Windows(settings.windows))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
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
        placement = windows.placementWords
        lastPatch = windows.lastPatchMode.rawValue
        start = windows.range?.start
        end = windows.range?.end
      }
    }

    /// Increase when the values of this version differ from those of earlier ones.
    var version = 1
    /// Nil if there are none, as in earlier versions.
    var addedHeads: [HeadIdentity]?
    /// Nil for the first stream, as in earlier versions.
    var audioStream: Int?
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
