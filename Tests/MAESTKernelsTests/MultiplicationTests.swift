import MAESTKernels
import MAESTTensor
import Testing

/// Products of matrices, by every backend that is installed here.
struct MultiplicationTests {
  /// [rows, inner, columns]: nothing, one, the ends of tiles and panels.
  static let shapes: [[Int]] = [
    [0, 0, 0], [0, 3, 4], [3, 0, 4], [3, 4, 0], [1, 1, 1], [1, 7, 1], [3, 15, 17], [16, 16, 16],
    [17, 33, 5], [35, 4, 63], [5, 12, 7], [6, 13, 8], [7, 14, 9], [11, 15, 31], [12, 16, 32], [13, 17, 33],
    [25, 1, 65],
  ]

  /// The model's: a head's projection of all tokens, a run's expansion and contraction, the logits, scores,
  /// weighted sums.
  static let realShapes: [[Int]] = [
    [1685, 768, 64], [72, 768, 3072], [72, 3072, 768], [2, 768, 400], [300, 64, 1685], [1685, 1685, 64],
  ]

  /// Compares with sums in double precision, in a few rows where there are many.
  private func expectExact(
    _ c: MutableMatrix, _ a: [Float], _ b: [Float], inner: Int, adding old: [Float]?, _ comment: Comment
  ) {
    let columns = c.columns
    let rows = c.rows < 40 ? Array(0..<c.rows) : [0, 1, 11, 12, c.rows / 2, c.rows - 2, c.rows - 1]
    for row in rows {
      let (product, magnitude) = productTwin(
        Array(a[row * inner..<(row + 1) * inner]), b, rows: 1, inner: inner, columns: columns)
      let added = (0..<columns).map { Double(old?[row * columns + $0] ?? 0) }
      let exact = zip(product, added).map { $0 + $1 }
      // One rounding for every term of the sum, one for the old value.
      let terms = Double(inner + 1) * rounding
      #expect(
        differences(c[rows: row..<row + 1].elements(), exact) {
          terms * (magnitude[$0] + abs(added[$0]))
        } == nil, comment)
    }
  }

  /// Compares products of one shape, of b or its transpose, kept or added.
  private func expectProducts(
    _ shape: [Int], transposing: [Bool], accumulating: [Bool], _ choice: KernelChoice, seed: UInt64
  ) throws {
    let multiplication = try choice.compute().multiplication
    var samples = Samples(seed: seed)
    let (rows, inner, columns) = (shape[0], shape[1], shape[2])
    let a = samples.numbers(rows * inner)
    let b = samples.numbers(inner * columns)
    let old = samples.numbers(rows * columns)
    let aView = stridedView(a, rows: rows, columns: inner).readOnly
    for transposingB in transposing {
      let bView =
        transposingB
        ? stridedView(transposed(b, rows: inner, columns: columns), rows: columns, columns: inner).readOnly
        : stridedView(b, rows: inner, columns: columns).readOnly
      for accumulating in accumulating {
        // Without accumulating nothing may be read from the result's memory.
        let c = stridedView(
          accumulating ? old : [Float](repeating: .nan, count: old.count), rows: rows, columns: columns)
        multiplication.multiply(
          aView, bView, transposingB: transposingB, into: c, accumulating: accumulating)
        expectExact(
          c, a, b, inner: inner, adding: accumulating ? old : nil,
          "\(shape) transposing \(transposingB) accumulating \(accumulating)")
      }
    }
  }

  @Test(arguments: KernelChoice.products)
  func productsOfEveryShape(choice: KernelChoice) throws {
    for shape in Self.shapes {
      try expectProducts(
        shape, transposing: [false, true], accumulating: [false, true], choice, seed: 11)
    }
  }

  @Test(arguments: KernelChoice.products, realShapes)
  func productsOfTheModelsShapes(choice: KernelChoice, shape: [Int]) throws {
    // Keys are read as they are, the weights as in the file; a contraction is added to the residual.
    try expectProducts(
      shape, transposing: [shape[1] == 64], accumulating: [shape[1] == 3072], choice, seed: 15)
  }

  /// One element of a or b is no number or infinite: only its row or its column of the product is, with zeros
  /// on the other side not a number.
  @Test(arguments: KernelChoice.products, [Float.nan, .infinity, -.infinity])
  func specialNumbersSpreadAsInTheFormula(choice: KernelChoice, special: Float) throws {
    let multiplication = try choice.compute().multiplication
    let (rows, inner, columns) = (13, 5, 33)
    var samples = Samples(seed: 28)
    var a = samples.numbers(rows * inner)
    var b = samples.numbers(inner * columns)
    a[2 * inner + 1] = 0
    b[3 * columns + 32] = 0
    func expectSame(_ a: [Float], _ b: [Float], _ comment: String) {
      let plain = productInOrder(a, b, rows: rows, inner: inner, columns: columns, isFused: false)
      for transposingB in [false, true] {
        let right =
          transposingB
          ? stridedView(transposed(b, rows: inner, columns: columns), rows: columns, columns: inner)
          : stridedView(b, rows: inner, columns: columns)
        let c = SurroundedMatrix([Float](repeating: 0, count: plain.count), rows: rows, columns: columns)
        multiplication.multiply(
          stridedView(a, rows: rows, columns: inner).readOnly, right.readOnly, transposingB: transposingB,
          into: c.view, accumulating: false)
        #expect(c.view.elements().map(kind) == plain.map(kind), "\(comment), transposing \(transposingB)")
      }
    }
    for index in a.indices {
      let number = a[index]
      a[index] = special
      expectSame(a, b, "a[\(index / inner), \(index % inner)]")
      a[index] = number
    }
    for index in b.indices {
      let number = b[index]
      b[index] = special
      expectSame(a, b, "b[\(index / columns), \(index % columns)]")
      b[index] = number
    }
  }

  @Test(arguments: KernelChoice.products)
  func nothingOutsideTheViewIsTouched(choice: KernelChoice) throws {
    let compute = try choice.compute()
    for (rows, columns) in [(7, 7), (13, 40)] {
      let around = MutableMatrix(rows: rows + 2, columns: columns + 33)
      let left = Matrix(copying: [Float](repeating: 1, count: rows * 7), rows: rows, columns: 7)
      let right = Matrix(copying: [Float](repeating: 1, count: 7 * columns), rows: 7, columns: columns)
      compute.multiply(left, right, into: around[rows: 1..<rows + 1][columns: 5..<columns + 5])
      for row in 0..<around.rows {
        for column in 0..<around.columns {
          let isInside = (1..<rows + 1).contains(row) && (5..<columns + 5).contains(column)
          #expect(around[row, column] == (isInside ? 7 : 0))
        }
      }
    }
  }
}
