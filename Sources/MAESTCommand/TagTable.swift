import MAEST

/// Tags as a table with bars, for people.
struct TagTable: TagPrinter {
  let selection: TagSelection
  private static let barWidth = 30

  func write(_ analysis: Analysis, of file: String, model: MAESTModel) {
    let patches = analysis.patches.count == 1 ? "1 patch" : "\(analysis.patches.count) patches"
    print("\(file)  \(seconds(analysis.duration)), \(patches)")
    if selection.perPatch {
      for result in analysis.patches {
        guard let activations = result.output.activations?.elements else { continue }
        print(" \(seconds(result.patch.startTime)) - \(seconds(result.patch.endTime))")
        printRows(selection.tags(of: activations, labels: analysis.labels))
      }
      print(" mean")
    }
    printRows(selection.tags(of: analysis.meanActivations ?? [], labels: analysis.labels))
  }

  private func printRows(_ tags: [Tag]) {
    let width = tags.map(\.label.count).max() ?? 0
    for tag in tags {
      let padding = String(repeating: " ", count: width - tag.label.count)
      print("  \(tag.label)\(padding)  \(fixed(tag.activation, digits: 4))  \(bar(tag.activation))")
    }
  }

  /// A bar of eighths of a character.
  private func bar(_ activation: Float) -> String {
    let eighths = Int((Float(Self.barWidth * 8) * activation).rounded())
    let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    return String(repeating: "█", count: eighths / 8) + partial
  }

  private func seconds(_ value: Double) -> String { fixed(Float(value), digits: 1) + " s" }
}
