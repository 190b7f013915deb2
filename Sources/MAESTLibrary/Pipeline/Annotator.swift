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
/// let plan = try AnnotationPlan(found.tracks, given: output, settings: annotator.provenance.settings)
/// try annotator.run(TrackSupply(plan.tracks), into: output)
/// ```
///
/// Memory is that of the jobs, and the paths of the tracks: it does not grow with their lengths, but for values of single
/// patches that are to be recorded. Records do not depend on the number of jobs or threads.
public struct Annotator: Sendable {
  /// What is the same in every record.
  public let provenance: RecordProvenance
  /// Tracks that are decoded at once.
  public let jobs: Int
  /// Whether records have the SHA-256 of their files.
  public let hashesContents: Bool
  /// Patches, or pairs of patches, that are in the network at once.
  public let laneCount: Int

  /// Jobs, and lanes, that can be asked for: each is a thread of its own.
  package static let jobCounts = 1...1024

  let model: MAESTModel
  let head: ClassificationHeadModel?
  let settings: AnnotationSettings
  let loader: AudioLoader
  let plan: RecordPlan

  /// - Parameters:
  ///   - model: used by `laneCount` threads at once, each of which takes the threads that it was loaded with.
  ///   - head: takes the place of the model's own head.
  ///   - settings: what is recorded.
  ///   - loader: how files are decoded; its rate becomes the model's.
  ///   - jobs: tracks that are decoded at once, 1 to 1024, a thread each.
  ///   - laneCount: patches, or pairs of them, that are in the network at once, 1 to 1024; nil: as many as jobs.
  ///   - hashesContents: whether records have the SHA-256 of their files.
  /// - Throws: ``AnnotatorError``; ``ModelError`` for settings that the model cannot meet, `AudioError` for windows that
  ///   cannot be.
  public init(
    model: MAESTModel, head: ClassificationHeadModel? = nil,
    settings: AnnotationSettings = AnnotationSettings(),
    loader: AudioLoader = AudioLoader(decodingTimeLimit: .seconds(600)), jobs: Int,
    laneCount: Int? = nil, hashesContents: Bool = false
  ) throws {
    guard Self.jobCounts.contains(jobs) else { throw AnnotatorError.invalidJobCount(jobs) }
    let laneCount = laneCount ?? jobs
    guard Self.jobCounts.contains(laneCount) else { throw AnnotatorError.invalidLaneCount(laneCount) }
    // What cannot be is refused before anything is opened.
    try PatchAnalyzer.check(settings.request, model.configuration, head: head)
    _ = try model.decoding(ofFileAt: "", settings.request)
    self.model = model
    self.head = head
    self.settings = settings
    self.loader = loader
    self.jobs = jobs
    self.laneCount = laneCount
    self.hashesContents = hashesContents
    provenance = RecordProvenance(model: model, head: head, settings: settings, loader: loader)
    plan = RecordPlan(
      settings: settings, labels: head?.labels ?? model.labels, provenance: provenance,
      sampleRate: model.sampleRate)
  }

  /// Analyses tracks until there are no more, or `stop` is requested.
  ///
  /// - Parameters:
  ///   - tracks: each once.
  ///   - output: gets every track's record, of those that fail too, in batches.
  ///   - stop: ends the run early. Tracks that are not complete then get no record.
  ///   - progress: counts.
  ///   - recorded: called on the caller's thread after a batch was written.
  /// - Throws: ``RecordOutputError/otherPrecision(found:expected:)``, before anything is done; what the output throws,
  ///   after which nothing more is written; what `tracks` throws, after all tracks before were recorded.
  public func run(
    _ tracks: TrackSupply, into output: any RecordOutput, stop: StopRequest = StopRequest(),
    progress: AnnotationProgress = AnnotationProgress(), recorded: ([TrackRecord]) throws -> Void = { _ in }
  ) throws {
    try output.requirePrecision(provenance.precision)
    let run = AnnotationRun(self, tracks, stop: stop, progress: progress)
    try run.start()
    do {
      while let batch = run.nextRecords() {
        try output.write(batch)
        progress.add(batch)
        try recorded(batch)
      }
    } catch {
      run.abandon()
      throw error
    }
    if let error = run.supplyError { throw error }
    try output.finish()
  }
}
