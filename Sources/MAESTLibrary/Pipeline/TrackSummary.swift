import MAEST
import MAESTTensor

/// What all records of a run have in common.
struct RecordPlan: Sendable {
  let settings: AnnotationSettings
  /// The part of the settings to compute.
  var part: RecipePart
  let labels: [String]
  /// All heads that can be computed, by identity.
  let addedHeads: [HeadIdentity: ClassificationHeadModel]
  let provenance: RecordProvenance
  /// Number of encoder blocks. Heads take the tokens of the last one.
  let layerCount: Int
  /// The model's sample rate, in hertz.
  let sampleRate: Int

  private var headTokens: Tap { .blockOutput(layer: layerCount) }

  /// The values to request from the network.
  var request: AnalysisRequest {
    var taps: Set<Tap> = part.hasTags ? [.logits] : []
    if !part.addedHeads.isEmpty { taps.insert(headTokens) }
    return AnalysisRequest(taps: taps, embeddings: part.embeddings, windows: settings.windows)
  }

  /// The request for a track: of the part of its file that a CUE sheet says.
  func request(for track: Track) -> AnalysisRequest {
    var request = request
    if let range = track.range { request.windows = request.windows.within(range) }
    return request
  }

  /// Returns the activations `[label]` of a patch by each added head of the part.
  func headActivations(_ result: PatchAnalysis) throws -> [HeadIdentity: [Float]] {
    guard !part.addedHeads.isEmpty, let tokens = result.output[headTokens] else { return [:] }
    return try part.addedHeads.reduce(into: [:]) { activations, identity in
      activations[identity] = try addedHeads[identity]?(tokens).activations.elements
    }
  }

  /// Whether a record has values of single patches.
  var hasPatchValues: Bool {
    part.hasTags && settings.tags?.hasCurve == true || part.embeddings.contains { $0.overWindows == nil }
  }
}

/// Values of the network and of the added heads for a patch.
struct PatchValues: Sendable {
  let analysis: PatchAnalysis
  /// `[label]`
  let headActivations: [HeadIdentity: [Float]]
}

/// Accumulates the values of a track's patches, in order of time.
struct TrackSummary: Sendable {
  private let plan: RecordPlan
  private var activations: ActivationAccumulator
  private var headActivations: [HeadIdentity: ActivationAccumulator] = [:]
  private var embeddings: [(kind: EmbeddingKind, accumulator: EmbeddingAccumulator)]
  private var spans: [PatchSpan] = []
  /// Activations `[patch][label]`, for the curve.
  private var rows: [[Float]] = []

  init(_ plan: RecordPlan) {
    self.plan = plan
    activations = ActivationAccumulator(plan.settings.tags?.aggregation ?? .mean)
    embeddings = plan.part.embeddings.map { ($0, EmbeddingAccumulator($0)) }
  }

  /// Adds the next patch.
  mutating func add(_ values: PatchValues) {
    let result = values.analysis
    if plan.hasPatchValues {
      spans.append(PatchSpan(start: result.patch.startTime, end: result.patch.endTime))
    }
    for (head, values) in values.headActivations {
      headActivations[head, default: ActivationAccumulator(plan.settings.tags?.aggregation ?? .mean)].add(
        values)
    }
    if plan.part.hasTags, let values = result.output.activations?.elements {
      activations.add(values)
      if plan.settings.tags?.hasCurve == true { rows.append(values) }
    }
    for index in embeddings.indices {
      guard let embedding = result.embeddings[embeddings[index].kind] else { continue }
      embeddings[index].accumulator.add(embedding)
    }
  }

  /// Stores the accumulated values in the track's record.
  func complete(_ record: inout TrackRecord) {
    if plan.hasPatchValues { record.patches = spans }
    completeHeads(&record)
    if plan.part.hasTags, let tags = plan.settings.tags, let activations = activations.activations {
      let places = LabelActivation.topPlaces(tags.count, of: activations, threshold: tags.threshold)
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

extension TrackSummary {
  private func completeHeads(_ record: inout TrackRecord) {
    for identity in plan.part.addedHeads {
      guard let head = plan.addedHeads[identity], let activations = headActivations[identity]?.activations
      else {
        continue
      }
      let tags = plan.settings.tags ?? AnnotationSettings.Tags()
      let places = LabelActivation.topPlaces(tags.count, of: activations, threshold: tags.threshold)
      record.heads = record.heads ?? [:]
      record.heads?[identity.name] = RecordedHead(
        sha256: identity.sha256,
        tags: places.map { RecordedTag(label: head.labels[$0], activation: activations[$0]) })
    }
  }
}

extension TrackRecord {
  /// Whether all values are finite. Neither JSON nor the database can store NaN or infinity.
  var hasFiniteValues: Bool {
    (tags ?? []).allSatisfy { $0.activation.isFinite }
      && (heads ?? [:]).values.allSatisfy { $0.tags.allSatisfy(\.activation.isFinite) }
      && (curve?.activations ?? []).allSatisfy { $0.allSatisfy(\.isFinite) }
      && (embeddings ?? [:]).values.allSatisfy { $0.values.allSatisfy(\.isFinite) }
  }
}
