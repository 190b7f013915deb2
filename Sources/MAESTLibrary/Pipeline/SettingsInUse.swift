public import MAEST

/// The settings of the records in an output. They determine the settings of the next run.
public struct SettingsInUse: Sendable {
  /// The model of a run, as in records.
  public struct Model: Sendable, Hashable {
    public var name: String
    public var sha256: String
    /// ``RecordProvenance/precision``
    public var precision: String

    public init(name: String, sha256: String, precision: String) {
      self.name = name
      self.sha256 = sha256
      self.precision = precision
    }

    public init(_ model: MAESTModel) {
      let source = model.description.provenance
      self.init(
        name: source.sourceName, sha256: source.sourceSHA256, precision: model.precision.rawValue)
    }
  }

  private let groups: [ProvenanceCount]

  public init(of output: any RecordLookup) throws { groups = try output.provenances() }

  /// Whether there are no records.
  public var isEmpty: Bool { groups.isEmpty }

  /// The model of the records; nil if there are several models.
  public var model: Model? {
    let models = Set(groups.map(\.model))
    return models.count == 1 ? models.first : nil
  }

  /// Decides a run's settings.
  ///
  /// - Throws: ``SettingsError``.
  public func decide(
    _ wishes: AnnotationWishes, model: Model, _ existing: ExistingRecords
  ) throws(SettingsError) -> SettingsDecision {
    let candidates = maximal(filledIn(wishes))
    guard !candidates.isEmpty else { return Self.fresh(wishes) }
    switch existing {
    case .kept: return try keep(candidates, wishes, model)
    case .extended: return try extend(candidates, wishes, model)
    case .replaced: return replace(candidates, wishes, model)
    }
  }

  private static func fresh(_ wishes: AnnotationWishes) -> SettingsDecision {
    SettingsDecision(
      settings: wishes.settings(), head: wishes.heads.first, addedHeads: Array(wishes.heads.dropFirst()),
      downmix: wishes.downmix ?? .mix)
  }

  // MARK: - Candidates

  /// Fills in the recipe of records of earlier versions, which have only a digest: the run's recipe or the default one,
  /// if its digest is equal.
  private func filledIn(_ wishes: AnnotationWishes) -> [ProvenanceCount] {
    let known = [wishes.recipe] + RecordRecipe.usual
    return groups.map { ProvenanceCount(provenance: $0.provenance.filledIn(from: known), count: $0.count) }
  }

  /// The groups that no other group includes.
  private func maximal(_ groups: [ProvenanceCount]) -> [ProvenanceCount] {
    groups.filter { group in
      !groups.contains { other in
        other.provenance.settings != group.provenance.settings
          && other.provenance.part(missingIn: group.provenance) != nil
      }
    }
  }

  // MARK: - Decisions

  private func keep(
    _ candidates: [ProvenanceCount], _ wishes: AnnotationWishes, _ model: Model
  ) throws(SettingsError) -> SettingsDecision {
    let fitting = candidates.filter {
      Self.differences($0, wishes, model).isEmpty && $0.provenance.recipe != nil
    }
    guard let group = fitting.first else { throw refusal(candidates, wishes, model) }
    guard fitting.count == 1 else { throw .ambiguous(settings: candidates.map(\.words)) }
    return SettingsDecision(
      settings: group.recipe.settings, head: group.provenance.headIdentity,
      addedHeads: group.recipe.addedHeads, downmix: group.recipe.knownDownmix,
      isBesideOthers: candidates.count > 1)
  }

  private func refusal(
    _ candidates: [ProvenanceCount], _ wishes: AnnotationWishes, _ model: Model
  ) -> SettingsError {
    guard candidates.count == 1, let group = candidates.first else {
      return .ambiguous(settings: candidates.map(\.words))
    }
    let differences = Self.differences(group, wishes, model)
    if group.provenance.recipe == nil, group.model == model {
      return .unknown(
        recordCount: group.count, found: group.provenance.settings,
        expected: wishes.recipe.digest(
          modelSHA256: model.sha256, headSHA256: wishes.heads.first?.sha256,
          precision: RecordedPrecision.digested(model.precision)))
    }
    return .differ(differences: differences, recordCount: group.count)
  }

  private func extend(
    _ candidates: [ProvenanceCount], _ wishes: AnnotationWishes, _ model: Model
  ) throws(SettingsError) -> SettingsDecision {
    var extended: [SettingsDecision] = []
    for group in candidates where group.model == model && group.provenance.recipe != nil {
      let recipe = group.recipe(extendedBy: wishes)
      guard recipe.part(missingIn: group.recipe) != nil else { continue }
      extended.append(
        SettingsDecision(
          settings: recipe.settings, head: group.provenance.headIdentity, addedHeads: recipe.addedHeads,
          downmix: recipe.knownDownmix, isBesideOthers: candidates.count > 1))
    }
    guard let decision = extended.first else {
      guard candidates.count == 1, let group = candidates.first else {
        throw .ambiguous(settings: candidates.map(\.words))
      }
      guard group.provenance.recipe != nil else { throw refusal(candidates, wishes, model) }
      throw .cannotAdd(
        differences: group.modelDifferences(model)
          + group.recipe(extendedBy: wishes).differences(from: group.recipe))
    }
    guard extended.count == 1 else { throw .ambiguous(settings: candidates.map(\.words)) }
    return decision
  }

