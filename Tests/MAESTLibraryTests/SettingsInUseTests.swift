import MAEST
import MAESTLibrary
import Testing

/// How a run goes on with the records that are there.
@Suite struct SettingsInUseTests {
  private static let model = SettingsInUse.Model(name: "m.pb", sha256: "ab", precision: "exact")
  private static let head = HeadIdentity(name: "head.pb", sha256: "cd")
  private static let seventh = EmbeddingKind(.blockOutput(layer: 7), .meanOfThree)
  private static let ninth = EmbeddingKind(.blockOutput(layer: 9), .meanOfThree)

  /// A record of each recipe.
  private func settings(
    _ recipes: [RecordRecipe?], head: HeadIdentity? = nil, precision: String = "exact"
  ) throws -> SettingsInUse {
    let output = RecordList()
    for (number, recipe) in recipes.enumerated() {
      var record = smallRecord("\(number)")
      record.provenance = RecordProvenance(
        engine: "1", model: "m.pb", modelSHA256: "ab", head: head?.name, headSHA256: head?.sha256,
        precision: precision, settings: recipe.map { "\($0)" } ?? "unknown", recipe: recipe)
      output.write([record])
    }
    return try SettingsInUse(of: output)
  }

  private static let usual = RecordRecipe(
    settings: AnnotationSettings(
      tags: .init(count: 20, aggregation: .max, hasCurve: true), embeddings: [seventh],
      windows: .everyHop(.seconds(2))))

  private func wishes(_ change: (inout AnnotationWishes) -> Void) -> AnnotationWishes {
    var wishes = AnnotationWishes()
    change(&wishes)
    return wishes
  }

  @Test(arguments: ExistingRecords.allCases)
  func `without records there is what is asked for, and the default`(existing: ExistingRecords) throws {
    let wishes = wishes {
      $0.labelCount = 3
      $0.embeddings = [Self.ninth]
      $0.heads = [Self.head, HeadIdentity(name: "more.pb", sha256: "ef")]
    }
    let decision = try settings([]).decide(wishes, model: Self.model, existing)
    #expect(decision.settings == AnnotationSettings(tags: .init(count: 3), embeddings: [Self.ninth]))
    #expect(decision.head == Self.head && decision.addedHeads.map(\.name) == ["more.pb"])
  }

