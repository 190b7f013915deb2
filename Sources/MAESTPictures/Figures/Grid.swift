public import MAESTTensor

/// Values in rows and columns for a heat map: `[row, column]`.
public struct Grid: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  /// The values in row-major order.
  public let values: [Float]

  /// - Parameters:
  ///   - rows: number of rows, at least 1.
  ///   - columns: number of columns, at least 1.
  ///   - values: values in row-major order; NaN for missing values, infinities count as the ends of the scale.
  /// - Throws: ``PictureError`` if the grid has no cells or the number of values does not match.
  public init(rows: Int, columns: Int, values: [Float]) throws(PictureError) {
    guard rows > 0, columns > 0 else { throw .emptyGrid(rows: rows, columns: columns) }
    let (cellCount, isTooLarge) = rows.multipliedReportingOverflow(by: columns)
    guard !isTooLarge, cellCount == values.count else {
      throw .wrongValueCount(rows: rows, columns: columns, found: values.count)
    }
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// Creates a grid from a tensor of two axes: `[row, column]`.
  ///
  /// - Throws: ``PictureError`` if the tensor has another rank or no elements.
  public init(_ tensor: Tensor) throws(PictureError) {
    guard tensor.rank == 2 else { throw .notAMatrix(shape: tensor.shape) }
    try self.init(rows: tensor.shape[0], columns: tensor.shape[1], values: tensor.elements)
  }

  public subscript(row: Int, column: Int) -> Float {
    precondition(
      (0..<rows).contains(row) && (0..<columns).contains(column),
      "cell [\(row), \(column)] outside [\(rows), \(columns)]")
    return values[row * columns + column]
  }

  /// The transposed grid: `[column, row]`.
  public var transposed: Grid {
    let swapped = (0..<columns).flatMap { column in
      (0..<rows).map { values[$0 * columns + column] }
    }
    return Grid(checkedRows: columns, columns: rows, values: swapped)
  }

  /// The range of the finite values; nil if there are none.
  public var extent: Extent? { Extent(of: values.lazy.map(Double.init)) }

  private init(checkedRows rows: Int, columns: Int, values: [Float]) {
    self.rows = rows
    self.columns = columns
    self.values = values
  }
}

extension Grid {
  /// Returns the grid reduced to at most the given number of cells; each new cell is the mean of the cells that it
  /// covers.
  ///
  /// NaN values are ignored unless all covered values are NaN. An infinity counts as the end of the scale, so that one
  /// cell does not hide its neighbours. An axis with fewer cells is unchanged.
  package func reduced(rows mostRows: Int, columns mostColumns: Int, scale: Extent) -> Grid {
    let (newRows, newColumns) = (min(rows, max(1, mostRows)), min(columns, max(1, mostColumns)))
    guard newRows < rows || newColumns < columns else { return self }
    let rowShares = Self.shares(of: rows, among: newRows)
    let columnShares = Self.shares(of: columns, among: newColumns)
    var means: [Float] = []
    means.reserveCapacity(newRows * newColumns)
    for rowShare in rowShares {
      for columnShare in columnShares {
        means.append(mean(rowShare, columnShare, scale))
      }
    }
    return Grid(checkedRows: newRows, columns: newColumns, values: means)
  }

  /// The cells covered by a new cell, and their weights.
  private struct Share {
    let first: Int
    let weights: [Double]
  }

  private static func shares(of count: Int, among newCount: Int) -> [Share] {
    (0..<newCount).map { index in
      // In units of 1/newCount of an old cell, so that the numbers are integers.
      let (start, end) = (index * count, (index + 1) * count)
      let first = start / newCount
      let last = (end - 1) / newCount
      return Share(
        first: first,
        weights: (first...last).map {
          Double(min(end, ($0 + 1) * newCount) - max(start, $0 * newCount))
        })
    }
  }

  private func mean(_ rowShare: Share, _ columnShare: Share, _ scale: Extent) -> Float {
    var (sum, weight) = (0.0, 0.0)
    for (row, rowWeight) in rowShare.weights.enumerated() {
      let start = (rowShare.first + row) * columns + columnShare.first
      for (column, columnWeight) in columnShare.weights.enumerated() {
        var value = Double(values[start + column])
        guard !value.isNaN else { continue }
        if value.isInfinite { value = value < 0 ? scale.lower : scale.upper }
        sum += value * rowWeight * columnWeight
        weight += rowWeight * columnWeight
      }
    }
    return weight > 0 ? Float(sum / weight) : .nan
  }
}
