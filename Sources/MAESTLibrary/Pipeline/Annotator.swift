import Foundation
public import MAEST

/// Goes through a library: decodes some tracks at once, ahead of the network, which works on patches of whatever track
/// is next, and writes each track's record as soon as it is complete.
///
/// ```swift
/// let model = try MAESTModel(path: "30s-pw-519l", options: EngineOptions(threadCount: 1))
/// let annotator = try Annotator(model: model, jobs: 8)
/// let output = try JSONLinesFile(path: "library.jsonl")
/// let found = try TrackSearch([.path("/music")]).run()
/// let plan = try AnnotationPlan(found.tracks, given: output, provenance: annotator.provenance)
/// try annotator.run(plan, into: output)
/// ```
///
/// Memory is that of the jobs, and the paths of the tracks: it does not grow with their lengths, but for values of single
/// patches that are to be recorded. Records do not depend on the number of jobs or threads.
public struct Annotator: Sendable {
  /// What is the same in every record.
  public let provenance: RecordProvenance
  /// Tracks that are decoded at once.
  public let jobs: Int
  /// Patches, or pairs of patches, that are in the network at once.
  public let laneCount: Int

  /// Jobs, and lanes, that can be asked for: each is a thread of its own.
  package static let jobCounts = 1...1024

  let model: MAESTModel
  let head: ClassificationHeadModel?
  let loader: AudioLoader
  private let plan: RecordPlan

  /// - Parameters:
  ///   - model: used by `laneCount` threads at once, each of which takes the threads that it was loaded with.
  ///   - head: takes the place of the model's own head.
  ///   - addedHeads: their tags are recorded beside.
  ///   - settings: what is recorded.
  ///   - loader: how files are decoded; its rate becomes the model's, its audio stream that of the settings.
  ///   - jobs: tracks that are decoded at once, 1 to 1024, a thread each.
  ///   - laneCount: patches, or pairs of them, that are in the network at once, 1 to 1024; nil: as many as jobs.
  /// - Throws: ``AnnotatorError``; ``/MAEST/ModelError`` for settings that the model cannot meet, `AudioError` for windows that
  ///   cannot be, ``SettingsError/invalidTags(count:threshold:)``.
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
    // What cannot be is refused before anything is opened.
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

  /// Analyses the tracks of a plan until there are no more, or `stop` is requested.
  ///
  /// - Parameters:
  ///   - plan: made for ``provenance`` and `output`.
  ///   - output: gets every track's record, of those that fail too, in batches. A failure does not take the place of
  ///     annotations of the same contents: it is noted beside them.
  ///   - isBesideOthers: whether records of other settings may stay in the output.
  ///   - stop: ends the run early. Tracks that are not complete then get no record.
  ///   - progress: counts.
  ///   - recorded: called on the caller's thread after a batch was written, with what became of its tracks.
  /// - Throws: ``SettingsError/differ(differences:recordCount:)``, before anything is done; what the output throws,
  ///   after which nothing more is written.
  public func run(
    _ plan: AnnotationPlan, into output: any RecordOutput, isBesideOthers: Bool = false,
    stop: StopRequest = StopRequest(), progress: AnnotationProgress = AnnotationProgress(),
    recorded: ([TrackRecord]) throws -> Void = { _ in }
  ) throws {
    if !isBesideOthers, !plan.repetition.contains(.otherSettings) { try requireSettings(of: output) }
    try refresh(plan.refreshed, in: output)
    for (part, items) in plan.groups where !stop.isRequested {
      try run(
        TrackSupply(items.map(\.track)), part, into: RecordKeeper(output, isAdding: part != nil), stop,
        progress,
        recorded)
    }
    try output.finish()
  }

  /// Analyses tracks that become known as they are asked for, into an output that has no records of them.
  ///
  /// - Throws: as ``run(_:into:isBesideOthers:stop:progress:recorded:)``; what `tracks` throws, after all tracks before
  ///   were recorded.
  public func run(
    _ tracks: TrackSupply, into output: any RecordOutput, stop: StopRequest = StopRequest(),
    progress: AnnotationProgress = AnnotationProgress(), recorded: ([TrackRecord]) throws -> Void = { _ in }
  ) throws {
    try requireSettings(of: output)
    try run(tracks, nil, into: RecordKeeper(output, isAdding: false), stop, progress, recorded)
    try output.finish()
  }

  /// - Parameter part: what is added to the records; nil: they are made anew.
  private func run(
    _ tracks: TrackSupply, _ part: RecipePart?, into keeper: RecordKeeper, _ stop: StopRequest,
    _ progress: AnnotationProgress, _ recorded: ([TrackRecord]) throws -> Void
  ) throws {
    var plan = plan
    plan.part = part ?? plan.part
    let run = AnnotationRun(self, plan, tracks, stop: stop, progress: progress)
    try run.start()
    do {
      while let batch = run.nextRecords() {
        try keeper.write(batch)
        progress.add(batch)
        try recorded(batch)
      }
    } catch {
      run.abandon()
      throw error
    }
    if let error = run.supplyError { throw error }
  }

  /// Fails where there are annotations that neither have the run's settings nor can get them by adding to them.
  private func requireSettings(of output: any RecordLookup) throws {
    for group in try output.provenances() where group.provenance.settings != provenance.settings {
      guard provenance.part(missingIn: group.provenance.filledIn(from: RecordRecipe.usual)) == nil else {
        continue
      }
      throw SettingsError.differ(differences: provenance.differences(from: group), recordCount: group.count)
    }
  }

  /// Gives records the present state of files whose contents are the same, and the recipe that they lack.
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
  /// What records call it.
  public var identity: HeadIdentity { HeadIdentity(name: name, sha256: digest) }
}
