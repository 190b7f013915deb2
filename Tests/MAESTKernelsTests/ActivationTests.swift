import MAESTKernels
import MAESTTensor
import Testing

/// GELU and sigmoid, on every instruction set that runs here.
struct ActivationTests {
  /// Both signs of everything that is special, both tails, and the middle.
  static let adversarial: [Float] =
    [
      0, .leastNonzeroMagnitude, 0x1p-133, .leastNormalMagnitude, 1e-30, 1e-7, 0.5, 1, 2, 3, 4.5, 5.9, 8, 10,
      12.5, 13, 13.2, 13.5, 14, 14.5, 20, 87, 87.3, 87.4, 88, 104, 1e4, 1e19, 1e38,
      .greatestFiniteMagnitude, .infinity,
    ].flatMap { [$0, -$0] }

  static func geluTolerance(_ x: Float, _ exact: Double) -> Double {
    let bySize = 2.6 * rounding * abs(Double(x))
    return min(bySize, 8 * Double(Float(exact).ulp)) + leastNormal
  }

  static func sigmoidTolerance(_ exact: Double) -> Double {
    2.5 * Double(Float(exact).ulp) + leastNormal
  }

  @Test(arguments: instructionSets)
  func geluFollowsTheExactFormula(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    var samples = Samples(seed: 1)
    for columns in sizes(around: kernels.vectorWidth) {
      let input = samples.numbers(3 * columns, in: -14...14)
      let values = stridedView(input, rows: 3, columns: columns)
      kernels.gelu(values)
      let exact = input.map(geluTwin)
      #expect(
        differences(values.elements(), exact) { Self.geluTolerance(input[$0], exact[$0]) } == nil,
        "\(columns) columns")
    }
  }

  @Test(arguments: instructionSets)
  func sigmoidFollowsTheExactFormula(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    var samples = Samples(seed: 2)
    for columns in sizes(around: kernels.vectorWidth) {
      let input = samples.numbers(3 * columns, in: -100...100)
      let values = stridedView(input, rows: 3, columns: columns)
      kernels.sigmoid(values)
      let exact = input.map(sigmoidTwin)
      #expect(
        differences(values.elements(), exact) { Self.sigmoidTolerance(exact[$0]) } == nil,
        "\(columns) columns")
    }
  }

  @Test(arguments: instructionSets)
  func specialValues(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    let input = Self.adversarial
    let values = compactMatrix(input, rows: 1, columns: input.count)
    kernels.gelu(values)
    let gelu = values.elements()
    let exactGELU = input.map(geluTwin)
    #expect(
      differences(gelu, exactGELU) { Self.geluTolerance(input[$0], exactGELU[$0]) } == nil)
    #expect(zip(input, gelu).allSatisfy { $0.sign == $1.sign }, "the sign, of 0 too, stays")

    values.copy(from: Matrix(copying: input, rows: 1, columns: input.count))
    kernels.sigmoid(values)
    let exactSigmoid = input.map(sigmoidTwin)
    #expect(
      differences(values.elements(), exactSigmoid) { Self.sigmoidTolerance(exactSigmoid[$0]) } == nil)
  }

  @Test(arguments: instructionSets)
  func notANumberStays(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    for columns in [1, kernels.vectorWidth] {
      let input = [Float](repeating: .nan, count: columns)
      let gelu = compactMatrix(input, rows: 1, columns: columns)
      let sigmoid = compactMatrix(input, rows: 1, columns: columns)
      kernels.gelu(gelu)
      kernels.sigmoid(sigmoid)
      #expect(gelu.elements().allSatisfy { $0.isNaN })
      #expect(sigmoid.elements().allSatisfy { $0.isNaN })
    }
  }

  @Test(arguments: instructionSets)
  func anElementsResultDoesNotDependOnItsPlace(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    let count = 2 * kernels.vectorWidth + 3
    for value: Float in [-13, -3.3, -0.1, 0.7, 5.1] {
      for activation in [ElementwiseKernels.gelu, ElementwiseKernels.sigmoid] {
        let values = compactMatrix([Float](repeating: value, count: count), rows: 1, columns: count)
        activation(kernels)(values)
        let results = values.elements()
        #expect(
          bitDifferences(results, [Float](repeating: results[0], count: count)) == nil, "\(value)")
      }
    }
  }

  @Test(arguments: instructionSets)
  func nothingOutsideTheViewIsTouched(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    let around = MutableMatrix(rows: 4, columns: 40)
    let inner = around[rows: 1..<3][columns: 5..<26]
    kernels.sigmoid(inner)
    for row in 0..<4 {
      for column in 0..<40 {
        let isInside = (1..<3).contains(row) && (5..<26).contains(column)
        #expect(around[row, column] == (isInside ? 0.5 : 0))
      }
    }
  }
}
