/// A table of text.
public struct HTMLTable: Sendable, Equatable {
  /// One name per column.
  public var header: [String]
  /// One cell per column.
  public var rows: [[String]]
  /// The columns with numbers, which are right-aligned.
  public var numericColumns: Set<Int>
  /// May be empty.
  public var caption: String

  public init(header: [String], rows: [[String]], numericColumns: Set<Int> = [], caption: String = "") {
    self.header = header
    self.rows = rows
    self.numericColumns = numericColumns
    self.caption = caption
  }

  /// - Throws: ``PictureError`` if the number of cells in a row differs from the header.
  func html() throws(PictureError) -> String {
    for (index, row) in rows.enumerated() where row.count != header.count {
      throw .wrongCellCount(row: index, expected: header.count, found: row.count)
    }
    let title = caption.isEmpty ? "" : "<caption>\(Markup.escaped(caption))</caption>\n"
    let head = header.indices.map { "<th scope=\"col\"\(style($0))>\(Markup.escaped(header[$0]))</th>" }
    let body = rows.map { row in
      let cells = row.indices.map { "<td\(style($0))><bdi>\(Markup.escaped(row[$0]))</bdi></td>" }
      return "<tr>\(cells.joined())</tr>"
    }
    return
      "<div class=\"wide\" tabindex=\"0\">\n<table>\n\(title)<thead><tr>\(head.joined())</tr></thead>\n<tbody>\n"
      + body.joined(separator: "\n") + "\n</tbody>\n</table>\n</div>"
  }

  private func style(_ column: Int) -> String { numericColumns.contains(column) ? " class=\"number\"" : "" }
}
