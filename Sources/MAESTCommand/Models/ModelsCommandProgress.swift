import MAEST
import MAESTHub

/// Shows the progress of `maest models pull` on standard error: a bar on a terminal, and a line for each other event.
struct DownloadPrinter {
  func show(_ event: InstallationEvent) {
    if case .progress(let meter) = event {
      StandardError.show(progress: Self.line(meter))
      return
    }
    StandardError.show(progress: "")
    StandardError.note(Self.text(event))
  }

  private static func text(_ event: InstallationEvent) -> String {
    switch event {
    case .downloading(let url, 0): "downloading \(url)"
    case .downloading(let url, let byteCount): "downloading \(url), going on after \(size(byteCount))"
    case .progress(let meter): line(meter)
    case .startingOver(let url): "\(url): the server gives the whole file again; starting over"
    case .retrying(let reason, let pause):
      "\(reason); trying again in \(fixed(Float(pause / .seconds(1)), digits: 0)) s"
    case .downloaded(let source): "\(source.name): \(size(source.byteCount)), complete"
    case .converting(let name): "converting \(name), then verifying it against its graph"
    case .notice(let text): text
    }
  }

  /// For example "model.pb [==========>         ]  51%  177.2 MB of 348.1 MB, 12.3 MB/s, 0:14 left".
  private static func line(_ meter: DownloadMeter) -> String {
    var parts = meter.name
    if let fraction = meter.fraction {
      let percent = "\(wholeNumber(fraction * 100))"
      parts += " [\(progressBar(fraction))] "
      parts += String(repeating: " ", count: 3 - percent.count) + percent + "% "
    }
    parts += " " + size(meter.byteCount) + (meter.totalByteCount.map { " of " + size($0) } ?? "")
    if let rate = meter.rate { parts += ", \(size(wholeNumber(rate)))/s" }
    if let seconds = meter.remainingSeconds, seconds < 360_000 { parts += ", \(clock(seconds)) left" }
    return parts
  }
}