  private func replace(
    _ candidates: [ProvenanceCount], _ wishes: AnnotationWishes, _ model: Model
  ) -> SettingsDecision {
    guard candidates.count == 1, let group = candidates.first, group.provenance.recipe != nil else {
      return Self.fresh(wishes)
    }
    guard wishes.heads.isEmpty else {
      var decision = Self.fresh(wishes)
      decision.settings = wishes.settings(basedOn: group.recipe.settings)
      decision.downmix = wishes.downmix ?? group.recipe.knownDownmix
      return decision
    }
    return SettingsDecision(
      settings: wishes.settings(basedOn: group.recipe.settings), head: group.provenance.headIdentity,
      addedHeads: group.recipe.addedHeads, downmix: wishes.downmix ?? group.recipe.knownDownmix)
  }

  /// Differences between a run's settings and those of a group of records.
  private static func differences(
    _ group: ProvenanceCount, _ wishes: AnnotationWishes, _ model: Model
  ) -> [String] {
    let there = group.recipe
    var mine = there
    mine.settings = RecordRecipe(settings: wishes.settings(basedOn: there.settings)).settings
    mine.downmix = wishes.downmixName(basedOn: there.downmix)
    let heads = [group.provenance.headIdentity].compactMap(\.self) + there.addedHeads
    let others = wishes.heads.filter { !heads.contains($0) }.map(\.words)
    return group.modelDifferences(model) + mine.differences(from: there)
      + others.map {
        "head \($0) (there \(heads.isEmpty ? "the model's own" : heads.map(\.words).joined(separator: ", ")))"
      }
  }
}

extension ProvenanceCount {
  fileprivate var model: SettingsInUse.Model {
    SettingsInUse.Model(
      name: provenance.model, sha256: provenance.modelSHA256,
      precision: RecordedPrecision.name(provenance.precision))
  }

  /// The recipe; the default one for records of earlier versions whose recipe is unknown.
  fileprivate var recipe: RecordRecipe {
    provenance.recipe ?? RecordRecipe(settings: AnnotationSettings())
  }

  fileprivate func recipe(extendedBy wishes: AnnotationWishes) -> RecordRecipe {
    let known = provenance.headIdentity
    return RecordRecipe(
      settings: wishes.settings(addedTo: recipe.settings),
      addedHeads: recipe.addedHeads + wishes.heads.filter { $0 != known },
      downmix: wishes.downmixName(basedOn: recipe.downmix), resampling: recipe.resampling)
  }

  fileprivate func modelDifferences(_ other: SettingsInUse.Model) -> [String] {
    var differences: [String] = []
    if other.sha256 != model.sha256 {
      differences.append(
        "model \(other.name) \(other.sha256.prefix(12)) (there \(model.name) \(model.sha256.prefix(12)))")
    }
    if other.precision != model.precision {
      differences.append("precision \(other.precision) (there \(model.precision))")
    }
    return differences
  }

  fileprivate var words: String { "\(count) of \(provenance.words)" }
}

extension RecordRecipe {
  /// Recipes to try for records of earlier versions, which have only a digest.
  static let usual = [RecordRecipe(settings: AnnotationSettings())]

  /// The downmix; the usual one for a name that this version does not know, which the run's own check then refuses.
  fileprivate var knownDownmix: Downmix { Downmix(rawValue: downmix) ?? .mix }
}

extension HeadIdentity {
  fileprivate var words: String { "\(name) \(sha256.prefix(12))" }
}

extension RecordProvenance {
  /// The head that replaces the model's own.
  public var headIdentity: HeadIdentity? {
    headSHA256.map { HeadIdentity(name: head ?? "", sha256: $0) }
  }

  /// Returns a copy with a recipe: the first of `recipes` that has the digest. Unchanged if there is one already.
  func filledIn(from recipes: [RecordRecipe]) -> RecordProvenance {
    guard recipe == nil else { return self }
    var filled = self
    filled.recipe = recipes.first {
      $0.digest(
        modelSHA256: modelSHA256, headSHA256: headSHA256,
        precision: RecordedPrecision.digested(RecordedPrecision.name(precision))) == settings
    }
    return filled
  }

  /// What to add to a record of an earlier provenance to get one of this provenance; nil if that is not possible.
  func part(missingIn earlier: RecordProvenance) -> RecipePart? {
    guard modelSHA256 == earlier.modelSHA256, headSHA256 == earlier.headSHA256,
      RecordedPrecision.name(precision) == RecordedPrecision.name(earlier.precision), let recipe,
      let other = earlier.recipe
    else { return nil }
    return recipe.part(missingIn: other)
  }

  /// Differences from the provenance of existing records, as texts for people.
  func differences(from there: ProvenanceCount) -> [String] {
    var differences = there.modelDifferences(
      SettingsInUse.Model(
        name: model, sha256: modelSHA256, precision: RecordedPrecision.name(precision)))
    if headIdentity != there.provenance.headIdentity {
      let names = [headIdentity, there.provenance.headIdentity].map { $0?.words ?? "the model's own" }
      differences.append("head \(names[0]) (there \(names[1]))")
    }
    guard let recipe, let other = there.provenance.filledIn(from: RecordRecipe.usual).recipe else {
      return differences + ["settings \(settings) (there \(there.provenance.settings))"]
    }
    return differences + recipe.differences(from: other)
  }

  /// "model m.pb 0123456789ab, precision exact, tags 10, embeddings ..., windows every hop".
  var words: String {
    var parts = [
      "model \(model) \(modelSHA256.prefix(12))", "precision \(RecordedPrecision.name(precision))",
    ]
    if let head = headIdentity { parts.append("head \(head.name)") }
    if let recipe {
      parts.append(recipe.settings.tags.map { "\($0.count) labels" } ?? "no tags")
      parts += recipe.settings.embeddings.map(\.name)
      parts += recipe.addedHeads.map { "added head \($0.name)" }
      parts.append("windows \(recipe.settings.windows.words)")
    } else {
      parts.append("settings \(settings)")
    }
    return parts.joined(separator: ", ")
  }
}
