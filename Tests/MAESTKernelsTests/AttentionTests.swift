import MAESTKernels
import MAESTTensor
import Testing

/// Attention, by every backend that is installed here on every instruction set.
struct AttentionTests {
  private func expectExact(_ twin: AttentionTwin, _ compute: Compute, _ comment: Comment) {
    let (exact, tolerance) = twin.exact()
    #expect(differences(twin.run(compute), exact) { tolerance[$0] } == nil, comment)
  }

  @Test(arguments: KernelChoice.all)
  func attentionOfEveryShape(choice: KernelChoice) throws {
    var samples = Samples(seed: 13)
    let compute = try choice.compute()
    for (queries, keys, width, valueWidth) in [
      (0, 5, 8, 8), (3, 1, 8, 4), (1, 17, 1, 1), (5, 33, 16, 8), (4, 1685, 64, 64), (19, 20, 64, 64),
      (2, 31, 0, 3), (2, 32, 3, 0), (13, 33, 7, 33), (25, 64, 5, 31),
    ] {
      for amplitude: Float in [1, 30] {
        let twin = AttentionTwin(
          queries: queries, keys: keys, width: width, valueWidth: valueWidth, amplitude: amplitude, &samples)
        expectExact(
          twin, compute, "\(queries) queries, \(keys) keys, width \(width), amplitude \(amplitude)")
      }
    }
  }

  /// The built-in kernels go through the queries 48 at a time.
  @Test(arguments: KernelChoice.all, [47, 48, 49, 95, 96, 97, 100])
  func blocksOfQueries(choice: KernelChoice, queries: Int) throws {
    var samples = Samples(seed: 16)
    let twin = AttentionTwin(queries: queries, keys: 35, width: 9, valueWidth: 17, amplitude: 2, &samples)
    expectExact(twin, try choice.compute(), "\(queries) queries")
  }

  @Test(arguments: KernelChoice.independent)
  func theSplitOfTheQueriesDoesNotMatter(choice: KernelChoice) throws {
    var samples = Samples(seed: 17)
    let compute = try choice.compute()
    let count = 100
    let twin = AttentionTwin(queries: count, keys: 35, width: 9, valueWidth: 17, amplitude: 2, &samples)
    let whole = twin.run(compute)
    #expect(whole.count == count * twin.valueWidth)
    for first in 1..<count {
      let found = twin.run(compute, runs: [0..<first, first..<count])
      #expect(bitDifferences(found, whole) == nil, "split at \(first)")
    }
    let alone = twin.run(compute, runs: (0..<count).map { $0..<$0 + 1 })
    #expect(bitDifferences(alone, whole) == nil, "one by one")
  }

  /// Scratch memory for all queries serves for fewer, and there is none to spare.
  @Test(arguments: KernelChoice.all)
  func scratchMemoryForMoreQueriesIsEnough(choice: KernelChoice) throws {
    let compute = try choice.compute()
    let shapes = (0...100).map { AttentionShape(queries: $0, keys: 35, width: 9, valueWidth: 17) }
    let counts = shapes.map(compute.attentionScratchCount)
    #expect(zip(counts, counts.dropFirst()).allSatisfy { $0 <= $1 })
    var samples = Samples(seed: 18)
    let twin = AttentionTwin(queries: 50, keys: 35, width: 9, valueWidth: 17, &samples)
    let output = MutableMatrix(rows: 50, columns: 17)
    compute.attention(
      query: Matrix(copying: twin.query, rows: 50, columns: 9),
      key: Matrix(copying: twin.key, rows: 35, columns: 9),
      value: Matrix(copying: twin.value, rows: 35, columns: 17), scale: twin.scale,
      scratch: MutableMatrix(rows: 1, columns: counts[50]), into: output)
    #expect(bitDifferences(output.elements(), twin.run(compute)) == nil)
  }

  @Test(arguments: KernelChoice.all)
  func withoutKeysTheOutputIsZero(choice: KernelChoice) throws {
    let compute = try choice.compute()
    var samples = Samples(seed: 19)
    for queries in [1, 49] {
      let twin = AttentionTwin(queries: queries, keys: 0, width: 3, valueWidth: 2, &samples)
      #expect(twin.run(compute) == [Float](repeating: 0, count: 2 * queries))
    }
  }
}
