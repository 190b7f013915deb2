import MAESTKernels
import MAESTTensor

extension Operations {
  /// Matrix products, contractions and convolutions.
  static let products: [String: Implementation] = [
    "MatMul": { (operands) throws(ConversionError) in
      let product = try MatrixProduct(operands, transposed: ("transpose_a", "transpose_b"))
      guard product.shape.count == 2 else { throw product.misfit }
      return [try product.result()]
    },
    "BatchMatMul": batchProduct, "BatchMatMulV2": batchProduct, "BatchMatMulV3": batchProduct,
    "Einsum": { (operands) throws(ConversionError) in [try Contraction(operands).result()] },
    "Conv2D": { (operands) throws(ConversionError) in [try Convolution(operands).result()] },
  ]

  private static let batchProduct: Implementation = { (operands) throws(ConversionError) in
    [try MatrixProduct(operands, transposed: ("adj_x", "adj_y")).result()]
  }
}

/// The product of two stacks of matrices: `[batch..., row, inner] · [batch..., inner, column]`. The batch axes are
/// broadcast.
struct MatrixProduct {
  /// Number of rows that one thread multiplies at a time.
  private static let runLength = 256

  /// Shape of the result.
  let shape: [Int]
  private let operands: Operands
  private let left: ConstantTensor
  private let right: ConstantTensor
  /// Whether the right matrices are `[column, inner]`.
  private let transposesRight: Bool
  private let rows: Int
  private let inner: Int
  private let columns: Int

  /// - Parameter transposed: the names of the attributes that say whether an operand's matrices are transposed first.
  init(_ operands: Operands, transposed: (left: String, right: String)) throws(ConversionError) {
    let left = try operands.tensor(0)
    let rank = left.shape.count
    let transposesLeft = operands.node.flag(transposed.left) && rank >= 2
    try self.init(
      operands, transposesLeft ? left.permuted(Array(0..<(rank - 2)) + [rank - 1, rank - 2]) : left,
      try operands.tensor(1), transposesRight: operands.node.flag(transposed.right))
  }

  /// - Parameter operands: used for errors and limits.
  init(
    _ operands: Operands, _ left: ConstantTensor, _ right: ConstantTensor, transposesRight: Bool
  ) throws(ConversionError) {
    let misfit = Self.misfit(operands, left, right)
    guard left.type.isFloating, right.type.isFloating, left.shape.count >= 2, right.shape.count >= 2,
      let batch = Broadcast.shape(Array(left.shape.dropLast(2)), Array(right.shape.dropLast(2)))
    else { throw misfit }
    let (a, b) = (Array(left.shape.suffix(2)), Array(right.shape.suffix(2)))
    (rows, inner, columns) = (a[0], a[1], transposesRight ? b[0] : b[1])
    guard inner == (transposesRight ? b[1] : b[0]) else { throw misfit }
    shape = batch + [rows, columns]
    try operands.checkedCount(shape)
    try operands.checkWork(shape + [inner])
    self.operands = operands
    self.left = left
    self.right = right
    self.transposesRight = transposesRight
  }

  /// The error for operands whose shapes cannot be multiplied.
  var misfit: ConversionError { Self.misfit(operands, left, right) }

  private static func misfit(
    _ operands: Operands, _ left: ConstantTensor, _ right: ConstantTensor
  ) -> ConversionError {
    operands.node.failure(
      "a product of \(left.type.rawValue) \(left.shape) and \(right.type.rawValue) \(right.shape)")
  }

  func result() throws(ConversionError) -> ConstantTensor {
    let count = try operands.checkedCount(shape)
    guard let left = left.floats, let right = right.floats else { throw misfit }
    let elements =
      count == 0 || inner == 0
      ? Array(repeating: Float(0), count: count) : multiplied(left, right, count: count)
    return ConstantTensor(type: self.left.type, shape: shape, elements: .floats(elements))
  }

