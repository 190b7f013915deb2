import ArgumentParser
import Foundation
import MAEST
import MAESTFiles
import MAESTLibrary

/// One run of `maest annotate`.
struct AnnotateSession {
  let command: AnnotateCommand

  func run() throws {
    if command.isStreaming {
      let (annotator, _) = try attemptRun {
        try AnnotateModel(command: command, settings: SettingsInUse(of: RecordStream())).annotator()
      }
      let tracks = try attemptRun { try streamedTracks() }
      try record(total: nil, exitsWithFailure: false) { stop, progress, recorded in
        try annotator.run(tracks, into: RecordStream(), stop: stop, progress: progress, recorded: recorded)
      }
    } else if command.runOptions.dryRun {
      try showPlan()
    } else {
      try annotateKnownTracks()
    }
  }

  // MARK: - Tracks known before the run

  private func search() throws -> TrackSearch.Result {
    var found = try attemptRun { try command.search.run() }
    if command.runOptions.cue { found.splitByCueSheets() }
    for error in found.unreadable { report(error) }
    return found
  }

  private func showPlan() throws {
    let found = try search()
    let (plan, gone) = try attemptRun(file: command.outputOptions.out) {
      let output = try command.outputOptions.lookup()
      let (annotator, _) = try AnnotateModel(
        command: command, settings: SettingsInUse(of: output)
      ).annotator()
      return (
        try self.plan(annotator, found, given: output),
        try GoneTracks(in: output, command.search, found: found)
      )
    }
    for item in plan.items { print("\(item.reason.rawValue)\t\(item.track.path.printable)") }
    for path in gone.paths { print("gone\t\(path.printable)") }
    command.progressPrinter(total: nil).showGone(gone, arePruned: false)
    if isIncomplete(plan, found) { throw ExitCode.failure }
  }

  private func annotateKnownTracks() throws {
    let found = try search()
    let out = command.outputOptions
    let prunes = command.runOptions.prune
    let (annotator, output, plan, decision, gone) = try attemptRun(file: command.outputOptions.out) {
      // Lock an existing output before reading its settings; create a missing one only after the settings are decided.
      let earlier = out.exists ? try out.open() : nil
      let (annotator, decision) = try AnnotateModel(
        command: command, settings: SettingsInUse(of: earlier ?? RecordStream())
      ).annotator()
      let output = try earlier ?? out.open()
      let plan = try self.plan(annotator, found, given: output)
      let gone = try GoneTracks(in: output, command.search, found: found)
      command.progressPrinter(total: nil).showGone(gone, arePruned: prunes)
      return (annotator, output, plan, decision, gone)
    }
    try record(total: plan.items.count, exitsWithFailure: isIncomplete(plan, found)) {
      stop, progress, recorded in
      try annotator.run(
        plan, into: output, isBesideOthers: decision.isBesideOthers, stop: stop, progress: progress,
        recorded: recorded)
      // Last, because moved tracks take their numbers from the records of files that are gone.
      if prunes, !stop.isRequested {
        try output.remove(tracks: gone.paths)
        try output.finish()
      }
    }
  }

  /// Runs `body`; if it throws, reports the error and ends the command. For refused settings the message names the
  /// options that help.
  ///
  /// - Parameter file: prefixed to the message if the message does not begin with it.
  private func attemptRun<Result>(file: String? = nil, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch {
      StandardError.show(progress: "")
      if let refused = error as? SettingsError {
        report(SettingsRefusal(error: refused), file: file)
      } else {
        report(error, file: file)
      }
      throw ExitCode.outputFailure
    }
  }

  /// Makes the plan and prints it.
  private func plan(
    _ annotator: Annotator, _ found: TrackSearch.Result, given output: any RecordLookup
  ) throws -> AnnotationPlan {
    let plan = try AnnotationPlan(
      found.tracks, given: output, provenance: annotator.provenance,
      hashesContents: command.runOptions.checksum, repeating: command.runOptions.repetition,
      root: command.search.root)
    for track in plan.missingTracks {
      StandardError.print("maest: \(track.location): is missing; its record stays")
    }
    command.progressPrinter(total: plan.items.count).showPlan(plan, found)
    return plan
  }

  /// Whether any folder or list is unreadable, or any track is missing or failed earlier.
  private func isIncomplete(_ plan: AnnotationPlan, _ found: TrackSearch.Result) -> Bool {
    !found.unreadable.isEmpty || !plan.missingTracks.isEmpty || plan.failedEarlierCount > 0
  }

  // MARK: - Tracks read during the run

  /// The tracks named by the lines of standard input, each once, without those of other shards.
  private func streamedTracks() throws -> TrackSupply {
    let search = command.search
    let lines = LineSource(try LineList("-"))
    let splits = command.runOptions.cue
    var splitter = CueSplitter()
    var known: Set<TrackKey> = []
    var waiting: [Track] = []
    return TrackSupply {
      while waiting.isEmpty, let line = try lines.next() {
        let file = try search.track(at: search.listed(line))
        guard search.isWanted(file) else { continue }
        waiting = (splits ? splitter.tracks(of: file) : [file]).filter {
          known.insert(TrackKey($0.path)).inserted
        }
        waiting.reverse()
      }
      return waiting.popLast()
    }
  }

  // MARK: - The run

  /// Runs `body` while showing progress; Ctrl-C requests a stop.
  private func record(
    total: Int?, exitsWithFailure: Bool,
    _ body: (
      _ stop: StopRequest, _ progress: AnnotationProgress, _ recorded: ([TrackRecord]) -> Void
    ) throws -> Void
  ) throws {
    let stop = StopRequest()
    let interruption = try attemptRun { try Interruption() }
    let printer = command.progressPrinter(total: total)
    let progress = AnnotationProgress()
    interruption.whenItHappens {
      printer.showNotice("writing the records of complete tracks; again to stop at once")
      stop.request()
    }
    let ticker = printer.start(progress)
    defer { ticker.stop() }
    try attemptRun {
      try body(stop, progress) { batch in
        for record in batch { printer.show(record) }
      }
    }
    ticker.stop()
    printer.showEnd(progress.counts, wasInterrupted: stop.isRequested)
    if stop.isRequested { throw ExitCode(130) }
    if exitsWithFailure || progress.counts.failedCount > 0 { throw ExitCode.failure }
  }
}

/// A shared list of lines; callers hold the supply's lock.
private final class LineSource {
  private var lines: LineList

  init(_ lines: consuming LineList) { self.lines = lines }

  func next() throws -> String? { try lines.next() }
}

/// A settings error whose message names the options that help.
private struct SettingsRefusal: Error, CustomStringConvertible {
  let error: SettingsError

  var description: String {
    switch error {
    case .differ:
      "\(error) (--add computes what is named beside what is there, --replace makes the records again)"
    case .cannotAdd, .ambiguous, .unknown: "\(error) (--replace makes the records again)"
    case .missingHead: "\(error) (--head)"
    case .invalidTags: "\(error)"
    }
  }
}
