/// Cells in columns that are as wide as they need to be: the first one's text at the left, the others' at the right.
struct TextTable {
  var rows: [[String]]

  init(header: [String]) { rows = [header] }

  /// One line a row.
  var lines: [String] {
    let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.reduce(0, max)
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, text in
        let spaces = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + spaces : spaces + text
      }
      return cells.joined(separator: "  ")
    }
  }
}
