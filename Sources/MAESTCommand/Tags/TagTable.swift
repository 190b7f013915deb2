import MAEST
import MAESTFiles

/// Prints tags as a table with bars.
struct TagTable: TagPrinter {
  let selection: TagSelection
  /// Whether to print the times of the windows.
  let showsWindows: Bool
  private static let barWidth = 30

  func write(_ analysis: Analysis, of file: String, model: MAESTModel) throws {
    printLine(title(of: analysis, file: file, model) + (showsWindows ? ": \(windows(of: analysis)) s" : ""))
    if selection.perPatch {
      for result in analysis.patches {
        guard let activations = result.output.activations?.elements else { continue }
        printLine(" \(seconds(result.patch.startTime)) - \(seconds(result.patch.endTime))")
        printRows(selection.tags(of: activations, labels: analysis.labels))
      }
      printLine(" \(selection.aggregation.rawValue)")
    }
    printRows(
      selection.tags(of: try analysis.activations(over: selection.aggregation), labels: analysis.labels))
  }

  private func printRows(_ tags: [LabelActivation]) {
    if tags.isEmpty { printLine("  \(selection.emptyNote)") }
    let width = tags.map(\.label.printable.count).max() ?? 0
    for tag in tags {
      let padding = String(repeating: " ", count: width - tag.label.printable.count)
      printLine("  \(tag.label)\(padding)  \(fixed(tag.activation, digits: 4))  \(bar(tag.activation))")
    }
  }

  /// A bar with a resolution of one eighth of a character.
  private func bar(_ activation: Float) -> String {
    let eighths = Int((Float(Self.barWidth * 8) * activation).rounded())
    let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    return String(repeating: "█", count: eighths / 8) + partial
  }

  /// The times of the patches; if there are more than six, the first four and the last.
  private func windows(of analysis: Analysis) -> String {
    let windows = analysis.patches.map { "\(tenths($0.patch.startTime)) - \(tenths($0.patch.endTime))" }
    let shown = windows.count <= 6 ? windows : windows.prefix(4) + ["...", windows[windows.count - 1]]
    return shown.joined(separator: ", ")
  }
}

extension TagPrinter {
  /// The title line: file, duration, number of patches and precision.
  func title(of analysis: Analysis, file: String, _ model: MAESTModel) -> String {
    "\(file)  \(seconds(analysis.duration)), \(patches(analysis.patches.count))\(model.precision.remark)"
  }

  func seconds(_ value: Double) -> String { tenths(value) + " s" }

  func tenths(_ value: Double) -> String { fixed(Float(value), digits: 1) }
}
