import MAESTKernels
import MAESTTensor
import Testing

/// Weights in the order in which a backend reads them.
struct WeightTests {
  /// [rows, columns]: nothing, one, around a panel's columns and around the rows that a thread packs at a time.
  static let shapes = [
    (0, 5), (5, 0), (1, 1), (7, 31), (8, 32), (9, 33), (63, 7), (64, 8), (65, 9), (129, 100), (40, 400),
  ]

  private func weights(seed: UInt64) -> [Weight] {
    var samples = Samples(seed: seed)
    return Self.shapes.map { rows, columns in
      let numbers = samples.numbers(rows * columns)
      return Weight(stridedView(numbers, rows: rows, columns: columns).readOnly)
    }
  }

  /// All weights packed one after the other, and what lies behind them.
  private func packedMemory(_ weights: [Weight], _ compute: Compute) -> [Float] {
    let count = weights.reduce(0) { $0 + compute.packedCount(rows: $1.rows, columns: $1.columns) }
    let memory = MutableMatrix(rows: 1, columns: count + 3)
    for index in 0..<memory.columns { memory[0, index] = 77 }
    _ = compute.pack(weights, into: memory)
    return memory.elements()
  }

  /// Panel after panel, every row's columns side by side, zeros beyond the last column.
  private func plainPanels(_ weight: Weight, width: Int) -> [Float] {
    stride(from: 0, to: weight.columns, by: width).flatMap { first in
      (0..<weight.rows).flatMap { row in
        (first..<first + width).map { $0 < weight.columns ? weight.matrix[row, $0] : 0 }
      }
    }
  }

  @Test(arguments: KernelChoice.products, [1, 2, 3, 8])
  func anyNumberOfThreadsPacksTheSame(choice: KernelChoice, threadCount: Int) throws {
    let compute = try choice.compute(threadCount: threadCount)
    let weights = weights(seed: 41)
    var expected: [Float] = []
    if let width = compute.multiplication.panelWidth {
      #expect(64 % width == 0)
      expected = weights.flatMap { plainPanels($0, width: width) }
    }
    #expect(bitDifferences(packedMemory(weights, compute), expected + [77, 77, 77]) == nil)
  }

  @Test(arguments: KernelChoice.products)
  func packedWeightsAreTheSameWeights(choice: KernelChoice) throws {
    let compute = try choice.compute(threadCount: 3)
    let weights = weights(seed: 42)
    let count = weights.reduce(0) { $0 + compute.packedCount(rows: $1.rows, columns: $1.columns) }
    let packed = compute.pack(weights, into: MutableMatrix(rows: 1, columns: count))
    var samples = Samples(seed: 43)
    for (weight, packed) in zip(weights, packed) {
      #expect(packed.rows == weight.rows && packed.columns == weight.columns)
      #expect(bitDifferences(packed.matrix.elements(), weight.matrix.elements()) == nil)
      expectSameOutputs(packed, weight, compute, &samples, "[\(weight.rows), \(weight.columns)]")
    }
  }

  @Test(arguments: KernelChoice.products)
  func sectionsOfPackedWeights(choice: KernelChoice) throws {
    let compute = try choice.compute()
    var samples = Samples(seed: 44)
    let (rows, columns) = (75, 200)
    let weight = Weight(Matrix(copying: samples.numbers(rows * columns), rows: rows, columns: columns))
    let packed = compute.packed(weight)
    for section in [0..<75, 0..<1, 10..<10, 8..<40, 37..<75, 74..<75] {
      expectSameOutputs(packed[rows: section], weight[rows: section], compute, &samples, "rows \(section)")
    }
    for section in [0..<200, 0..<1, 0..<64, 64..<64, 64..<65, 64..<128, 128..<171, 192..<200] {
      let comment = "columns \(section)"
      expectSameOutputs(packed[columns: section], weight[columns: section], compute, &samples, comment)
      expectSameOutputs(
        packed[rows: 5..<70][columns: section], weight[columns: section][rows: 5..<70], compute, &samples,
        comment)
      expectSameOutputs(
        packed[columns: section][rows: 5..<70][rows: 1..<3],
        weight[columns: section][rows: 6..<8], compute, &samples, comment)
    }
  }

  /// A section shares its last panel with the columns that follow; they do not show.
  @Test(arguments: KernelChoice.products)
  func notNumbersBesideASectionDoNotShow(choice: KernelChoice) throws {
    let compute = try choice.compute()
    var samples = Samples(seed: 45)
    let (rows, columns) = (20, 100)
    var numbers = samples.numbers(rows * columns)
    for index in numbers.indices where !(64..<71).contains(index % columns) || index / columns == 19 {
      numbers[index] = .nan
    }
    let weight = compute.packed(Weight(Matrix(copying: numbers, rows: rows, columns: columns)))
    for count in [1, 5, 6, 7, 12, 13, 30] {
      let input = Matrix(copying: samples.numbers(count * 19), rows: count, columns: 19)
      let output = SurroundedMatrix([Float](repeating: 0, count: count * 7), rows: count, columns: 7)
      compute.linear(input, weight: weight[rows: 0..<19][columns: 64..<71], bias: nil, into: output.view)
      #expect(output.view.elements().allSatisfy { $0.isFinite }, "\(count) rows")
      #expect(output.isUntouchedAround, "\(count) rows")
    }
  }

  /// Expects the same bits by both weights, for a few rows of input and for many.
  private func expectSameOutputs(
    _ found: Weight, _ expected: Weight, _ compute: Compute, _ samples: inout Samples, _ comment: String
  ) {
    for count in [0, 1, 6, 30] {
      let input = Matrix(
        copying: samples.numbers(count * expected.rows), rows: count, columns: expected.rows)
      let bias = Vector(copying: samples.numbers(expected.columns))
      let outputs = [found, expected].map { weight in
        let output = MutableMatrix(rows: count, columns: expected.columns)
        compute.linear(input, weight: weight, bias: bias, into: output)
        return output.elements()
      }
      #expect(bitDifferences(outputs[0], outputs[1]) == nil, "\(comment), \(count) rows")
    }
  }
}
