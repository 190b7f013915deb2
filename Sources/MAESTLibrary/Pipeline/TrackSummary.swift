import MAEST
import MAESTTensor

/// What is the same for all records of a run.
struct RecordPlan: Sendable {
  let settings: AnnotationSettings
  let labels: [String]
  let provenance: RecordProvenance
  /// That the model hears.
  let sampleRate: Int
}

/// What a track's patches add up to, one after the other in order of time.
struct TrackSummary: Sendable {
  private let plan: RecordPlan
  private var activations: ActivationAccumulator
  private var embeddings: [(kind: EmbeddingKind, accumulator: EmbeddingAccumulator)]
  private var spans: [PatchSpan] = []
  /// `[patch][label]`, for the curve.
  private var rows: [[Float]] = []

  init(_ plan: RecordPlan) {
    self.plan = plan
    activations = ActivationAccumulator(plan.settings.tags?.aggregation ?? .mean)
    embeddings = plan.settings.embeddings.map { ($0, EmbeddingAccumulator($0)) }
  }

  /// Takes the next patch.
  mutating func add(_ result: PatchAnalysis) {
    if plan.settings.hasPatchValues {
      spans.append(PatchSpan(start: result.patch.startTime, end: result.patch.endTime))
    }
    if plan.settings.tags != nil, let values = result.output.activations?.elements {
      activations.add(values)
      if plan.settings.tags?.hasCurve == true { rows.append(values) }
    }
    for index in embeddings.indices {
      guard let embedding = result.embeddings[embeddings[index].kind] else { continue }
      embeddings[index].accumulator.add(embedding)
    }
  }

  /// Puts all of it into the track's record.
  func complete(_ record: inout TrackRecord) {
    if plan.settings.hasPatchValues { record.patches = spans }
    if let tags = plan.settings.tags, let activations = activations.activations {
      let places = Tag.topPlaces(tags.count, of: activations, threshold: tags.threshold)
      record.tags = places.map { RecordedTag(label: plan.labels[$0], activation: activations[$0]) }
      if tags.hasCurve {
        record.curve = RecordedCurve(
          labels: places.map { plan.labels[$0] }, activations: rows.map { row in places.map { row[$0] } })
      }
    }
    guard !embeddings.isEmpty else { return }
    record.embeddings = Dictionary(
      embeddings.compactMap { kind, accumulator in
        accumulator.embedding.map { (kind.name, RecordedEmbedding($0)) }
      }, uniquingKeysWith: { first, _ in first })
  }
}

extension TrackRecord {
  /// Whether no value is NaN or infinite, which neither JSON nor a database can tell.
  var hasFiniteValues: Bool {
    (tags ?? []).allSatisfy { $0.activation.isFinite }
      && (curve?.activations ?? []).allSatisfy { $0.allSatisfy(\.isFinite) }
      && (embeddings ?? [:]).values.allSatisfy { $0.values.allSatisfy(\.isFinite) }
  }
}
