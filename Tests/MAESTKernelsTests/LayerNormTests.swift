import MAESTKernels
import MAESTTensor
import Testing

/// Layer normalisation, on every instruction set that runs here.
struct LayerNormTests {
  private func layerNorm(
    _ rows: [[Float]], scale: [Float], bias: [Float], epsilon: Float, _ kernels: ElementwiseKernels
  ) -> [[Float]] {
    let columns = scale.count
    let input = stridedView(rows.flatMap { $0 }, rows: rows.count, columns: columns).readOnly
    let output = stridedView(
      [Float](repeating: 0, count: rows.count * columns), rows: rows.count, columns: columns)
    kernels.layerNorm(
      input, scale: Vector(copying: scale), bias: Vector(copying: bias), epsilon: epsilon, into: output)
    return rows.indices.map { output[rows: $0..<$0 + 1].elements() }
  }

  /// A normalised value n carries the roundings of the two sums, relative to n (from the deviation) and
  /// to 1 (from the mean). The first mean is off by its sum's roundings; differences from it are exact to
  /// a rounding of their own size, so the offset counts in units of the deviation.
  private func expectExact(
    _ row: [Float], scale: [Float], bias: [Float], epsilon: Float, found: [Float], width: Int,
    _ comment: Comment
  ) {
    let exact = layerNormTwin(row, scale: scale, bias: bias, epsilon: epsilon)
    let x = row.map(Double.init)
    let mean = x.reduce(0, +) / Double(max(x.count, 1))
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(x.count, 1))
    let deviation = (variance + Double(epsilon)).squareRoot()
    let additions = Double(row.count / width + 12)
    let largest = x.reduce(0) { max($0, abs($1)) }
    let offset = additions * rounding * largest / deviation
    let tolerances = x.indices.map { index in
      let normal = abs(x[index] - mean) / deviation
      return additions * rounding * (1 + normal + offset) * (1 + offset) * abs(Double(scale[index]))
        + 2 * rounding * abs(exact[index]) + leastNormal
    }
    #expect(differences(found, exact) { tolerances[$0] } == nil, comment)
  }

  @Test(arguments: instructionSets)
  func rowsOfEverySize(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    var samples = Samples(seed: 6)
    for columns in sizes(around: kernels.vectorWidth) {
      let rows = [
        samples.numbers(columns), samples.numbers(columns, in: 99...101),
        samples.numbers(columns, in: -1e-4...1e-4),
      ]
      let scale = samples.numbers(columns, in: -2...2)
      let bias = samples.numbers(columns)
      let found = layerNorm(rows, scale: scale, bias: bias, epsilon: 1e-6, kernels)
      for index in rows.indices {
        expectExact(
          rows[index], scale: scale, bias: bias, epsilon: 1e-6, found: found[index],
          width: kernels.vectorWidth, "row \(index) of \(columns) columns")
      }
    }
  }

  @Test(arguments: instructionSets)
  func adversarialRows(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    var samples = Samples(seed: 7)
    let columns = 768
    var spike = [Float](repeating: 0, count: columns)
    spike[700] = 1e4
    let rows = [
      samples.numbers(columns, in: 9_999...10_001),
      samples.numbers(columns, in: -1e15...1e15),
      samples.numbers(columns, in: -1e-38...1e-38),
      (0..<columns).map { $0 % 2 == 0 ? 1e4 : -1e4 },
      spike,
      // Neighbouring numbers, whose mean lies between two: what the first mean is off by is as large as
      // the deviation.
      (0..<columns).map { 1e4 + Float($0 % 3) * Float(1e4).ulp },
    ]
    let scale = samples.numbers(columns, in: -2...2)
    let bias = samples.numbers(columns)
    for epsilon: Float in [1e-6, 1e-5] {
      let found = layerNorm(rows, scale: scale, bias: bias, epsilon: epsilon, kernels)
      for index in rows.indices {
        expectExact(
          rows[index], scale: scale, bias: bias, epsilon: epsilon, found: found[index],
          width: kernels.vectorWidth, "row \(index), epsilon \(epsilon)")
      }
    }
  }

  @Test(arguments: instructionSets)
  func constantRowsGiveTheBias(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    var samples = Samples(seed: 8)
    for columns in [1, kernels.vectorWidth + 1, 768, 1685] {
      let rows: [[Float]] = [0, 0.1, -1e4, 12345.678, 0x1p-133, 1e12].map { value in
        [Float](repeating: value, count: columns)
      }
      let scale = samples.numbers(columns, in: -2...2)
      let bias = samples.numbers(columns)
      for row in layerNorm(rows, scale: scale, bias: bias, epsilon: 1e-6, kernels) {
        #expect(differences(row, bias.map(Double.init)) { _ in 0 } == nil, "\(columns) columns")
      }
    }
  }

  @Test(arguments: instructionSets)
  func inPlaceAndAnywhereTheResultIsTheSame(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    var samples = Samples(seed: 9)
    for columns in [kernels.vectorWidth + 3, 768] {
      let row = samples.numbers(columns)
      let scale = samples.numbers(columns)
      let bias = samples.numbers(columns)
      let others = (0..<3).map { _ in samples.numbers(columns) }
      let alone = layerNorm([row], scale: scale, bias: bias, epsilon: 1e-6, kernels)[0]
      let among = layerNorm(others + [row], scale: scale, bias: bias, epsilon: 1e-6, kernels)[3]
      #expect(bitDifferences(among, alone) == nil)

      let inPlace = compactMatrix(row, rows: 1, columns: columns)
      kernels.layerNorm(
        inPlace.readOnly, scale: Vector(copying: scale), bias: Vector(copying: bias), epsilon: 1e-6,
        into: inPlace)
      #expect(bitDifferences(inPlace.elements(), alone) == nil)
    }
  }
}
