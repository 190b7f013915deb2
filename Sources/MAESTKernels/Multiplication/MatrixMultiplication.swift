package import MAESTTensor

/// A GEMM backend: products of matrices in single precision, and dense layers and attention built from them.
///
/// An implementation runs on the calling thread. Many threads may call it at once if their outputs do not overlap. Only
/// ``multiply(_:_:transposingB:into:accumulating:)`` has to be implemented: the other requirements have default
/// implementations that call it.
package protocol MatrixMultiplication: Sendable {
  /// The backend's name, for reports.
  var name: String { get }

  /// The rows of one micro-kernel tile, if an element of a product depends only on its row of a and its column of b, bit
  /// for bit; nil if it also depends on the sizes of the matrices.
  var independentRowStep: Int? { get }

  /// The columns of a packed panel, a divisor of 64; nil if the backend does not pack weights.
  var panelWidth: Int? { get }

  /// Copies some rows of a weight into its panels.
  func pack(_ weight: Weight, rows: Range<Int>)

  /// c = a · b, or c + a · b when accumulating.
  ///
  /// - Parameters:
  ///   - a: `[rows, inner]`.
  ///   - b: `[inner, columns]`, or `[columns, inner]` when it is transposed first.
  ///   - transposingB: whether b is transposed first.
  ///   - c: `[rows, columns]`; overlaps neither a nor b.
  ///   - accumulating: whether the product is added to c's elements. Otherwise c need not be initialised.
  func multiply(
    _ a: Matrix, _ b: Matrix, transposingB: Bool, into c: MutableMatrix, accumulating: Bool)

  /// output = activation(input · weight + bias), added to the output's elements when accumulating.
  ///
  /// input: `[row, in]`; weight: `[in, out]`; bias: `[out]`; output: `[row, out]`. When accumulating,
  /// the activation is `none`.
  func linear(
    _ input: Matrix, weight: Weight, bias: Vector?, activation: Activation, into output: MutableMatrix,
    accumulating: Bool, _ elementwise: ElementwiseKernels)

  /// The scratch memory for ``attention(query:key:value:scale:scratch:into:_:)``, in single-precision numbers.
  func attentionScratchCount(_ shape: AttentionShape) -> Int

  /// output = softmax(scale · query · keyᵀ) · value.
  ///
  /// query: `[query, width]`; key: `[key, width]`; value: `[key, valueWidth]`; output:
  /// `[query, valueWidth]`; scratch: `[1, attentionScratchCount]` at least.
  func attention(
    query: Matrix, key: Matrix, value: Matrix, scale: Float, scratch: MutableMatrix,
    into output: MutableMatrix, _ elementwise: ElementwiseKernels)
}

/// The activation function of a dense layer.
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

/// The sizes of a matrix product.
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
