import MAESTKernels
import MAESTTensor
import Testing

/// Sums and products that round once: on every instruction set they have the very same bits.
struct RowArithmeticTests {
  @Test(arguments: instructionSets)
  func rowsAreDividedFilledAndAddedTo(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    var samples = Samples(seed: 10)
    for columns in sizes(around: kernels.vectorWidth) {
      let input = samples.numbers(3 * columns)
      let divisors = samples.numbers(3, in: 0.5...2000)
      let vector = samples.numbers(columns)
      let addend = samples.numbers(3 * columns)

      let divided = stridedView(input, rows: 3, columns: columns)
      var overwritten = divisors
      overwritten.withUnsafeMutableBufferPointer { kernels.divideRows(divided, by: $0) }
      #expect(
        bitDifferences(
          divided.elements(), input.indices.map { input[$0] * (1 / divisors[$0 / max(columns, 1)]) }) == nil)

      let added = stridedView(input, rows: 3, columns: columns)
      kernels.add(Vector(copying: vector), toRowsOf: added)
      #expect(
        bitDifferences(
          added.elements(), input.indices.map { input[$0] + vector[$0 % max(columns, 1)] }) == nil)

      let filled = stridedView(input, rows: 3, columns: columns)
      kernels.fillRows(of: filled, with: Vector(copying: vector))
      #expect(bitDifferences(filled.elements(), vector + vector + vector) == nil)

      let sum = stridedView(input, rows: 3, columns: columns)
      kernels.add(stridedView(addend, rows: 3, columns: columns).readOnly, to: sum)
      #expect(bitDifferences(sum.elements(), zip(input, addend).map { $0 + $1 }) == nil)
    }
  }

  @Test(arguments: instructionSets)
  func matricesWithoutRows(set: InstructionSet) {
    let kernels = ElementwiseKernels(instructionSet: set)
    let empty = MutableMatrix(rows: 0, columns: 5)
    let vector = Vector(copying: [1, 2, 3, 4, 5])
    kernels.add(vector, toRowsOf: empty)
    kernels.fillRows(of: empty, with: vector)
    kernels.gelu(empty)
    kernels.sigmoid(empty)
    kernels.layerNorm(empty.readOnly, scale: vector, bias: vector, epsilon: 1e-6, into: empty)
    #expect(empty.elements().isEmpty)
  }
}
