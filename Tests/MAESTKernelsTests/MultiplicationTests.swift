import MAESTKernels
import MAESTTensor
import Testing

/// Products of matrices, by every backend that is installed here.
struct MultiplicationTests {
  static let backends: [MatrixBackend] = MatrixBackend.allCases.filter {
    $0 != .automatic && (try? Compute(backend: $0, threadCount: 1)) != nil
  }

  /// [rows, inner, columns]: nothing, one, the ends of register tiles, the model's own widths.
  static let shapes: [[Int]] = [
    [0, 0, 0], [0, 3, 4], [3, 0, 4], [3, 4, 0], [1, 1, 1], [1, 7, 1], [3, 15, 17], [16, 16, 16],
    [17, 33, 5], [35, 4, 63], [5, 768, 33], [3, 3072, 17], [4, 64, 1685], [6, 1685, 64],
  ]

  @Test(arguments: backends)
  func productsOfEveryShape(backend: MatrixBackend) throws {
    let multiplication = try Compute(backend: backend, threadCount: 1).multiplication
    var samples = Samples(seed: 11)
    for shape in Self.shapes {
      let (rows, inner, columns) = (shape[0], shape[1], shape[2])
      let a = samples.numbers(rows * inner)
      let b = samples.numbers(inner * columns)
      let old = samples.numbers(rows * columns)
      let (product, magnitude) = productTwin(a, b, rows: rows, inner: inner, columns: columns)
      let aView = stridedView(a, rows: rows, columns: inner).readOnly
      let bView = stridedView(b, rows: inner, columns: columns).readOnly
      let bTransposed = transposed(b, rows: inner, columns: columns)
      let bTransposedView = stridedView(bTransposed, rows: columns, columns: inner).readOnly
      for transposingB in [false, true] {
        for (scale, accumulating) in [(Float(1), false), (-0.5, true)] {
          // Without accumulating nothing may be read from the result's memory.
          let c = stridedView(
            accumulating ? old : [Float](repeating: .nan, count: old.count), rows: rows,
            columns: columns)
          multiplication.multiply(
            aView, transposingB ? bTransposedView : bView, transposingB: transposingB, scale: scale,
            into: c, accumulating: accumulating)
          let exact = product.indices.map {
            Double(scale) * product[$0] + (accumulating ? Double(old[$0]) : 0)
          }
          // One rounding for every term of the sum, one for the scale, one for the old value.
          let terms = Double(inner + 2) * rounding
          let comment: Comment = "\(shape) transposing \(transposingB) accumulating \(accumulating)"
          #expect(
            differences(c.elements(), exact) {
              terms * (abs(Double(scale)) * magnitude[$0] + (accumulating ? abs(Double(old[$0])) : 0))
            } == nil, comment)
        }
      }
    }
  }

  @Test(arguments: backends)
  func nothingOutsideTheViewIsTouched(backend: MatrixBackend) throws {
    let compute = try Compute(backend: backend, threadCount: 1)
    let around = MutableMatrix(rows: 9, columns: 40)
    let ones = Matrix(copying: [Float](repeating: 1, count: 7 * 7), rows: 7, columns: 7)
    compute.multiply(ones, ones, into: around[rows: 1..<8][columns: 5..<12])
    for row in 0..<9 {
      for column in 0..<40 {
        let isInside = (1..<8).contains(row) && (5..<12).contains(column)
        #expect(around[row, column] == (isInside ? 7 : 0))
      }
    }
  }

  @Test(arguments: backends)
  func linearAddsTheBias(backend: MatrixBackend) throws {
    let compute = try Compute(backend: backend, threadCount: 1)
    var samples = Samples(seed: 12)
    let (rows, inner, columns) = (7, 768, 33)
    let input = samples.numbers(rows * inner)
    let weight = samples.numbers(inner * columns)
    let bias = samples.numbers(columns)
    let old = samples.numbers(rows * columns)
    let (product, magnitude) = productTwin(input, weight, rows: rows, inner: inner, columns: columns)
    let inputView = stridedView(input, rows: rows, columns: inner).readOnly
    let weightView = stridedView(weight, rows: inner, columns: columns).readOnly
    for bias in [bias, nil] {
      let vector = bias.map { Vector(copying: $0) }
      let added = (0..<rows * columns).map { Double(bias?[$0 % columns] ?? 0) }
      let tolerance = { (index: Int) in
        Double(inner + 3) * rounding * (magnitude[index] + abs(added[index]) + abs(Double(old[index])))
      }
      let output = stridedView(
        [Float](repeating: .nan, count: rows * columns), rows: rows, columns: columns)
      compute.linear(inputView, weight: weightView, bias: vector, into: output)
      let exact = product.indices.map { product[$0] + added[$0] }
      #expect(differences(output.elements(), exact, tolerance: tolerance) == nil)

      output.copy(from: Matrix(copying: old, rows: rows, columns: columns))
      compute.linear(inputView, weight: weightView, bias: vector, addingTo: output)
      let exactSum = product.indices.map { Double(old[$0]) + product[$0] + added[$0] }
      #expect(differences(output.elements(), exactSum, tolerance: tolerance) == nil)
    }
  }
}
