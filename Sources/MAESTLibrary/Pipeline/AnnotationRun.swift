import Foundation
import MAEST
import Synchronization

/// The threads of one run: decoders, which cut tracks into patches, and lanes, which run the network on patches.
///
/// Patches of all tracks share one queue, so that a lane is idle only when the queue is empty. Completed records wait
/// in a second queue.
final class AnnotationRun: Sendable {
  private struct QueuedPatch: Sendable {
    let patch: MelPatch
    let assembly: TrackAssembly
  }

  /// Maximum number of records that are written together.
  private static let batchLength = 64

  private let annotator: Annotator
  private let plan: RecordPlan
  private let tracks: TrackSupply
  private let files = FileStates()
  private let knownSounds: KnownSounds
  private let stop: StopRequest
  private let progress: AnnotationProgress
  private let patches: BoundedQueue<QueuedPatch>
  private let outcomes: BoundedQueue<TrackOutcome>
  private let state: Mutex<State>

  private struct State {
    var decoderCount: Int
    var laneCount: Int
    var supplyError: (any Error)?
    var isAbandoned = false
  }

  /// - Parameters:
  ///   - plan: what to compute.
  ///   - knownSounds: what moved and retagged tracks are recognised by.
  init(
    _ annotator: Annotator, _ plan: RecordPlan, _ tracks: TrackSupply, knownSounds: KnownSounds,
    stop: StopRequest, progress: AnnotationProgress
  ) {
    self.annotator = annotator
    self.plan = plan
    self.tracks = tracks
    self.knownSounds = knownSounds
    self.stop = stop
    self.progress = progress
    patches = BoundedQueue(capacity: 2 * annotator.laneCount * annotator.model.patchesTogether)
    outcomes = BoundedQueue(capacity: Self.batchLength)
    state = Mutex(State(decoderCount: annotator.jobs, laneCount: annotator.laneCount))
  }

  /// The error that the track supply threw.
  var supplyError: (any Error)? { state.withLock { $0.supplyError } }

  /// - Throws: ``ModelError``, before any thread starts.
  func start() throws {
    let lanes = try (0..<annotator.laneCount).map { _ in
      Lane(
        try annotator.model.patchAnalyzer(
          plan.request, head: annotator.head, patchCapacity: annotator.model.patchesTogether))
    }
    let patches = patches
    stop.whenRequested { patches.abandon() }
    for lane in lanes {
      Thread.detachNewThread { lane.analyzer.withLock { self.analyzePatches(&$0) } }
    }
    for _ in 0..<annotator.jobs { Thread.detachNewThread { self.decodeTracks() } }
  }

  /// Waits for the outcome of at least one track and returns all that are complete; nil after the last one.
  func nextOutcomes() -> [TrackOutcome]? {
    let batch = outcomes.take(upTo: Self.batchLength)
    return batch.isEmpty ? nil : batch
  }

  /// Stops all threads soon and discards their unfinished results.
  func abandon() {
    state.withLock { $0.isAbandoned = true }
    patches.abandon()
    outcomes.abandon()
  }

  private var isEnding: Bool { stop.isRequested || state.withLock { $0.isAbandoned } }

  /// Counts a thread as ended. Returns whether it was the last of its kind.
  private func isLast(of threads: WritableKeyPath<State, Int>) -> Bool {
    state.withLock { state in
      state[keyPath: threads] -= 1
      return state[keyPath: threads] == 0
    }
  }

  private func record(_ record: TrackRecord?) {
    // The queue refuses outcomes once the run is abandoned.
    if let record { _ = outcomes.put(.analyzed(record)) }
  }

  // MARK: - Decoders

  private func decodeTracks() {
    do {
      while !isEnding, let track = try tracks.take() { decode(track) }
    } catch {
      state.withLock { $0.supplyError = $0.supplyError ?? error }
    }
    if isLast(of: \.decoderCount) { patches.close() }
  }

  private func decode(_ track: Track) {
    let file = files.state(of: track)
    let assembly = TrackAssembly(track, file: file, plan: plan)
    var count = 0
    do {
      if let problem = track.problem { throw problem }
      let source = try annotator.model.fileSource(
        track.location, plan.request(for: track), loader: annotator.loader, hashesSound: true)
      if try isRecognized(track, file, source) { return }
      var filePatches = try source.open()
      while let patch = try filePatches.next() {
        guard !assembly.isOver, patches.put(QueuedPatch(patch: patch, assembly: assembly)) else {
          throw CancellationError()
        }
        count += 1
      }
      let decoded = DecodedTrack(
        sampleCount: filePatches.sampleCount, source: filePatches.source, warnings: filePatches.warnings,
        soundSHA256: filePatches.soundSHA256)
      record(assembly.end(decoded, patchCount: count))
    } catch is CancellationError {
      // The network failed on the track, or the run is stopping; in the latter case the next run analyses the track.
    } catch {
      record(assembly.fail(error))
    }
  }

  /// Decodes the track to find a record of the same sound, if there may be one.
  private func isRecognized(_ track: Track, _ file: FileState?, _ source: FileSource) throws -> Bool {
    guard knownSounds.mayRecognize(track) else { return false }
    let sound = try source.sound()
    guard let path = knownSounds.path(ofSound: sound.sha256, for: track) else { return false }
    var record = TrackRecord(path: track.path, status: .done, file: file, provenance: plan.provenance)
    record.cue = track.cue
    record.add(DecodedTrack(sound), sampleRate: plan.sampleRate, patchCount: 0)
    _ = outcomes.put(.recognized(track, record: record, source: path))
    return true
  }

  // MARK: - Lanes

  /// The analyzer of one lane. The lane's thread holds the mutex until it ends.
  private final class Lane: Sendable {
    let analyzer: Mutex<PatchAnalyzer>

    init(_ analyzer: consuming PatchAnalyzer) { self.analyzer = Mutex(analyzer) }
  }

  private func analyzePatches(_ analyzer: inout PatchAnalyzer) {
    while true {
      let taken = patches.take(upTo: analyzer.patchCapacity, sharedBy: annotator.laneCount)
      guard !taken.isEmpty else { break }
      analyze(taken.filter { !$0.assembly.isOver }, &analyzer)
    }
    if isLast(of: \.laneCount) { outcomes.close() }
  }

  /// - Throws: `CancellationError` if the run is ending.
  private func requireContinuing() throws(CancellationError) {
    if isEnding { throw CancellationError() }
  }

  private func analyze(_ queued: [QueuedPatch], _ analyzer: inout PatchAnalyzer) {
    guard !queued.isEmpty else { return }
    do {
      let results = try analyzer(queued.map(\.patch), checkpoint: requireContinuing)
      progress.addPatches(results.count)
      let values = try results.map {
        PatchValues(analysis: $0, headActivations: try plan.headActivations($0))
      }
      for (patch, values) in zip(queued, values) { record(patch.assembly.add(values)) }
    } catch is CancellationError {
      // The tracks get no record; the next run analyses them.
    } catch {
      // One patch can fail the whole batch: run the patches one by one to find it.
      guard queued.count > 1 else { return record(queued[0].assembly.fail(error)) }
      for patch in queued { analyze([patch], &analyzer) }
    }
  }
}
