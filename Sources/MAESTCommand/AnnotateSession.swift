import ArgumentParser
import Foundation
import MAEST
import MAESTLibrary

/// One run of `maest annotate`.
struct AnnotateSession {
  let command: AnnotateCommand

  func run() throws {
    let annotator = try attempt { try makeAnnotator() }
    if command.isStreaming {
      let tracks = try attempt { try streamedTracks() }
      try annotate(annotator, tracks, into: RecordStream(), total: nil, exitsWithFailure: false)
    } else {
      try annotateKnownTracks(annotator)
    }
  }

  /// Threads for the network are shared among lanes, one each as long as there are enough tracks: so none waits for
  /// another.
  private func makeAnnotator() throws -> Annotator {
    let threadCount = command.modelOptions.engine.resolvedThreadCount
    let jobs = command.runOptions.jobs ?? threadCount
    let laneCount = min(jobs, threadCount)
    var engine = command.modelOptions.engine
    engine.threadCount = threadCount / laneCount
    let model = try MAESTModel(
      path: command.modelOptions.model, options: engine, logger: StandardError.logger)
    return try Annotator(
      model: model, head: command.headOptions.load(engine),
      settings: command.settings(layerCount: model.configuration.blockCount),
      loader: command.runOptions.loader, jobs: jobs, laneCount: laneCount,
      hashesContents: command.runOptions.checksum)
  }

  // MARK: - Tracks that are known before the run

  private func annotateKnownTracks(_ annotator: Annotator) throws {
    let found = try attempt { try command.search.run() }
    for error in found.unreadable { report(error) }
    if command.runOptions.dryRun {
      let plan = try attempt(file: command.outputOptions.out) {
        try self.plan(annotator, found, given: command.outputOptions.lookup())
      }
      for (track, reason) in zip(plan.tracks, plan.trackReasons) {
        print("\(reason.rawValue)\t\(track.path)")
      }
      if isIncomplete(plan, found) { throw ExitCode.failure }
      return
    }
    let (output, plan) = try attempt(file: command.outputOptions.out) {
      let output = try command.outputOptions.open()
      return (output, try self.plan(annotator, found, given: output))
    }
    try annotate(
      annotator, TrackSupply(plan.tracks), into: output, total: plan.tracks.count,
      exitsWithFailure: isIncomplete(plan, found))
  }

  /// Decides what is to be done, and shows it.
  private func plan(
    _ annotator: Annotator, _ found: TrackSearch.Result, given output: any RecordLookup
  ) throws -> AnnotationPlan {
    try output.requirePrecision(annotator.provenance.precision)
    let plan = try AnnotationPlan(
      found.tracks, given: output, settings: annotator.provenance.settings,
      hashesContents: command.runOptions.checksum, repeating: command.runOptions.repetition)
    for track in plan.goneTracks {
      StandardError.print("maest: \(track.location): is gone; its record stays")
    }
    AnnotateProgressPrinter(command.runOptions.progress, total: plan.tracks.count).showPlan(plan, found)
    return plan
  }

  /// Whether anything was not to be seen.
  private func isIncomplete(_ plan: AnnotationPlan, _ found: TrackSearch.Result) -> Bool {
    !found.unreadable.isEmpty || !plan.goneTracks.isEmpty
  }

  // MARK: - Tracks that come one after the other

  /// Each line of standard input once; those of other shards are passed over.
  private func streamedTracks() throws -> TrackSupply {
    let search = command.search
    let lines = LineSource(try LineList("-"))
    var known: Set<TrackKey> = []
    return TrackSupply {
      while let line = try lines.next() {
        let track = try search.track(at: search.listed(line))
        if search.isWanted(track), known.insert(TrackKey(track.path)).inserted { return track }
      }
      return nil
    }
  }

  // MARK: - The run

  private func annotate(
    _ annotator: Annotator, _ tracks: TrackSupply, into output: any RecordOutput, total: Int?,
    exitsWithFailure: Bool
  ) throws {
    let stop = StopRequest()
    let interruption = try attempt { try Interruption() }
    let printer = AnnotateProgressPrinter(command.runOptions.progress, total: total)
    let progress = AnnotationProgress()
    interruption.whenItHappens {
      printer.showNotice("finishing the patches at hand; again to stop at once")
      stop.request()
    }
    let ticker = printer.start(progress)
    defer { ticker.stop() }
    try attempt {
      try annotator.run(tracks, into: output, stop: stop, progress: progress) { batch in
        for record in batch { printer.show(record) }
      }
    }
    ticker.stop()
    printer.showEnd(progress.counts, wasInterrupted: stop.isRequested)
    if stop.isRequested { throw ExitCode(130) }
    if exitsWithFailure || progress.counts.failedCount > 0 { throw ExitCode.failure }
  }
}

/// Lines that are read by whoever holds the supply's lock.
private final class LineSource {
  private var lines: LineList

  init(_ lines: consuming LineList) { self.lines = lines }

  func next() throws -> String? { try lines.next() }
}
