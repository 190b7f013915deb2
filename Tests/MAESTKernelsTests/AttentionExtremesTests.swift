import MAESTKernels
import MAESTTensor
import Testing

/// Attention of scores far from those of a trained network, by every backend on every instruction set.
///
/// Queries and keys are small whole numbers times powers of two, so that the scores are exact in any order of
/// summation, however large, and the tolerance is that of the softmax and the weighted sum alone.
struct AttentionExtremesTests {
  /// 50 queries, 45 keys, width 4, of whole numbers up to a bound, times powers of two.
  private func wholeNumbers(
    upTo bound: Int, queryFactor: Float = 1, keyFactor: Float = 1, seed: UInt64
  ) -> AttentionTwin {
    var samples = Samples(seed: seed)
    var twin = AttentionTwin(queries: 50, keys: 45, width: 4, valueWidth: 9, &samples)
    twin.query = twin.query.map { ($0 * Float(bound)).rounded() * queryFactor }
    twin.key = twin.key.map { ($0 * Float(bound)).rounded() * keyFactor }
    return twin
  }

  private func expectExact(_ twin: AttentionTwin, _ compute: Compute, _ comment: Comment) {
    let (exact, tolerance) = twin.exact(scoresAreExact: true)
    #expect(differences(twin.run(compute), exact) { tolerance[$0] } == nil, comment)
  }

  @Test(arguments: KernelChoice.all)
  func largeScores(choice: KernelChoice) throws {
    let compute = try choice.compute()
    for bound in [3, 10, 60, 100, 1000] {
      for scale: Float in [0.125, 0.3, 1] {
        var twin = wholeNumbers(upTo: bound, seed: 20)
        twin.scale = scale
        expectExact(twin, compute, "numbers up to \(bound), scale \(scale)")
      }
    }
  }

  @Test(arguments: KernelChoice.all)
  func hugeAndTinyNorms(choice: KernelChoice) throws {
    let compute = try choice.compute()
    // The products: up to 2^116, as small as 2^-120, below all normal numbers, about 1 from numbers far from it.
    for (queryFactor, keyFactor): (Float, Float) in [
      (0x1p50, 0x1p50), (0x1p-60, 0x1p-60), (0x1p-70, 0x1p-70), (0x1p90, 0x1p-96), (0x1p-149, 0x1p120),
      (1, 0x1p-149), (0x1p100, 1),
    ] {
      let twin = wholeNumbers(upTo: 100, queryFactor: queryFactor, keyFactor: keyFactor, seed: 21)
      expectExact(twin, compute, "queries times \(queryFactor), keys times \(keyFactor)")
    }
    var twin = wholeNumbers(upTo: 3, seed: 22)
    for factor: Float in [0x1p-115, 0x1p120] {
      twin.value = twin.value.map { $0 * factor }
      expectExact(twin, compute, "values times \(factor)")
      twin.value = twin.value.map { $0 / factor }
    }
  }

  @Test(arguments: KernelChoice.all)
  func equalKeysGiveTheMeanAndADominantKeyItsValue(choice: KernelChoice) throws {
    let compute = try choice.compute()
    for level: Float in [-1e4, 0, 1e4] {
      var twin = wholeNumbers(upTo: 1, seed: 23)
      twin.query = [Float](repeating: 1, count: twin.query.count)
      twin.key = [Float](repeating: level, count: twin.key.count)
      let mean = (0..<twin.valueWidth).map { column in
        (0..<twin.keys).reduce(0) { $0 + Double(twin.value[$1 * twin.valueWidth + column]) }
          / Double(twin.keys)
      }
      #expect(
        differences(twin.run(compute), (0..<twin.queries).flatMap { _ in mean }) { _ in
          Double(twin.keys + 2) * rounding
        } == nil, "all scores \(4 * level)")
    }
    for dominant in [0, 31, 32, 44] {
      var twin = wholeNumbers(upTo: 1, seed: 24)
      twin.query = [Float](repeating: 1, count: twin.query.count)
      twin.key = twin.key.indices.map { $0 / twin.width == dominant ? 1e4 : -1e4 }
      let value = twin.value[dominant * twin.valueWidth..<(dominant + 1) * twin.valueWidth]
      #expect(
        bitDifferences(twin.run(compute), (0..<twin.queries).flatMap { _ in value }) == nil,
        "key \(dominant)")
    }
  }

  @Test(arguments: KernelChoice.all, [Float.nan, .infinity, -.infinity])
  func specialNumbersSpreadAsInTheFormula(choice: KernelChoice, special: Float) throws {
    let compute = try choice.compute()
    // Scores so near to each other that no weight is 0, and no query with a 0, by which an infinite key would
    // become not-a-number.
    var plain = wholeNumbers(upTo: 1, seed: 25)
    plain.query = plain.query.indices.map { $0 / plain.width % 2 == 0 ? 1 : -1 }
    let finite = plain.run(compute)
    for row in [0, 30, 44, 49] {
      var twin = plain
      twin.query[row * twin.width + 2] = special
      expectSame(twin, leavingOthersAs: finite, compute, "query \(row)")
    }
    for row in [0, 31, 32, 44] {
      var twin = plain
      twin.value[row * twin.valueWidth + 8] = special
      expectSame(twin, leavingOthersAs: finite, compute, "value \(row)")
      twin = plain
      twin.key[row * twin.width + 1] = special
      expectSame(twin, leavingOthersAs: nil, compute, "key \(row)")
    }
  }

  /// Expects the same not-a-numbers and infinities as in the formula, and perhaps the other numbers unchanged.
  private func expectSame(
    _ twin: AttentionTwin, leavingOthersAs finite: [Float]?, _ compute: Compute, _ comment: Comment
  ) {
    let exact = twin.exact().output
    let found = twin.run(compute)
    #expect(found.map(kind) == exact.map { kind(Float($0)) }, comment)
    guard let finite else { return }
    let others = found.indices.filter { found[$0].isFinite }
    #expect(bitDifferences(others.map { found[$0] }, others.map { finite[$0] }) == nil, comment)
  }

  @Test(arguments: KernelChoice.all)
  func maskedKeysAreAsIfTheyWereNotThere(choice: KernelChoice) throws {
    let compute = try choice.compute()
    var twin = wholeNumbers(upTo: 3, seed: 26)
    twin.query = twin.query.map { abs($0) + 1 }
    for masked in [0..<1, 3..<40, 20..<45] {
      var cut = twin
      cut.keys -= masked.count
      cut.key.removeSubrange(masked.lowerBound * twin.width..<masked.upperBound * twin.width)
      cut.value.removeSubrange(masked.lowerBound * twin.valueWidth..<masked.upperBound * twin.valueWidth)
      let (exact, tolerance) = cut.exact(scoresAreExact: true)
      var whole = twin
      for index in masked.lowerBound * twin.width..<masked.upperBound * twin.width {
        whole.key[index] = -.infinity
      }
      #expect(differences(whole.run(compute), exact) { tolerance[$0] } == nil, "\(masked)")
    }
    twin.key = [Float](repeating: -.infinity, count: twin.key.count)
    #expect(twin.run(compute).allSatisfy { $0.isNaN }, "all keys: 0 / 0")
  }
}
