/// The positions of a matrix's elements in its memory, for read-only and mutable views.
///
/// Element `[row, column]` is at `offset + row * rowStride + column`.
struct MatrixLayout: Sendable {
  let offset: Int
  let rows: Int
  let columns: Int
  let rowStride: Int

  init(offset: Int, rows: Int, columns: Int, rowStride: Int) {
    precondition(rows >= 0 && columns >= 0, "negative size in [\(rows), \(columns)]")
    precondition(rowStride >= columns, "row stride \(rowStride), expected at least the \(columns) columns")
    self.offset = offset
    self.rows = rows
    self.columns = columns
    self.rowStride = rowStride
  }

  /// A matrix without gaps, from the start of its memory.
  init(rows: Int, columns: Int) {
    self.init(offset: 0, rows: rows, columns: columns, rowStride: columns)
  }

  /// The end of the last row, counted in elements from the start of the memory; 0 without elements.
  var end: Int { rows == 0 || columns == 0 ? 0 : offset + (rows - 1) * rowStride + columns }

  func position(_ row: Int, _ column: Int) -> Int {
    precondition(
      row >= 0 && row < rows && column >= 0 && column < columns,
      "element [\(row), \(column)] outside [\(rows), \(columns)]")
    return offset + row * rowStride + column
  }

  func slice(rows range: Range<Int>) -> MatrixLayout {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) outside [\(rows), \(columns)]")
    return MatrixLayout(
      offset: offset + range.lowerBound * rowStride, rows: range.count, columns: columns,
      rowStride: rowStride)
  }

  func slice(columns range: Range<Int>) -> MatrixLayout {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= columns,
      "columns \(range) outside [\(rows), \(columns)]")
    return MatrixLayout(
      offset: offset + range.lowerBound, rows: rows, columns: range.count, rowStride: rowStride)
  }
}
