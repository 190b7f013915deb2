package import MAESTTensor

/// Products of matrices in single precision.
///
/// An implementation is used from many threads at once, each with outputs of its own, and runs on the
/// thread that calls it.
package protocol MatrixMultiplication: Sendable {
  /// The backend's name, for reports.
  var name: String { get }

  /// c = scale · a · b, or c + scale · a · b when accumulating.
  ///
  /// - Parameters:
  ///   - a: `[rows, inner]`.
  ///   - b: `[inner, columns]`, or `[columns, inner]` when it is transposed first.
  ///   - transposingB: whether b's transpose is meant.
  ///   - scale: a factor on every product.
  ///   - c: `[rows, columns]`; overlaps neither a nor b.
  ///   - accumulating: whether c's elements are kept and added to. Otherwise they need no initial value.
  func multiply(
    _ a: Matrix, _ b: Matrix, transposingB: Bool, scale: Float, into c: MutableMatrix,
    accumulating: Bool)
}

/// The sizes of a product, checked.
struct ProductShape {
  let rows: Int
  let columns: Int
  let inner: Int

  init(_ a: Matrix, _ b: Matrix, transposingB: Bool, into c: MutableMatrix) {
    rows = a.rows
    inner = a.columns
    columns = transposingB ? b.rows : b.columns
    precondition(
      inner == (transposingB ? b.columns : b.rows) && c.rows == rows && c.columns == columns,
      """
      a product of [\(a.rows), \(a.columns)] and [\(b.rows), \(b.columns)]\
      \(transposingB ? " transposed" : "") into [\(c.rows), \(c.columns)]
      """)
  }

  /// Whether the result has no elements.
  var isEmpty: Bool { rows == 0 || columns == 0 }
}
