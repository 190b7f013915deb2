import Foundation
import MAEST
import MAESTLibrary

/// Shows the progress of `maest annotate` on standard error: a bar on a terminal, periodic lines elsewhere, or events
/// as lines of JSON.
struct AnnotateProgressPrinter: Sendable {
  private enum Style { case bar, lines, json, failures, none }

  private let style: Style
  /// Number of tracks to analyse; nil if unknown.
  private let total: Int?
  private let start = ContinuousClock.now

  /// - Parameter isQuiet: whether to show failures only.
  init(_ style: AnnotateRunOptions.ProgressStyle, isQuiet: Bool, total: Int?) {
    switch style {
    case _ where isQuiet: self.style = .failures
    case .auto: self.style = isatty(STDERR_FILENO) == 1 ? .bar : .lines
    case .bar: self.style = .bar
    case .lines: self.style = .lines
    case .json: self.style = .json
    case .none: self.style = .none
    }
    self.total = total
  }

  // MARK: - One-time messages

  func showPlan(_ plan: AnnotationPlan, _ found: TrackSearch.Result) {
    switch style {
    case .none, .failures: break
    case .json:
      showEvent(
        AnnotateEvent.Planned(
          found: found.tracks.count, toDo: plan.items.count,
          reasons: Dictionary(uniqueKeysWithValues: plan.reasons.map { ($0.key.rawValue, $0.value) }),
          upToDate: plan.upToDateCount, missing: plan.missingTracks.count,
          otherSettings: plan.otherSettingsCount, refreshed: plan.refreshed.count,
          recognizable: plan.recognizableCount, partialEarlier: plan.partialEarlierCount,
          failedEarlier: plan.failedEarlierCount,
          otherFiles: found.otherFileCount, otherShards: found.otherShardCount))
    case .bar, .lines: StandardError.print("maest: " + Self.text(plan, found))
    }
  }

  /// The plan as text: "2,000 tracks: 40 new, 3 changed; 1,957 up to date".
  private static func text(_ plan: AnnotationPlan, _ found: TrackSearch.Result) -> String {
    let counts = plan.reasons
    let reasons = AnnotationPlan.Reason.allCases.compactMap { reason in
      counts[reason].map { "\(grouped($0)) \(text(reason))" }
    }
    var parts = [reasons.isEmpty ? "none to do" : reasons.joined(separator: ", ")]
    if plan.recognizableCount > 0 {
      parts.append(
        "\(grouped(plan.recognizableCount)) may be recognised by their sound, as moved or retagged ones are")
    }
    if plan.upToDateCount > 0 { parts.append("\(grouped(plan.upToDateCount)) up to date") }
    if plan.partialEarlierCount > 0 {
      parts.append(
        "\(grouped(plan.partialEarlierCount)) of them partial (--retry-partial makes them again)")
    }
    if !plan.refreshed.isEmpty {
      parts.append("\(grouped(plan.refreshed.count)) refreshed, with the same contents")
    }
    if plan.otherSettingsCount > 0 {
      parts.append("\(grouped(plan.otherSettingsCount)) of other settings (--replace makes them again)")
    }
    if !plan.missingTracks.isEmpty { parts.append("\(grouped(plan.missingTracks.count)) missing") }
    if plan.failedEarlierCount > 0 {
      parts.append("\(grouped(plan.failedEarlierCount)) failed earlier (--retry-failed tries them again)")
    }
    if found.otherShardCount > 0 { parts.append("\(grouped(found.otherShardCount)) of other shards") }
    if found.otherFileCount > 0 { parts.append("\(grouped(found.otherFileCount)) other files") }
    let count = found.tracks.count
    return "\(grouped(count)) \(count == 1 ? "track" : "tracks"): " + parts.joined(separator: "; ")
  }

  private static func text(_ reason: AnnotationPlan.Reason) -> String {
    switch reason {
    case .new: "new"
    case .changed: "changed"
    case .incomplete: "to be added to"
    case .otherSettings: "made with other settings"
    case .failedBefore: "failed before"
    case .partialBefore: "partial before"
    case .forced: "made again"
    }
  }

  /// Reports recorded tracks that are no longer in the searched folders.
  func showGone(_ gone: GoneTracks, arePruned: Bool) {
    let shownCount = 5
    func names(_ paths: [String]) -> String {
      paths.prefix(shownCount).joined(separator: ", ") + (paths.count > shownCount ? ", ..." : "")
    }
    if !gone.paths.isEmpty {
      showNotice(
        "\(grouped(gone.paths.count)) recorded tracks are gone: \(names(gone.paths)); "
          + (arePruned ? "their records are removed at the end" : "their records stay (--prune removes them)")
      )
    }
    guard !gone.pathsInEmptyFolders.isEmpty else { return }
    showNotice(
      "\(grouped(gone.pathsInEmptyFolders.count)) recorded tracks are missing from empty folders: "
        + "\(names(gone.pathsInEmptyFolders)); their records stay, since a disk may not be mounted (remove the folders "
        + "to prune them)")
  }

