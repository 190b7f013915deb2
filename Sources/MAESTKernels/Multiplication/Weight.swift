package import MAESTTensor

/// The weight of a dense layer: a matrix, and optionally a packed copy in the order in which a GEMM backend reads it.
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

  /// Some of the columns: `[in, range.count]`. They begin at the start of a panel, as every multiple of 64 does.
  package subscript(columns range: Range<Int>) -> Weight {
    Weight(matrix[columns: range], packed: packed?[columns: range])
  }
}

/// A matrix in packed panels of `width` columns: all rows of one panel, then the next panel.
///
/// Element `[row, column]` of the matrix is at `[column / width, row * width + column % width]`; columns
/// of a panel beyond the last column of the matrix are zeros.
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
    precondition(range.lowerBound % width == 0, "columns \(range), expected the start of a panel of \(width)")
    let first = range.lowerBound / width
    return Panels(
      memory: memory[rows: first..<first + Self.count(ofColumns: range.count, width: width)], width: width)
  }
}

extension Compute {
  /// The memory that ``pack(_:into:)`` needs for a weight of `[rows, columns]`, in single-precision numbers; 0 if the
  /// backend does not pack weights.
  package func packedCount(rows: Int, columns: Int) -> Int {
    guard let width = multiplication.panelWidth else { return 0 }
    return Panels.count(ofColumns: columns, width: width) * rows * width
  }

  /// Packs weights in the order in which the backend reads them, on all threads.
  ///
  /// It is worth the time if many rows are multiplied. Backends that do not pack return the weights unchanged.
  ///
  /// - Parameters:
  ///   - memory: `[1, sum of the weights' packedCount]` at least; the returned weights refer to it.
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
    // Runs of rows, so that the weights are read in memory order.
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
