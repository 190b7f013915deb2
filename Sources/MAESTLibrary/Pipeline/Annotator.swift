import Foundation
public import MAEST

/// Annotates a library of tracks. Several tracks are decoded in parallel, ahead of the network. The network processes
/// the patches of all tracks in the order in which they are ready. Each record is written as soon as it is complete.
///
/// ```swift
/// let model = try MAESTModel(path: "discogs-maest-30s-pw-2.safetensors", options: EngineOptions(threadCount: 1))
/// let annotator = try Annotator(model: model, jobs: 8)
/// let output = try JSONLinesFile(path: "library.jsonl")
/// let found = try TrackSearch([.path("/music")]).run()
/// let plan = try AnnotationPlan(found.tracks, given: output, provenance: annotator.provenance)
/// try annotator.run(plan, into: output)
/// ```
///
/// Memory use grows with the number of jobs and with the paths of the tracks. It does not depend on the length of the
/// tracks, unless values of single patches are recorded. Records are independent of the number of jobs and threads.
public struct Annotator: Sendable {
  /// The provenance that all records of a run have.
  public let provenance: RecordProvenance
  /// Number of tracks decoded in parallel.
  public let jobs: Int
  /// Number of lanes: threads that run the network in parallel, each on a few patches at a time.
  public let laneCount: Int

  /// Allowed numbers of jobs and of lanes. Each job and each lane has its own thread.
  package static let jobCounts = 1...1024

  let model: MAESTModel
  let head: ClassificationHeadModel?
  let loader: AudioLoader
  private let plan: RecordPlan

  /// - Parameters:
  ///   - model: used by `laneCount` threads in parallel, each with the thread count that the model was loaded with.
  ///   - head: replaces the model's own head.
  ///   - addedHeads: heads whose tags are recorded in addition.
  ///   - settings: what to record.
  ///   - loader: how to decode files; its sample rate is replaced by the model's, and its audio stream by that of the
  ///     settings.
  ///   - jobs: number of tracks decoded in parallel, one thread each, 1 to 1024.
  ///   - laneCount: number of threads that run the network in parallel, each on a few patches, 1 to 1024; nil:
  ///     `jobs`.
  /// - Throws: ``AnnotatorError``; `ModelError` for settings that the model does not support, `AudioError` for
  ///   invalid windows, ``SettingsError/invalidTags(count:threshold:)``.
  public init(
    model: MAESTModel, head: ClassificationHeadModel? = nil, addedHeads: [ClassificationHeadModel] = [],
    settings: AnnotationSettings = AnnotationSettings(),
    loader: AudioLoader = AudioLoader(decodingTimeLimit: .seconds(600)), jobs: Int,
    laneCount: Int? = nil
  ) throws {
    guard Self.jobCounts.contains(jobs) else { throw AnnotatorError.invalidJobCount(jobs) }
    let laneCount = laneCount ?? jobs
    guard Self.jobCounts.contains(laneCount) else { throw AnnotatorError.invalidLaneCount(laneCount) }
    if let tags = settings.tags, !tags.threshold.isFinite || tags.count < 1 {
      throw SettingsError.invalidTags(count: tags.count, threshold: tags.threshold)
    }
    let heads = Dictionary(addedHeads.map { ($0.identity, $0) }, uniquingKeysWith: { $1 })
    let recipe = RecordRecipe(
      settings: settings, addedHeads: Array(heads.keys), downmix: loader.downmix.rawValue,
      resampling: "\(loader.resampleQuality)")
    provenance = RecordProvenance(model: model, head: head, recipe: recipe)
    plan = RecordPlan(
      settings: settings, part: recipe.whole, labels: head?.labels ?? model.labels, addedHeads: heads,
      provenance: provenance, layerCount: model.configuration.blockCount, sampleRate: model.sampleRate)
    // Refuse unsupported requests before opening any file.
    try PatchAnalyzer.check(plan.request, model.configuration, head: head)
    for added in addedHeads { try PatchAnalyzer.check(plan.request, model.configuration, head: added) }
    _ = try model.windowLayout(plan.request)
    self.model = model
    self.head = head
    var loader = loader
    loader.audioStream = settings.audioStream
    self.loader = loader
    self.jobs = jobs
    self.laneCount = laneCount
  }

