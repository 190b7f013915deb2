/// Where the time of a patch goes.
struct StageReport: Encodable {
  /// What was measured of a stage, and what it makes of a patch.
  struct Row: Encodable {
    /// Doing it once.
    let measurement: Measurement
    /// How often it is done in a patch.
    let count: Int
    /// In a patch, at the median.
    let seconds: Double
    let fractionOfPatch: Double
  }

  /// What it ran on, and with what.
  let facts: [String: String]
  let peak: Measurement
  let patch: Measurement
  let stages: [Row]
  /// What the patch takes and the stages do not; below 0 where the stages take longer by themselves.
  let remainingSeconds: Double

  init(
    facts: [(name: String, value: String)], peak: Measurement, patch: Measurement,
    stages: [(count: Int, measurement: Measurement)]
  ) {
    self.facts = Dictionary(facts.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    self.peak = peak
    self.patch = patch
    let whole = patch.samples.median
    self.stages = stages.map { count, measurement in
      let seconds = Double(count) * measurement.samples.median
      return Row(
        measurement: measurement, count: count, seconds: seconds, fractionOfPatch: seconds / whole)
    }
    remainingSeconds = whole - self.stages.reduce(0) { $0 + $1.seconds }
  }

  func write(json: Bool) throws { try printNow(json ? try jsonLine(self) : text) }

  private var text: String {
    let (peakSpeed, whole) = (peak.gigaflopPerSecond ?? 0, patch.samples.median)
    var table = TextTable(
      header: ["", "times", "once", "in a patch", "of patch", "GFLOP/s", "GB/s", "of peak"])
    table.rows += stages.map { stage in
      [
        stage.measurement.name, "\(stage.count)", stage.measurement.samples.median.asTime,
        stage.seconds.asTime, stage.fractionOfPatch.asPercent,
      ] + Self.speeds(stage.measurement)
    }
    let rest = [
      "remainder", "", "", (remainingSeconds * 1e3).fixed(1) + " ms", (remainingSeconds / whole).asPercent,
    ]
    table.rows.append(rest + ["", "", ""])
    table.rows.append([patch.name, "", "", whole.asTime, 1.0.asPercent] + Self.speeds(patch))
    let lines =
      facts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
      + ["\(peak.name): \(peakSpeed.fixed(1)) GFLOP/s on \(peak.threadCount) threads", ""] + table.lines
    return lines.joined(separator: "\n")
  }

  private static func speeds(_ measurement: Measurement) -> [String] {
    [
      measurement.gigaflopPerSecond?.fixed(1) ?? "", measurement.gigabytePerSecond?.fixed(1) ?? "",
      measurement.fractionOfPeak?.asPercent ?? "",
    ]
  }
}
