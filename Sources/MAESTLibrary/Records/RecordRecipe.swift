public import MAEST

/// The settings of a run. Together with the model, its head and the precision, they determine a record's values.
///
/// Records contain their recipe, so that a later run into the same output can use the same settings.
public struct RecordRecipe: Sendable, Hashable {
  /// Tags, embeddings and windows.
  public var settings: AnnotationSettings
  /// Classification heads whose tags are recorded in addition, by name.
  public var addedHeads: [HeadIdentity]
  /// How channels are mixed, as in `Downmix`.
  public var downmix: String
  /// The resampler, as in `ResampleQuality`.
  public var resampling: String

  /// Sorts heads and embeddings by name, so their order does not matter.
  public init(
    settings: AnnotationSettings, addedHeads: [HeadIdentity] = [], downmix: String = Downmix.mix.rawValue,
    resampling: String = "\(ResampleQuality.linear)"
  ) {
    self.settings = settings
    self.settings.embeddings.sort { $0.name < $1.name }
    self.addedHeads = addedHeads.unique.sorted { $0.name < $1.name }
    self.downmix = downmix
    self.resampling = resampling
  }
}

/// A separate file with a classification head.
public struct HeadIdentity: Sendable, Hashable, Codable {
  /// File name without its folder.
  public var name: String
  /// SHA-256 of the file, lower-case hexadecimal.
  public var sha256: String

  public init(name: String, sha256: String) {
    self.name = name
    self.sha256 = sha256
  }
}

/// The part of a recipe that is missing in a record.
public struct RecipePart: Sendable, Hashable {
  /// Tags of the model, or of the head that replaces its own, and their curve.
  public var hasTags: Bool
  public var embeddings: [EmbeddingKind]
  public var addedHeads: [HeadIdentity]

  public init(hasTags: Bool, embeddings: [EmbeddingKind], addedHeads: [HeadIdentity]) {
    self.hasTags = hasTags
    self.embeddings = embeddings
    self.addedHeads = addedHeads
  }
}

extension RecordRecipe {
  /// The whole recipe.
  public var whole: RecipePart {
    RecipePart(hasTags: settings.tags != nil, embeddings: settings.embeddings, addedHeads: addedHeads)
  }

  /// The part of this recipe that is missing in a record with an earlier recipe. Nil if adding values is not enough,
  /// because the earlier recipe contains something that this one does not, or has a different value for the same
  /// setting.
  public func part(missingIn earlier: RecordRecipe) -> RecipePart? {
    guard settings.windows == earlier.settings.windows,
      settings.audioStream == earlier.settings.audioStream, downmix == earlier.downmix,
      resampling == earlier.resampling,
      earlier.settings.tags == nil || earlier.settings.tags == settings.tags,
      Set(earlier.settings.embeddings).isSubset(of: settings.embeddings),
      Set(earlier.addedHeads).isSubset(of: addedHeads)
    else { return nil }
    return RecipePart(
      hasTags: settings.tags != nil && earlier.settings.tags == nil,
      embeddings: settings.embeddings.filter { !earlier.settings.embeddings.contains($0) },
      addedHeads: addedHeads.filter { !earlier.addedHeads.contains($0) })
  }

  /// Human-readable differences between this recipe and that of existing records; empty if there are none.
  public func differences(from there: RecordRecipe) -> [String] {
    let (mine, theirs) = (settings, there.settings)
    var facts: [(String, String, String)] = [
      ("windows", mine.windows.words, theirs.windows.words),
      ("audio stream", "\(mine.audioStream)", "\(theirs.audioStream)"),
      ("downmix", downmix, there.downmix), ("resampling", resampling, there.resampling),
      ("embeddings", Self.words(mine.embeddings.map(\.name)), Self.words(theirs.embeddings.map(\.name))),
      ("added heads", Self.words(addedHeads), Self.words(there.addedHeads)),
    ]
    switch (mine.tags, theirs.tags) {
    case (let mine?, let theirs?):
      facts += [
        ("labels", "\(mine.count)", "\(theirs.count)"),
        ("threshold", "\(mine.threshold)", "\(theirs.threshold)"),
        ("activations over windows", mine.aggregation.rawValue, theirs.aggregation.rawValue),
        ("curve", mine.hasCurve ? "recorded" : "none", theirs.hasCurve ? "recorded" : "none"),
      ]
    case (nil, _?), (_?, nil):
      facts.append(("tags", mine.tags == nil ? "none" : "recorded", theirs.tags == nil ? "none" : "recorded"))
    case (nil, nil): break
    }
    return facts.filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1) (there \($0.2))" }
  }

  private static func words(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.joined(separator: ", ")
  }

  private static func words(_ heads: [HeadIdentity]) -> String {
    words(heads.map { "\($0.name) (\($0.sha256.prefix(12)))" })
  }
}

extension WindowSelection {
  /// "every 2.0 s, the rest repeated, from 30.0 s".
  var words: String {
    let rest =
      switch lastPatchMode {
      case .discard: ""
      case .repeat: ", the rest repeated"
      case .end: ", one more up to the end"
      }
    guard let range else { return placementWords + rest }
    return placementWords + rest + ", from \(range.start) s" + (range.end.map { " to \($0) s" } ?? "")
  }

  /// "every 2.0 s"; part of the digest of settings: must never change.
  var placementWords: String {
    switch placement {
    case .everyHop(.standard): "every hop"
    case .everyHop(.frames(let count)): "every \(count) frames"
    case .everyHop(.seconds(let seconds)): "every \(seconds) s"
    case .evenlySpaced(let count): "\(count) evenly spaced"
    case .at(let places): "at \(places.map(\.description).joined(separator: " "))"
    }
  }
}