  /// Analyses the tracks of a plan, until all are done or `stop` is requested.
  ///
  /// - Parameters:
  ///   - plan: made for ``provenance`` and `output`.
  ///   - output: receives the records in batches, also those of tracks that failed. A failure does not replace
  ///     annotations of the same file contents: the error is added to the existing record.
  ///   - isBesideOthers: whether the output may contain records with other settings.
  ///   - stop: ends the run early. Incomplete tracks then get no record.
  ///   - progress: receives the counts.
  ///   - recorded: called on the caller's thread after each batch is written, with the tracks' outcomes.
  /// - Throws: ``SettingsError/differ(differences:recordCount:)``, before any work starts; errors of the output;
  ///   nothing is written after such an error.
  public func run(
    _ plan: AnnotationPlan, into output: any RecordOutput, isBesideOthers: Bool = false,
    stop: StopRequest = StopRequest(), progress: AnnotationProgress = AnnotationProgress(),
    recorded: ([TrackRecord]) throws -> Void = { _ in }
  ) throws {
    if !isBesideOthers, !plan.repetition.contains(.otherSettings) { try requireSettings(of: output) }
    try refresh(plan.refreshed, in: output)
    for (part, items) in plan.groups where !stop.isRequested {
      let keeper = RecordKeeper(output, isAdding: part != nil)
      let rest = try run(
        TrackSupply(items.map(\.track)), part, plan.knownSounds, into: keeper, stop, progress, recorded)
      if rest.isEmpty || stop.isRequested { continue }
      _ = try run(TrackSupply(rest), part, KnownSounds(), into: keeper, stop, progress, recorded)
    }
    try output.finish()
  }

  /// Analyses tracks from a supply, into an output that has no records of them.
  ///
  /// - Throws: as ``run(_:into:isBesideOthers:stop:progress:recorded:)``; errors of `tracks`, after all tracks before
  ///   the error are recorded.
  public func run(
    _ tracks: TrackSupply, into output: any RecordOutput, stop: StopRequest = StopRequest(),
    progress: AnnotationProgress = AnnotationProgress(), recorded: ([TrackRecord]) throws -> Void = { _ in }
  ) throws {
    try requireSettings(of: output)
    let keeper = RecordKeeper(output, isAdding: false)
    _ = try run(tracks, nil, KnownSounds(), into: keeper, stop, progress, recorded)
    try output.finish()
  }

  /// - Parameters:
  ///   - part: what to add to existing records; nil: make new records.
  ///   - knownSounds: what moved and retagged tracks are recognised by.
  /// - Returns: tracks that were recognised, but whose numbers could not be kept: they have no record yet.
  private func run(
    _ tracks: TrackSupply, _ part: RecipePart?, _ knownSounds: KnownSounds, into keeper: RecordKeeper,
    _ stop: StopRequest, _ progress: AnnotationProgress, _ recorded: ([TrackRecord]) throws -> Void
  ) throws -> [Track] {
    var plan = plan
    plan.part = part ?? plan.part
    let run = AnnotationRun(self, plan, tracks, knownSounds: knownSounds, stop: stop, progress: progress)
    var unrecognized: [Track] = []
    try run.start()
    do {
      while let outcomes = run.nextOutcomes() {
        let batch = try keeper.write(outcomes)
        unrecognized += batch.unrecognized
        progress.add(batch)
        try recorded(batch.outcomes)
      }
    } catch {
      run.abandon()
      throw error
    }
    if let error = run.supplyError { throw error }
    return unrecognized
  }

  /// Throws if the output has annotations that neither have the run's settings nor can be extended to them.
  private func requireSettings(of output: any RecordLookup) throws {
    for group in try output.provenances() where group.provenance.settings != provenance.settings {
      guard provenance.part(missingIn: group.provenance.filledIn(from: RecordRecipe.usual)) == nil else {
        continue
      }
      throw SettingsError.differ(differences: provenance.differences(from: group), recordCount: group.count)
    }
  }

  /// Updates the file state in records whose file contents are unchanged, and adds the recipe if it is missing.
  private func refresh(
    _ refreshed: [(track: Track, file: FileState)], in output: any RecordOutput
  ) throws {
    let batchLength = 64
    for start in stride(from: 0, to: refreshed.count, by: batchLength) {
      let batch = refreshed[start..<min(start + batchLength, refreshed.count)]
      try output.write(
        batch.compactMap { track, file in
          var record = try output.record(ofTrack: track.path)
          record?.file = file
          if record?.provenance.settings == provenance.settings {
            record?.provenance.recipe = provenance.recipe
          }
          return record
        })
    }
  }
}

extension ClassificationHeadModel {
  /// The head's name and digest, as in records.
  public var identity: HeadIdentity { HeadIdentity(name: name, sha256: digest) }
}
