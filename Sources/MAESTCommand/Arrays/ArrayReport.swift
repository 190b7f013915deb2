import MAEST

/// Prints a summary of a written file of arrays.
struct ArrayReport {
  let path: String
  let metadata: TrackMetadata

  /// Prints a table.
  func printTable() {
    let seconds = fixed(Float(metadata.duration), digits: 1)
    printLine("\(path)  \(seconds) s, \(patches(metadata.patches.count))\(metadata.precision.remark)")
    let rows = metadata.entries.map {
      [$0.array.name, "\($0.elementType.rawValue) \($0.shape)", "\($0.array.axes)".filter { $0 != "\"" }]
        + [$0.array.summary]
    }
    let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      printLine("  \(cells.joined(separator: "  "))  \(row[3])")
    }
  }

  /// Prints a line of JSON: `{"output": …, "metadata": {…}}`.
  func printJSON() throws {
    struct Record: Encodable {
      var output: String
      var metadata: TrackMetadata
    }
    try printNow(try jsonLine(Record(output: path, metadata: metadata)))
  }
}
