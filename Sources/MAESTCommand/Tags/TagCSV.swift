import MAEST

/// Prints tags as CSV (RFC 4180), one row per tag.
struct TagCSV: TagPrinter {
  let selection: TagSelection

  func begin() { printHeader() }

  func write(_ analysis: Analysis, of file: String, model: MAESTModel) throws {
    if selection.perPatch {
      for result in analysis.patches {
        writeRows(
          file, result.patch.startTime, result.patch.endTime,
          selection.tags(of: result.output.activations?.elements ?? [], labels: analysis.labels))
      }
    } else {
      writeRows(
        file, analysis.patches.first?.patch.startTime ?? 0, analysis.patches.last?.patch.endTime ?? 0,
        selection.tags(of: try analysis.activations(over: selection.aggregation), labels: analysis.labels))
    }
  }

  private func writeRows(_ file: String, _ start: Double, _ end: Double, _ tags: [LabelActivation]) {
    for tag in tags { printRow(file, start, end, tag) }
  }
}

extension TagPrinter {
  func printHeader() { printCSV(["file", "start", "end", "label", "activation"]) }

  func printRow(_ file: String, _ start: Double, _ end: Double, _ tag: LabelActivation) {
    printCSV([file, "\(start)", "\(end)", tag.label, "\(tag.activation)"])
  }
}
