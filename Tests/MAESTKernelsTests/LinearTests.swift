import MAESTKernels
import MAESTTensor
import Testing

/// Dense layers, by every backend that is installed here on every instruction set.
struct LinearTests {
  /// [rows, in, out]: nothing, one, the ends of tiles and panels, the model's head and parts of its blocks.
  static let shapes: [[Int]] = [
    [0, 3, 4], [3, 0, 4], [3, 4, 0], [1, 1, 1], [5, 9, 7], [6, 9, 8], [7, 9, 9], [12, 20, 16], [13, 33, 33],
    [25, 5, 65], [7, 768, 33], [2, 768, 400], [72, 768, 64], [13, 64, 768], [2, 400, 3072],
  ]

  @Test(arguments: KernelChoice.all)
  func layersOfEveryShape(choice: KernelChoice) throws {
    let compute = try choice.compute()
    var samples = Samples(seed: 12)
    for shape in Self.shapes {
      let (rows, inner, columns) = (shape[0], shape[1], shape[2])
      let input = samples.numbers(rows * inner)
      // Outputs of about 1 at any length of the sums, for the GELU.
      let matrix = samples.numbers(inner * columns).map { $0 * 3 / Float(max(inner, 1)).squareRoot() }
      let bias = samples.numbers(columns)
      let old = samples.numbers(rows * columns)
      let (product, magnitude) = productTwin(input, matrix, rows: rows, inner: inner, columns: columns)
      let inputView = stridedView(input, rows: rows, columns: inner).readOnly
      let weight = Weight(stridedView(matrix, rows: inner, columns: columns).readOnly)
      for (weight, name) in [(weight, "as it is"), (compute.packed(weight), "packed")] {
        for bias in [bias, nil] {
          expectLayer(
            inputView, weight, bias, old: old, product: product, magnitude: magnitude, compute,
            "\(shape), \(bias == nil ? "without" : "with") bias, \(name)")
        }
      }
    }
  }

  /// Compares one layer's output, with the GELU, and added to what is there, with a product that is exact.
  private func expectLayer(
    _ input: Matrix, _ weight: Weight, _ bias: [Float]?, old: [Float], product: [Double],
    magnitude: [Double], _ compute: Compute, _ comment: Comment
  ) {
    let (rows, columns) = (input.rows, weight.columns)
    let vector = bias.map { Vector(copying: $0) }
    let added = (0..<rows * columns).map { Double(bias?[$0 % columns] ?? 0) }
    let sums = zip(product, added).map { $0 + $1 }
    let roundings = Double(weight.rows + 3) * rounding
    let tolerance = { (index: Int) in roundings * (magnitude[index] + abs(added[index])) }
    let notNumbers = [Float](repeating: .nan, count: rows * columns)

    let output = SurroundedMatrix(notNumbers, rows: rows, columns: columns)
    compute.linear(input, weight: weight, bias: vector, into: output.view)
    #expect(differences(output.view.elements(), sums, tolerance: tolerance) == nil, comment)

    let activated = SurroundedMatrix(notNumbers, rows: rows, columns: columns)
    compute.linear(input, weight: weight, bias: vector, activation: .gelu, into: activated.view)
    // The steepest that GELU gets is 1.13.
    let activatedTolerance = { (index: Int) in
      1.13 * tolerance(index) + 2.6 * rounding * abs(sums[index]) + leastNormal
    }
    #expect(
      differences(activated.view.elements(), sums.map(geluTwin), tolerance: activatedTolerance) == nil,
      comment)

    let sum = SurroundedMatrix(old, rows: rows, columns: columns)
    compute.linear(input, weight: weight, bias: vector, addingTo: sum.view)
    #expect(
      differences(sum.view.elements(), zip(sums, old).map { $0 + Double($1) }) {
        tolerance($0) + roundings * abs(Double(old[$0]))
      } == nil, comment)
    #expect([output, activated, sum].allSatisfy { $0.isUntouchedAround }, comment)
  }

  /// The built-in kernels add bias, GELU and residual before they store: the bits are those of one after the
  /// other.
  @Test(arguments: KernelChoice.all.filter { $0.backend == .builtin }, [false, true])
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

    compute.elementwise.gelu(plain)
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
