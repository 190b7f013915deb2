import MAESTConverter
import MAESTWeights

/// A conversion's report as text.
struct ReportText {
  let report: ConversionReport
  let verifying: Bool
  let explaining: Bool

  /// Largest number of names listed for each reason.
  private static let listLimit = 20

  func text(title: String) -> String {
    ([title] + (summary + verification + (explaining ? explanation : unused)).map { "  " + $0 })
      .joined(separator: "\n")
  }

  private var summary: [String] {
    let configuration = report.description.configuration
    let labels = configuration.head == nil ? "no classifier" : "\(configuration.labelCount) labels"
    return [
      "graph     \(report.graphSummary); input '\(report.inputName)'",
      "model     \(configuration.frameCount) frames x \(configuration.bandCount) bands, "
        + "\(configuration.tokenCount) tokens of width \(configuration.embeddingWidth)",
      "          \(configuration.blockCount) blocks, \(configuration.headCount) heads of "
        + "\(configuration.headWidth), feed-forward \(configuration.feedForwardWidth), \(labels)",
      "weights   \(report.weightCount) numbers in \(configuration.parameters.count) tensors",
      "outputs   \(report.description.outputs.count) names (maest info lists them)",
    ]
  }

  private var verification: [String] {
    guard let verification = report.verification else {
      return verifying ? ["verified  no: the source has no graph to compare with"] : []
    }
    let lines = "\(verification)".split(separator: "\n")
    return lines.enumerated().map { ($0 == 0 ? "verified  " : "          ") + $1 }
  }

  private var unused: [String] {
    guard !report.unusedConstants.isEmpty else { return [] }
    return ["unused    \(report.unusedConstants.count) \(ConversionExplanation.Reason.unusedConstant):"]
      + report.unusedConstants.map { "            " + $0 }
  }

  // MARK: - Explanation

  private var explanation: [String] {
    ["recognised:"] + Table.lines(rows).map { "  " + $0 } + leftAside
  }

  /// Each part has as many rows as it has constants or nodes, whichever is more.
  private var rows: [[String]] {
    var rows = [["part", "written as", "constants", "shape", "nodes"]]
    for part in report.explanation.parts {
      for index in 0..<max(part.constants.count, part.nodes.count, 1) {
        let constant = part.constants.indices.contains(index) ? part.constants[index] : nil
        rows.append([
          index == 0 ? part.name : "", index == 0 ? part.form : "", constant?.name ?? "",
          constant.map { "\($0.shape)" } ?? "", part.nodes.indices.contains(index) ? part.nodes[index] : "",
        ])
      }
    }
    return rows
  }

  private var leftAside: [String] {
    let explanation = report.explanation
    var lines: [String] = []
    for reason in ConversionExplanation.Reason.allCases {
      let ignored = explanation.ignored.filter { $0.reason == reason }
      guard !ignored.isEmpty else { continue }
      lines.append("ignored: \(ignored.count) \(reason):")
      lines += ignored.prefix(Self.listLimit).map {
        reason == .unusedConstant ? "  \($0.name)" : "  \($0.name) (\($0.operation))"
      }
      if ignored.count > Self.listLimit {
        lines.append("  and \(ignored.count - Self.listLimit) more; --json lists them all")
      }
    }
    guard explanation.foldedNodeCount > 0 else { return lines }
    return lines + ["constant-folded: \(explanation.foldedNodeCount) nodes (shapes, conditions, names)"]
  }
}

/// Columns of text.
enum Table {
  /// Pads every column to the width of its longest cell; removes trailing spaces.
  static func lines(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
        .joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
