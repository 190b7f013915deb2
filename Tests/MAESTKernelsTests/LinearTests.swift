import MAESTKernels
import MAESTTensor
import Testing

/// Dense layers, by every backend that is installed here on every instruction set.
struct LinearTests {
  /// [rows, in, out]: nothing, one, the ends of tiles and panels, the model's head and parts of its blocks.
  static let shapes: [[Int]] = [
    [0, 3, 4], [3, 0, 4], [3, 4, 0], [1, 1, 1], [5, 9, 7], [6, 9, 8], [7, 9, 9], [12, 20, 16], [13, 33, 33],
    [25, 5, 65], [7, 768, 33], [2, 768, 400], [72, 768, 64], [13, 64, 768], [13, 400, 3072],
  ]

  @Test(arguments: KernelChoice.all, [false, true])
  func layersOfEveryShape(choice: KernelChoice, isPacked: Bool) throws {
    let compute = try choice.compute()
    var samples = Samples(seed: 12)
    for shape in Self.shapes {
      let (rows, inner, columns) = (shape[0], shape[1], shape[2])
      let input = samples.numbers(rows * inner)
      // Outputs of about 1 at any length of the sums, for the GELU.
      let weight = samples.numbers(inner * columns).map { $0 * 3 / Float(max(inner, 1)).squareRoot() }
      let bias = samples.numbers(columns)
      let old = samples.numbers(rows * columns)
      let (product, magnitude) = productTwin(input, weight, rows: rows, inner: inner, columns: columns)
      let inputView = stridedView(input, rows: rows, columns: inner).readOnly
      var layer = Weight(stridedView(weight, rows: inner, columns: columns).readOnly)
      if isPacked { layer = compute.packed(layer) }
      for bias in [bias, nil] {
        let vector = bias.map { Vector(copying: $0) }
        let added = (0..<rows * columns).map { Double(bias?[$0 % columns] ?? 0) }
        let sums = zip(product, added).map { $0 + $1 }
        let tolerance = { (index: Int) in
          Double(inner + 3) * rounding * (magnitude[index] + abs(added[index]))
        }
        let comment: Comment = "\(shape), \(bias == nil ? "without" : "with") bias"
        let fresh = {
          SurroundedMatrix([Float](repeating: .nan, count: rows * columns), rows: rows, columns: columns)
        }
        let output = fresh()
        compute.linear(inputView, weight: layer, bias: vector, into: output.view)
        #expect(differences(output.view.elements(), sums, tolerance: tolerance) == nil, comment)
        #expect(output.isUntouchedAround, comment)

        let activated = fresh()
        compute.linear(inputView, weight: layer, bias: vector, activation: .gelu, into: activated.view)
        #expect(activated.isUntouchedAround, comment)
        // The steepest that GELU gets is 1.13.
        let exact = sums.map(geluTwin)
        #expect(
          differences(activated.view.elements(), exact) {
            1.13 * tolerance($0) + 2.6 * rounding * abs(sums[$0]) + leastNormal
          } == nil, comment)

        let sum = SurroundedMatrix(old, rows: rows, columns: columns)
        compute.linear(inputView, weight: layer, bias: vector, addingTo: sum.view)
        #expect(sum.isUntouchedAround, comment)
        #expect(
          differences(sum.view.elements(), zip(sums, old).map { $0 + Double($1) }) {
            tolerance($0) + Double(inner + 3) * rounding * abs(Double(old[$0]))
          } == nil, comment)
      }
    }
  }

  /// The built-in kernels add bias, GELU and residual before they store: the bits are those of one after the
  /// other.
  @Test(arguments: KernelChoice.all.filter { $0.backend == .builtIn }, [false, true])
  func allAtOnceIsAsOneAfterTheOther(choice: KernelChoice, isPacked: Bool) throws {
    let compute = try choice.compute()
    var samples = Samples(seed: 27)
    let (rows, inner, columns) = (31, 17, 75)
    let input = Matrix(copying: samples.numbers(rows * inner), rows: rows, columns: inner)
    let matrix = Matrix(copying: samples.numbers(inner * columns), rows: inner, columns: columns)
    let bias = Vector(copying: samples.numbers(columns, in: -3...3))
    let old = samples.numbers(rows * columns)
    let weight = isPacked ? compute.packed(Weight(matrix)) : Weight(matrix)

    let plain = MutableMatrix(rows: rows, columns: columns)
    compute.multiply(input, matrix, into: plain)
    compute.elementwise.add(bias, toRowsOf: plain)
    let output = MutableMatrix(rows: rows, columns: columns)
    compute.linear(input, weight: weight, bias: bias, into: output)
    #expect(bitDifferences(output.elements(), plain.elements()) == nil)

    let sum = compactMatrix(old, rows: rows, columns: columns)
    compute.linear(input, weight: weight, bias: bias, addingTo: sum)
    #expect(bitDifferences(sum.elements(), zip(plain.elements(), old).map { $0 + $1 }) == nil)

    compute.gelu(plain)
    compute.linear(input, weight: weight, bias: bias, activation: .gelu, into: output)
    #expect(bitDifferences(output.elements(), plain.elements()) == nil)
  }
}

extension Compute {
  /// A weight, packed into memory of its own that held not-a-numbers.
  func packed(_ weight: Weight) -> Weight {
    let memory = MutableMatrix(rows: 1, columns: packedCount(rows: weight.rows, columns: weight.columns))
    for index in 0..<memory.columns { memory[0, index] = .nan }
    return pack([weight], into: memory)[0]
  }
}
