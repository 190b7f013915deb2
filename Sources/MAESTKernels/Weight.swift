package import MAESTTensor

/// The right operand of dense layers: a matrix, and perhaps a copy of it in the order in which a backend
/// reads it.
package struct Weight: Sendable {
  /// `[in, out]`.
  package let matrix: Matrix
  let packed: Panels?

  package init(_ matrix: Matrix) { self.init(matrix, packed: nil) }

  init(_ matrix: Matrix, packed: Panels?) {
    self.matrix = matrix
    self.packed = packed
  }

  package var rows: Int { matrix.rows }
  package var columns: Int { matrix.columns }

  /// Some of the rows: `[range.count, out]`.
  package subscript(rows range: Range<Int>) -> Weight {
    Weight(matrix[rows: range], packed: packed?[rows: range])
  }

  /// Some of the columns: `[in, range.count]`. They begin with a panel, which the multiples of 64 do.
  package subscript(columns range: Range<Int>) -> Weight {
    Weight(matrix[columns: range], packed: packed?[columns: range])
  }
}

/// A matrix in panels: `width` columns side by side, all rows of one panel before the next panel.
///
/// Element `[row, column]` of the matrix is at `[column / width, row * width + column % width]`; a panel
/// beyond the last column is filled with zeros.
struct Panels: Sendable {
  /// `[panel, rows * width]`.
  let memory: MutableMatrix
  let width: Int

  static func count(ofColumns columns: Int, width: Int) -> Int { (columns + width - 1) / width }

  subscript(rows range: Range<Int>) -> Panels {
    Panels(
      memory: memory[columns: (range.lowerBound * width)..<(range.upperBound * width)], width: width)
  }

  subscript(columns range: Range<Int>) -> Panels {
    precondition(range.lowerBound % width == 0, "columns \(range) of panels of \(width)")
    let first = range.lowerBound / width
    return Panels(
      memory: memory[rows: first..<first + Self.count(ofColumns: range.count, width: width)], width: width)
  }
}

extension Compute {
  /// The numbers of memory that ``pack(_:into:)`` needs for a weight of `[rows, columns]`; 0 where nothing
  /// is packed.
  package func packedCount(rows: Int, columns: Int) -> Int {
    guard let width = multiplication.panelWidth else { return 0 }
    return Panels.count(ofColumns: columns, width: width) * rows * width
  }

  /// The weights, copied into the order in which the backend reads them, by all threads.
  ///
  /// It pays where many rows are multiplied. Backends that have no such order return them as they are.
  ///
  /// - Parameters:
  ///   - memory: `[1, sum of the weights' packedCount]` at least; the weights returned live in it.
  package func pack(_ weights: [Weight], into memory: MutableMatrix) -> [Weight] {
    guard let width = multiplication.panelWidth else { return weights }
    var used = 0
    let packed = weights.map { weight in
      let panelCount = Panels.count(ofColumns: weight.columns, width: width)
      let size = panelCount * weight.rows * width
      defer { used += size }
      let part = memory[columns: used..<used + size]
      return Weight(
        weight.matrix,
        packed: Panels(
          memory: part.reshaped(rows: panelCount, columns: weight.rows * width), width: width))
    }
    // Runs of rows, so that the weights are read in the order in which they lie in memory.
    let runs = packed.flatMap { weight in
      stride(from: 0, to: weight.rows, by: 64).map { ($0..<min($0 + 64, weight.rows), weight) }
    }
    parallel(count: runs.count) { index, _ in
      let (rows, weight) = runs[index]
      for first in stride(from: rows.lowerBound, to: rows.upperBound, by: 8) {
        multiplication.pack(weight, rows: first..<min(first + 8, rows.upperBound))
      }
    }
    return packed
  }
}