  private func multiplied(_ left: [Float], _ right: [Float], count: Int) -> [Float] {
    let (leftShape, rightShape) = (self.left.shape, self.right.shape)
    let matrices = Matrix(
      copying: right, rows: rightShape.dropLast().reduce(1, *), columns: rightShape[rightShape.count - 1])
    let stack = MatrixStack(
      shape: Array(shape.dropLast(2)), left: leftShape.dropLast(2), right: rightShape.dropLast(2), rows: rows)
    let runsPerMatrix = (stack.rows + Self.runLength - 1) / Self.runLength
    @Sendable func run(_ part: Int) -> (matrix: Int, rows: Range<Int>) {
      let start = part % runsPerMatrix * Self.runLength
      return (part / runsPerMatrix, start..<min(start + Self.runLength, stack.rows))
    }
    return operands.context.filled(
      count: count, partCount: stack.count * runsPerMatrix,
      range: { part in
        let (matrix, rows) = run(part)
        let first = (matrix * stack.rows + rows.lowerBound) * columns
        return first..<(first + rows.count * columns)
      },
      body: { part, output in
        let (matrix, rows) = run(part)
        let positions = stack.operands(of: matrix)
        let height = transposesRight ? columns : inner
        multiply(
          left, from: (positions.left * stack.rows + rows.lowerBound) * inner, rows: rows.count,
          by: matrices[rows: (positions.right * height)..<((positions.right + 1) * height)], into: output)
      })
  }

  /// Multiplies some consecutive rows of the left operand by one of the right matrices.
  private func multiply(
    _ left: [Float], from position: Int, rows: Int, by right: Matrix,
    into output: UnsafeMutableBufferPointer<Float>
  ) {
    let a = MutableMatrix(rows: rows, columns: inner)
    a.copy(from: left, at: position)
    let c = MutableMatrix(rows: rows, columns: columns)
    operands.context.multiplication.multiply(
      a.readOnly, right, transposingB: transposesRight, into: c, accumulating: false)
    c.copyElements(to: output)
  }
}

/// Maps each matrix of the result to the matrices of the two operands.
private struct MatrixStack {
  let count: Int
  /// Number of rows of one left matrix.
  let rows: Int
  private let shape: [Int]
  private let leftStrides: [Int]
  private let rightStrides: [Int]

  init(shape: [Int], left: ArraySlice<Int>, right: ArraySlice<Int>, rows: Int) {
    let whole = shape.reduce(1, *)
    // One right matrix for all left matrices: they are multiplied as one tall matrix.
    let isTall = right.allSatisfy { $0 == 1 } && left.reduce(1, *) == whole
    count = isTall ? 1 : whole
    self.rows = isTall ? rows * whole : rows
    self.shape = isTall ? [] : shape
    leftStrides = isTall ? [] : ConstantTensor.broadcastStrides(Array(left), to: shape)
    rightStrides = isTall ? [] : ConstantTensor.broadcastStrides(Array(right), to: shape)
  }

  /// Returns the positions of the operands' matrices for matrix `index` of the result.
  func operands(of index: Int) -> (left: Int, right: Int) {
    var rest = index
    var (left, right) = (0, 0)
    for axis in shape.indices.reversed() {
      left += rest % shape[axis] * leftStrides[axis]
      right += rest % shape[axis] * rightStrides[axis]
      rest /= shape[axis]
    }
    return (left, right)
  }
}

extension MutableMatrix {
  /// Overwrites all elements of a contiguous matrix with consecutive elements of `source`.
  func copy(from source: [Float], at position: Int) {
    precondition(rowStride == columns && position >= 0 && position + rows * columns <= source.count)
    source.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      withUnsafeMutablePointer { $0.update(from: start + position, count: rows * columns) }
    }
  }

  /// Writes all elements of a contiguous matrix to `target`.
  func copyElements(to target: UnsafeMutableBufferPointer<Float>) {
    precondition(rowStride == columns && target.count == rows * columns)
    withUnsafeMutablePointer { target.baseAddress?.update(from: $0, count: rows * columns) }
  }
}
