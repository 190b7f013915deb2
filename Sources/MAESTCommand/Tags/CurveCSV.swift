import MAEST

/// Prints the top tags' activations over time as CSV (RFC 4180), one row per tag and window.
struct CurveCSV: TagPrinter {
  let selection: TagSelection

  func begin() { printHeader() }

  func write(_ analysis: Analysis, of file: String, model: MAESTModel) throws {
    let curve = try selection.curve(of: analysis)
    for window in curve.windows {
      for (tag, activation) in zip(curve.tags, window.activations) {
        printRow(
          file, window.patch.startTime, window.patch.endTime,
          LabelActivation(label: tag.label, activation: activation))
      }
    }
  }
}
