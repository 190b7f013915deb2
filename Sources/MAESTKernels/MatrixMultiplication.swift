package import MAESTTensor

/// Products of matrices in single precision, and what is made of them.
///
/// An implementation is used from many threads at once, each with outputs of its own, and runs on the
/// thread that calls it. It must give ``multiply(_:_:transposingB:into:accumulating:)``; the other
/// requirements have an implementation by means of it.
package protocol MatrixMultiplication: Sendable {
  /// The backend's name, for reports.
  var name: String { get }

  /// The rows that products are computed in steps of, if an element of a product depends on its row of a
  /// and its column of b alone, bit for bit; nil if it depends on the sizes of the matrices too.
  var independentRowStep: Int? { get }

  /// The columns of the panels in which weights are packed, a divisor of 64; nil where they are not.
  var panelWidth: Int? { get }

  /// Copies some rows of a weight into its panels.
  func pack(_ weight: Weight, rows: Range<Int>)

  /// c = a · b, or c + a · b when accumulating.
  ///
  /// - Parameters:
  ///   - a: `[rows, inner]`.
  ///   - b: `[inner, columns]`, or `[columns, inner]` when it is transposed first.
  ///   - transposingB: whether b's transpose is meant.
  ///   - c: `[rows, columns]`; overlaps neither a nor b.
  ///   - accumulating: whether c's elements are kept and added to. Otherwise they need no initial value.
  func multiply(
    _ a: Matrix, _ b: Matrix, transposingB: Bool, into c: MutableMatrix, accumulating: Bool)

  /// output = activation(input · weight + bias), added to the output's elements when accumulating.
  ///
  /// input: `[row, in]`; weight: `[in, out]`; bias: `[out]`; output: `[row, out]`. When accumulating there
  /// is no activation.
  func linear(
    _ input: Matrix, weight: Weight, bias: Vector?, activation: Activation, into output: MutableMatrix,
    accumulating: Bool, _ elementwise: ElementwiseKernels)

  /// The numbers of scratch memory that ``attention(query:key:value:scale:scratch:into:_:)`` needs.
  func attentionScratchCount(_ shape: AttentionShape) -> Int

  /// output = softmax(scale · query · keyᵀ) · value.
  ///
  /// query: `[query, width]`; key: `[key, width]`; value: `[key, valueWidth]`; output:
  /// `[query, valueWidth]`; scratch: `[1, attentionScratchCount]` at least.
  func attention(
    query: Matrix, key: Matrix, value: Matrix, scale: Float, scratch: MutableMatrix,
    into output: MutableMatrix, _ elementwise: ElementwiseKernels)
}

/// What is applied to every element of a dense layer's output.
package enum Activation: Sendable {
  case none
  /// x / 2 · (1 + erf(x / √2)).
  case gelu
}

extension MatrixMultiplication {
  package var panelWidth: Int? { nil }

  package func pack(_ weight: Weight, rows: Range<Int>) {}

  package func linear(
    _ input: Matrix, weight: Weight, bias: Vector?, activation: Activation, into output: MutableMatrix,
    accumulating: Bool, _ elementwise: ElementwiseKernels
  ) {
    if let bias {
      if accumulating {
        elementwise.add(bias, toRowsOf: output)
      } else {
        elementwise.fillRows(of: output, with: bias)
      }
    }
    multiply(
      input, weight.matrix, transposingB: false, into: output,
      accumulating: accumulating || bias != nil)
    if activation == .gelu { elementwise.gelu(output) }
  }
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