  @Test func `a run that names nothing, or the same, goes on with what is there`() throws {
    for wishes in [
      AnnotationWishes(), wishes { $0.labelCount = 20 }, wishes { $0.embeddings = [Self.seventh] },
      wishes {
        $0.windows = .everyHop(.seconds(2))
        $0.hasCurve = true
        $0.heads = [Self.head]
      },
    ] {
      for existing in ExistingRecords.allCases {
        let decision = try settings([Self.usual, Self.usual], head: Self.head).decide(
          wishes, model: Self.model, existing)
        #expect(decision.settings == Self.usual.settings)
        if existing != .replaced || wishes.heads.isEmpty { #expect(decision.head == Self.head) }
        #expect(!decision.isBesideOthers)
      }
    }
  }

  @Test func `a run that names others is refused with the difference in words`() throws {
    let cases: [(AnnotationWishes, String)] = [
      (wishes { $0.labelCount = 5 }, "labels 5 (there 20)"),
      (wishes { $0.threshold = 0.5 }, "threshold 0.5 (there 0.0)"),
      (wishes { $0.aggregation = .mean }, "activations over windows mean (there max)"),
      (wishes { $0.hasCurve = false }, "curve none (there recorded)"),
      (wishes { $0.hasTags = false }, "tags none (there recorded)"),
      (wishes { $0.embeddings = [] }, "embeddings none (there layer07.blockOutput.mean3)"),
      (
        wishes { $0.embeddings = [Self.ninth] },
        "embeddings layer09.blockOutput.mean3 (there layer07.blockOutput.mean3)"
      ),
      (wishes { $0.audioStream = 2 }, "audio stream 2 (there 1)"),
      (wishes { $0.windows = .evenlySpaced(3) }, "windows 3 evenly spaced (there every 2.0 s)"),
      (wishes { $0.heads = [Self.head] }, "head head.pb cd (there the model's own)"),
    ]
    for (wishes, difference) in cases {
      #expect(throws: SettingsError.differ(differences: [difference], recordCount: 1)) {
        try settings([Self.usual]).decide(wishes, model: Self.model, .kept)
      }
    }
    let others = [
      ("ef", "exact", "model n.pb ef (there m.pb ab)"), ("ab", "int16", "precision int16 (there exact)"),
    ]
    for (sha256, precision, difference) in others {
      let model = SettingsInUse.Model(name: "n.pb", sha256: sha256, precision: precision)
      #expect(throws: SettingsError.differ(differences: [difference], recordCount: 1)) {
        try settings([Self.usual]).decide(AnnotationWishes(), model: model, .kept)
      }
      #expect(throws: SettingsError.self) {
        try settings([Self.usual]).decide(AnnotationWishes(), model: model, .extended)
      }
    }
  }

  @Test func `what is added is beside what is there`() throws {
    let added = try settings([Self.usual]).decide(
      wishes {
        $0.embeddings = [Self.ninth]
        $0.heads = [Self.head]
      }, model: Self.model, .extended)
    #expect(Set(added.settings.embeddings) == [Self.seventh, Self.ninth])
    #expect(added.settings.tags == Self.usual.settings.tags && added.head == nil)
    #expect(added.addedHeads == [Self.head])
    let bare = RecordRecipe(settings: AnnotationSettings(tags: nil, embeddings: [Self.seventh]))
    let tags = try settings([bare]).decide(wishes { $0.labelCount = 4 }, model: Self.model, .extended)
    #expect(tags.settings.tags == .init(count: 4) && tags.settings.embeddings == [Self.seventh])
    #expect(
      throws: SettingsError.cannotAdd(differences: ["labels 5 (there 20)"])
    ) { try settings([Self.usual]).decide(wishes { $0.labelCount = 5 }, model: Self.model, .extended) }
  }

  @Test func `a recipe with all of another goes on, and two that do not fit have to be chosen between`()
    throws
  {
    var larger = Self.usual
    larger.settings.embeddings.append(Self.ninth)
    // As when a run that added something was killed.
    let decision = try settings([Self.usual, larger]).decide(AnnotationWishes(), model: Self.model, .kept)
    #expect(Set(decision.settings.embeddings) == [Self.seventh, Self.ninth] && !decision.isBesideOthers)
    // As when a run that replaced records was killed.
    var other = Self.usual
    other.settings.tags?.count = 5
    let both = try settings([Self.usual, other])
    #expect {
      try both.decide(AnnotationWishes(), model: Self.model, .kept)
    } throws: { error in
      guard case .ambiguous(let settings) = error as? SettingsError else { return false }
      return settings.count == 2
    }
    let chosen = try both.decide(wishes { $0.labelCount = 5 }, model: Self.model, .kept)
    #expect(chosen.settings.tags?.count == 5 && chosen.isBesideOthers)
  }

  @Test func `records of earlier versions say no settings, unless they are the usual ones`() throws {
    let unknown = try settings([nil])
    for existing in [ExistingRecords.kept, .extended] {
      #expect {
        try unknown.decide(AnnotationWishes(), model: Self.model, existing)
      } throws: { error in
        guard case .unknown(1, "unknown", _) = error as? SettingsError else { return false }
        return true
      }
    }
    #expect(throws: Never.self) {
      try unknown.decide(AnnotationWishes(), model: Self.model, .replaced)
    }
  }

  @Test func `the downmix of the records goes on, and another is refused`() throws {
    let recorded = RecordRecipe(settings: AnnotationSettings(), downmix: Downmix.itu.rawValue)
    let inUse = try settings([recorded])
    #expect(try inUse.decide(AnnotationWishes(), model: Self.model, .kept).downmix == .itu)
    #expect(try inUse.decide(wishes { $0.downmix = .itu }, model: Self.model, .kept).downmix == .itu)
    let left = wishes { $0.downmix = .left }
    #expect(
      throws: SettingsError.differ(differences: ["downmix left (there itu)"], recordCount: 1)
    ) { try inUse.decide(left, model: Self.model, .kept) }
    #expect(throws: SettingsError.self) { try inUse.decide(left, model: Self.model, .extended) }
    #expect(try inUse.decide(left, model: Self.model, .replaced).downmix == .left)
    #expect(try settings([]).decide(left, model: Self.model, .kept).downmix == .left)
    #expect(try settings([]).decide(AnnotationWishes(), model: Self.model, .kept).downmix == .mix)
  }
}