  /// Reports a track that failed or is partial; does nothing for other tracks.
  func show(_ record: TrackRecord) {
    switch record.status {
    case .done: break
    case .partial: showPartial(record)
    case .failed: showFailure(record)
    }
  }

  private func showPartial(_ record: TrackRecord) {
    let losses = record.warnings.filter(\.isLoss)
    switch style {
    case .none, .failures: break
    case .json:
      showEvent(
        AnnotateEvent.Partial(
          path: record.path, lostSeconds: record.lostSeconds ?? 0, warnings: losses))
    case .bar, .lines:
      StandardError.show(progress: "")
      report("partial: \(losses.map(\.message).joined(separator: "; "))", file: record.path)
    }
  }

  private func showFailure(_ record: TrackRecord) {
    guard let error = record.error else { return }
    switch style {
    case .none: break
    case .json:
      showEvent(AnnotateEvent.Failed(path: record.path, error: error))
    case .bar, .lines, .failures:
      StandardError.show(progress: "")
      report(error.message, file: record.path)
    }
  }

  func showNotice(_ text: String) {
    guard style == .bar || style == .lines else { return }
    StandardError.show(progress: "")
    StandardError.print("maest: \(text)")
  }

  func showEnd(_ counts: AnnotationProgress.Counts, wasInterrupted: Bool) {
    guard total != 0 || style == .json else { return }
    let event = progress(counts, name: wasInterrupted ? "interrupted" : "finished")
    switch style {
    case .none, .failures: break
    case .json: showEvent(event)
    case .bar, .lines:
      StandardError.show(progress: "")
      let time =
        event.seconds < 60 ? "\(fixed(Float(event.seconds), digits: 1)) s" : "\(clock(event.seconds)) min"
      StandardError.print(
        "maest: \(Self.text(counts)) in \(time), \(Self.rates(event))"
      )
      if counts.recognizedCount > 0 {
        StandardError.print(
          "maest: \(grouped(counts.recognizedCount)) moved or retagged: their numbers were kept")
      }
      guard wasInterrupted else { return }
      let rest = total.map { ", \(grouped($0 - counts.recordedCount)) left" } ?? ""
      StandardError.print("maest: interrupted\(rest); run the same command again to go on")
    }
  }

  /// The counts as text: "12 tracks, 2 of them partial, 1 failed".
  private static func text(_ counts: AnnotationProgress.Counts) -> String {
    var text = "\(grouped(counts.recordedCount)) \(counts.recordedCount == 1 ? "track" : "tracks")"
    if counts.partialCount > 0 { text += ", \(grouped(counts.partialCount)) of them partial" }
    return text + ", \(grouped(counts.failedCount)) failed"
  }

  // MARK: - Periodic messages

  /// Shows the progress periodically until the returned ticker is stopped.
  func start(_ progress: AnnotationProgress) -> Ticker {
    switch style {
    case .none, .failures: Ticker(every: nil) {}
    case .bar: Ticker(every: 0.5) { StandardError.show(progress: bar(self.progress(progress.counts))) }
    case .lines: Ticker(every: 30) { StandardError.print("maest: " + bar(self.progress(progress.counts))) }
    case .json: Ticker(every: 5) { showEvent(self.progress(progress.counts)) }
    }
  }

  private func progress(
    _ counts: AnnotationProgress.Counts, name: String = "progress"
  ) -> AnnotateEvent.Progress {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let rate = Double(counts.recordedCount) / max(seconds, 1e-3)
    return AnnotateEvent.Progress(
      event: name, recorded: counts.recordedCount, total: total, partial: counts.partialCount,
      recognized: counts.recognizedCount, failed: counts.failedCount,
      patchCount: counts.patchCount, seconds: seconds, audioSeconds: counts.audioSeconds,
      tracksPerSecond: rate,
      realTimeFactor: counts.audioSeconds / max(seconds, 1e-3),
      secondsLeft: total.flatMap { rate > 0 ? Double($0 - counts.recordedCount) / rate : nil })
  }

  /// The progress as text: "[====>               ] 412/2,000  3.2 tracks/s  421x real time  8:16 left  12 failed".
  private func bar(_ progress: AnnotateEvent.Progress) -> String {
    var text = ""
    if let total {
      let fraction = Double(progress.recorded) / Double(max(total, 1))
      text = "[\(progressBar(fraction))] \(grouped(progress.recorded))/\(grouped(total))"
    } else {
      text = "\(grouped(progress.recorded)) tracks"
    }
    text += "  \(Self.rates(progress))"
    if let left = progress.secondsLeft { text += "  \(clock(left)) left" }
    if progress.failed > 0 { text += "  \(grouped(progress.failed)) failed" }
    return text
  }

  private static func rates(_ progress: AnnotateEvent.Progress) -> String {
    "\(fixed(Float(progress.tracksPerSecond), digits: 1)) tracks/s  "
      + "\(fixed(Float(progress.realTimeFactor), digits: 0))x real time"
  }

  private func showEvent(_ event: some Encodable) {
    if let line = try? jsonLine(event) { StandardError.print(json: line) }
  }
}
