import Foundation
import MAESTKernels
import MAESTTensor
import Testing

/// The softmax's numerators and sums, on every instruction set that runs here.
struct SoftmaxTests {
  /// Runs the kernel on rows of one length.
  private func numerators(
    _ rows: [[Float]], scale: Float, _ kernels: ElementwiseKernels
  ) -> (numerators: [[Float]], sums: [Float]) {
    let columns = rows.first?.count ?? 0
    let values = stridedView(rows.flatMap { $0 }, rows: rows.count, columns: columns)
    var sums = [Float](repeating: .nan, count: rows.count)
    sums.withUnsafeMutableBufferPointer { kernels.softmaxNumerators(values, scale: scale, sums: $0) }
    return (rows.indices.map { values[rows: $0..<$0 + 1].elements() }, sums)
  }

  /// The argument carries a rounding of the difference, one of the factor, one of their product and a quarter of
  /// one of log₂ e, which exp turns into a relative error as large as the argument; exp adds its own. The sum
  /// adds a rounding for every addition in a lane and for the lanes' halving.
  private func expectExact(
    _ row: [Float], scale: Float, found: [Float], sum: Float, width: Int, _ comment: Comment
  ) {
    let exact = softmaxNumeratorsTwin(row, scale: scale)
    let largest = Double(row.max() ?? 0)
    let tolerances = row.indices.map { index in
      let argument = Double(scale) * abs(Double(row[index]) - largest)
      return exact[index] > 0 ? exact[index] * (3.25 * argument + 2) * rounding + leastNormal : leastNormal
    }
    #expect(differences(found, exact) { tolerances[$0] } == nil, comment)
    let exactSum = found.reduce(0.0) { $0 + Double($1) }
    let additions = Double(row.count / width + 8)
    #expect(differences([sum], [exactSum]) { _ in additions * rounding * exactSum } == nil, comment)
  }

  @Test(arguments: instructionSets)
  func rowsOfEverySize(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    var samples = Samples(seed: 3)
    for columns in sizes(around: kernels.vectorWidth) {
      let rows = (0..<3).map { _ in samples.numbers(columns, in: -30...30) }
      let (found, sums) = numerators(rows, scale: 0.125, kernels)
      for index in rows.indices {
        expectExact(
          rows[index], scale: 0.125, found: found[index], sum: sums[index], width: kernels.vectorWidth,
          "row \(index) of \(columns) columns")
      }
    }
  }

  @Test(arguments: instructionSets)
  func adversarialScores(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    var samples = Samples(seed: 4)
    let count = 4 * kernels.vectorWidth + 5
    var dominated = samples.numbers(count)
    dominated[count - 1] = 500
    var masked = samples.numbers(count)
    masked[0] = -.infinity
    masked[count - 2] = -.infinity
    let rows = [
      samples.numbers(count, in: -1e4...1e4),
      (0..<count).map { $0 % 2 == 0 ? 1e4 : -1e4 },
      [Float](repeating: 1e4, count: count),
      [Float](repeating: -1e4, count: count),
      [Float](repeating: 0, count: count),
      samples.numbers(count, in: -0x1p-133...0x1p-133),
      samples.numbers(count, in: -1e30...1e30),
      (0..<count).map { -87.2 - Float($0) * 0.01 },
      dominated,
      masked,
    ]
    for scale: Float in [0.125, 0.3, 1] {
      let (found, sums) = numerators(rows, scale: scale, kernels)
      for index in rows.indices {
        expectExact(
          rows[index], scale: scale, found: found[index], sum: sums[index], width: kernels.vectorWidth,
          "row \(index), scale \(scale)")
      }
    }
  }

  /// With a scale of ln 2 the kernel's factor is 1 and powers of two of scores without rounding remain: the
  /// error of exp itself.
  @Test(arguments: instructionSets)
  func powersToAUnitInTheLastPlace(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    let scale: Float = 0.6931472
    #expect(scale * 1.44269504 == 1)
    for step: Float in [0x1p-15, 0x1p-9] {
      let row = (0..<65000).map { -Float($0) * step }
      let exact = row.map { exp2(Double($0)) }
      let found = numerators([row], scale: scale, kernels).numerators[0]
      #expect(
        differences(found, exact) { (set.isFused ? 1 : 1.3) * Double(Float(exact[$0]).ulp) + leastNormal }
          == nil, "in steps of \(step)")
    }
  }

  @Test(arguments: instructionSets)
  func equalScoresGiveOnes(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    let (found, sums) = numerators([[Float](repeating: 7.3, count: 1685)], scale: 0.125, kernels)
    #expect(bitDifferences(found[0], [Float](repeating: 1, count: 1685)) == nil)
    #expect(sums == [1685])
  }

  @Test(arguments: instructionSets)
  func rowsWithoutScores(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    let masked = [Float](repeating: -.infinity, count: kernels.vectorWidth + 3)
    let (found, sums) = numerators([masked], scale: 1, kernels)
    #expect(found[0].allSatisfy { $0 == 0 })
    #expect(sums == [0])
    #expect(numerators([[]], scale: 1, kernels).sums == [0])
  }

  @Test(arguments: instructionSets)
  func notANumberStays(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    var row = [Float](repeating: 1, count: kernels.vectorWidth + 3)
    row[1] = .nan
    row[kernels.vectorWidth + 1] = .nan
    let (found, sums) = numerators([row], scale: 1, kernels)
    #expect(found[0][1].isNaN && found[0][kernels.vectorWidth + 1].isNaN && found[0][0] == 1)
    #expect(sums[0].isNaN)
  }

  @Test(arguments: instructionSets)
  func aRowsResultDoesNotDependOnItsPlace(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    var samples = Samples(seed: 5)
    for columns in [kernels.vectorWidth - 1, 2 * kernels.vectorWidth + 3, 1685] {
      let row = samples.numbers(columns, in: -20...20)
      let others = (0..<4).map { _ in samples.numbers(columns, in: -20...20) }
      let alone = numerators([row], scale: 0.125, kernels)
      let among = numerators(others + [row], scale: 0.125, kernels)
      #expect(bitDifferences(among.numerators[4], alone.numerators[0]) == nil)
      #expect(among.sums[4] == alone.sums[0])
    }
  }
}
