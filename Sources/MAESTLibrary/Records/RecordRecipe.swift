public import MAEST

/// What was asked for of each track: with the model, its head and the precision, all that decides a record's numbers.
///
/// Records carry it, so that a later run into the same output can go on with it.
public struct RecordRecipe: Sendable, Hashable {
  /// Tags, embeddings and windows.
  public var settings: AnnotationSettings
  /// Classification heads whose tags are recorded beside those of the model or of the head in its place, by name.
  public var addedHeads: [HeadIdentity]
  /// How channels become one, as in `Downmix`.
  public var downmix: String
  /// The converter for other sample rates, as in `ResampleQuality`.
  public var resampling: String

  /// Heads and embeddings are sorted by name: their order decides nothing.
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

/// A classification head in a file of its own.
public struct HeadIdentity: Sendable, Hashable, Codable {
  /// Of the file, without its folder.
  public var name: String
  /// Of its contents, lower-case hexadecimal.
  public var sha256: String

  public init(name: String, sha256: String) {
    self.name = name
    self.sha256 = sha256
  }
}

/// What of a recipe a record still lacks.
public struct RecipePart: Sendable, Hashable {
  /// Tags of the model, or of the head in its place, with their curve.
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
  /// All of it.
  public var whole: RecipePart {
    RecipePart(hasTags: settings.tags != nil, embeddings: settings.embeddings, addedHeads: addedHeads)
  }

  /// What a record made by an earlier recipe lacks to be one of this recipe; nil where it cannot become one by adding
  /// to it: it has something that this one has not, or another way.
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

  /// In words, what differs between this recipe and that of records that are there; empty where nothing does.
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

  /// "every 2.0 s"; part of the digest of settings, and so never to change.
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
