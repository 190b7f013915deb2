import MAEST
import MAESTFiles

/// Prints the top tags' activations over time as a table, with one row per window and one column per tag.
struct CurveTable: TagPrinter {
  let selection: TagSelection
  private static let columnWidth = 8

  func write(_ analysis: Analysis, of file: String, model: MAESTModel) throws {
    let curve = try selection.curve(of: analysis)
    printLine(title(of: analysis, file: file, model) + ", \(selection.aggregation.rawValue) over patches:")
    guard !curve.tags.isEmpty else {
      printLine("  \(selection.emptyNote)")
      return
    }
    printTags(curve.tags)
    let numbers = curve.tags.indices.map { padded("\($0 + 1)", Self.columnWidth) }
    printLine("  " + padded("start", Self.columnWidth) + padded("end", Self.columnWidth) + numbers.joined())
    for window in curve.windows {
      let times = [window.patch.startTime, window.patch.endTime].map { padded(tenths($0), Self.columnWidth) }
      let values = window.activations.map { padded(fixed($0, digits: 4), Self.columnWidth) }
      printLine("  " + times.joined() + values.joined())
    }
  }

  /// Prints the legend of the columns.
  private func printTags(_ tags: [LabelActivation]) {
    let width = tags.map(\.label.printable.count).max() ?? 0
    for (index, tag) in tags.enumerated() {
      let padding = String(repeating: " ", count: width - tag.label.printable.count)
      printLine(
        "  " + padded("\(index + 1)", 2) + "  \(tag.label)\(padding)  \(fixed(tag.activation, digits: 4))")
    }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
