import Dispatch
import MAESTKernels
import MAESTTensor
import Synchronization
import Testing

/// Attention on packed units: one row group of queries at a time, keys in chunks of 128.
@Suite struct TileAttentionTests {
  /// Keys below, at and above units and chunks; widths of one unit and more.
  static let shapes = [
    (1, 4), (2, 16), (31, 32), (32, 33), (33, 64), (127, 64), (128, 64), (129, 64), (160, 96), (300, 10),
    (385, 64), (513, 130),
  ]

  @Test(arguments: tileKernels, shapes)
  func anyShapeIsNearTheFormula(kernels: TileKernels, shape: (Int, Int)) {
    var samples = Samples(seed: 30)
    for amplitude: Float in [0.1, 1, 3] {
      let twin = AttentionTwin(
        queries: 32, keys: shape.0, width: shape.1, valueWidth: shape.1, amplitude: amplitude, &samples)
      expectNear(twin, kernels, "\(shape), amplitude \(amplitude)")
    }
  }

  @Test(arguments: tileKernels)
  func randomShapesAndScales(kernels: TileKernels) {
    var samples = Samples(seed: 31)
    for _ in 0..<40 {
      let width = Int.random(in: 1...100, using: &samples)
      var twin = AttentionTwin(
        queries: Int.random(in: 1...32, using: &samples), keys: Int.random(in: 1...400, using: &samples),
        width: width, valueWidth: width, amplitude: Float.random(in: 0.01...4, using: &samples), &samples)
      twin.scale = Float.random(in: 0.05...1, using: &samples)
      expectNear(twin, kernels, "\(twin.queries) queries, \(twin.keys) keys, width \(width)")
    }
  }

  /// Scores up to 1e4 and beyond, of both signs. From amplitudes of 50 on their errors alone choose the key, and all
  /// that can be said is that the result is a mean of values.
  @Test(arguments: tileKernels)
  func largeScores(kernels: TileKernels) {
    var samples = Samples(seed: 32)
    for amplitude: Float in [10, 50, 200, 1e4, 1e9] {
      let twin = AttentionTwin(
        queries: 32, keys: 300, width: 64, valueWidth: 64, amplitude: amplitude, &samples)
      expectNear(twin, kernels, "amplitude \(amplitude)")
    }
  }

  /// Each chunk's scores are over the last one's by so much that sums must be scaled, or just do not have to be.
  @Test(arguments: tileKernels, [-1000, -20, -1, 1, 15, 17, 40, 1000])
  func scoresThatRiseOrFallFromChunkToChunk(kernels: TileKernels, step: Int) {
    var samples = Samples(seed: 33)
    var twin = AttentionTwin(queries: 20, keys: 700, width: 8, valueWidth: 8, &samples)
    // The score, in powers of two, is the key's first number.
    twin.scale = Float(0.6931471805599453)
    twin.query = twin.query.indices.map { $0 % twin.width == 0 ? 1 : 0 }
    twin.key = twin.key.indices.map { $0 % twin.width == 0 ? Float($0 / twin.width / 128 * step) : 0 }
    expectNear(twin, kernels, "steps of \(step)")
  }

  @Test(arguments: tileKernels, [Float(-1e4), 0, 1e4])
  func equalScoresGiveTheMean(kernels: TileKernels, level: Float) {
    var samples = Samples(seed: 34)
    var twin = AttentionTwin(queries: 32, keys: 200, width: 16, valueWidth: 16, &samples)
    twin.query = [Float](repeating: 1, count: twin.query.count)
    twin.key = [Float](repeating: level, count: twin.key.count)
    let mean = (0..<twin.valueWidth).map { column in
      (0..<twin.keys).reduce(0) { $0 + Double(twin.value[$1 * twin.valueWidth + column]) } / Double(twin.keys)
    }
    #expect(
      differences(twin.run(kernels), (0..<twin.queries).flatMap { _ in mean }) {
        2 * kernels.error(of: abs(mean[$0 % twin.valueWidth]) + 0.5, beside: 1)
      } == nil)
  }

  @Test(arguments: tileKernels, [0, 31, 32, 127, 128, 199])
  func aDominantKeyGivesItsValue(kernels: TileKernels, dominant: Int) {
    var samples = Samples(seed: 35)
    var twin = AttentionTwin(queries: 32, keys: 200, width: 16, valueWidth: 16, &samples)
    twin.query = [Float](repeating: 1, count: twin.query.count)
    twin.key = twin.key.indices.map { $0 / twin.width == dominant ? 1e4 : -1e4 }
    let value = kernels.unpacked(
      kernels.packed(twin.value, rows: twin.keys, columns: 16, as: .right), rows: twin.keys, columns: 16,
      as: .right)[dominant * 16..<(dominant + 1) * 16]
    let expected = (0..<twin.queries).flatMap { _ in
      kernels.unpacked(
        kernels.packed(Array(value), rows: 1, columns: 16, as: .left), rows: 1, columns: 16, as: .left)
    }
    #expect(
      differences(twin.run(kernels), expected.map(Double.init)) {
        kernels.precision == .int16 ? abs(Double(expected[$0])) * 2 / 8191 : 0
      } == nil)
  }

  /// Products up to 2^116 and down to below all normal numbers; values near both ends of the range.
  @Test(arguments: tileKernels)
  func hugeAndTinyNorms(kernels: TileKernels) {
    var samples = Samples(seed: 36)
    for (queryFactor, keyFactor): (Float, Float) in [
      (0x1p50, 0x1p50), (0x1p-60, 0x1p-60), (0x1p-70, 0x1p-70), (0x1p90, 0x1p-96), (0x1p-149, 0x1p120),
      (1, 0x1p-149), (0x1p100, 1), (0, 0),
    ] {
      var twin = AttentionTwin(queries: 32, keys: 150, width: 8, valueWidth: 8, &samples)
      twin.query = twin.query.map { $0 * queryFactor }
      twin.key = twin.key.map { $0 * keyFactor }
      expectNear(twin, kernels, "queries times \(queryFactor), keys times \(keyFactor)")
    }
    for factor: Float in [0x1p-100, 0x1p100] {
      var twin = AttentionTwin(queries: 32, keys: 150, width: 8, valueWidth: 8, &samples)
      twin.value = twin.value.map { $0 * factor }
      expectNear(twin, kernels, "values times \(factor)")
    }
  }

  @Test(arguments: tileKernels)
  func aQueryDependsOnItselfAlone(kernels: TileKernels) {
    var samples = Samples(seed: 37)
    let twin = AttentionTwin(
      queries: 32, keys: 300, width: 64, valueWidth: 64, amplitude: 3, &samples)
    let together = twin.run(kernels)
    for query in [0, 15, 16, 31] {
      var alone = twin
      alone.queries = 1
      alone.query = Array(twin.query[query * 64..<(query + 1) * 64])
      #expect(
        bitDifferences(alone.run(kernels), Array(together[query * 64..<(query + 1) * 64])) == nil,
        "query \(query)")
    }
  }

  /// Not-a-number spreads to the queries that see it, and is never made of numbers.
  @Test(arguments: tileKernels)
  func notANumberStaysWithItsQuery(kernels: TileKernels) {
    var samples = Samples(seed: 38)
    var twin = AttentionTwin(queries: 4, keys: 140, width: 8, valueWidth: 8, &samples)
    twin.query[8] = .nan
    let output = twin.run(kernels)
    for (index, number) in output.enumerated() {
      #expect(number.isNaN == (8..<16).contains(index), "[\(index)]: \(number)")
    }
  }

  @Test(arguments: tileKernels)
  func aThousandSimultaneousRunsAreAsOne(kernels: TileKernels) {
    var samples = Samples(seed: 39)
    let twin = AttentionTwin(queries: 32, keys: 200, width: 64, valueWidth: 64, &samples)
    let alone = twin.run(kernels)
    let wrongCount = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<125 where bitDifferences(twin.run(kernels), alone) != nil {
        wrongCount.withLock { $0 += 1 }
      }
    }
    #expect(wrongCount.withLock { $0 } == 0)
  }

  /// Scores of -inf in all of the first chunk, and finite ones later.
  @Test(arguments: tileKernels)
  func keysThatCannotBeSeen(kernels: TileKernels) {
    var samples = Samples(seed: 41)
    var twin = AttentionTwin(queries: 3, keys: 200, width: 8, valueWidth: 8, &samples)
    twin.query = [Float](repeating: 1e20, count: twin.query.count)
    twin.key = twin.key.indices.map { $0 / twin.width < 150 ? -1e19 : 0 }
    let mean = (0..<8).map { column in
      (150..<200).reduce(0.0) { $0 + Double(twin.value[$1 * 8 + column]) } / 50
    }
    #expect(
      differences(twin.run(kernels), (0..<3).flatMap { _ in mean }) { _ in 4 * kernels.error(of: 1, beside: 1)
      } == nil)
  }

  @Test(arguments: [Precision.high, .bf16, .int16])
  func allInstructionsGiveTheSameBits(precision: Precision) {
    var samples = Samples(seed: 40)
    let implementations = TileKernels.implementations(of: precision)
    for (keys, width) in Self.shapes {
      for amplitude: Float in [1, 30, 1e4] {
        let twin = AttentionTwin(
          queries: 32, keys: keys, width: width, valueWidth: width, amplitude: amplitude, &samples)
        let outputs = implementations.map { twin.run($0) }
        for (kernels, output) in zip(implementations, outputs) {
          let difference = bitDifferences(output, outputs[0])
          #expect(
            difference == nil, "\(kernels.instructions), \(keys) keys, width \(width), amplitude \(amplitude)"
          )
        }
      }
    }
  }

  /// Within the bound of the formula, and inside the range of the values, whatever the scores.
  private func expectNear(_ twin: AttentionTwin, _ kernels: TileKernels, _ comment: Comment) {
    let compared = kernels.precision == .int16 ? twin.packed(by: kernels) : twin
    let (exact, tolerance) = compared.exact(
      numberError: kernels.numberError, productError: kernels.productError, powerError: kernels.powerError,
      unitError: kernels.unitError)
    let found = twin.run(kernels)
    let largest = exact.map(abs).max() ?? 0
    #expect(
      differences(found, exact) { tolerance[$0] + largest * kernels.scaleError } == nil, comment)
    for column in 0..<twin.valueWidth {
      let values = stride(from: column, to: twin.value.count, by: twin.valueWidth).map { twin.value[$0] }
      // An output is rounded beside the largest one of its query.
      let limit =
        values.reduce(0) { max($0, abs($1)) } * Float(1 + 4 * kernels.error(of: 1, beside: 1))
        + Float(2 * kernels.scaleError * largest)
      let isInside = stride(from: column, to: found.count, by: twin.valueWidth).allSatisfy {
        abs(found[$0]) <= limit
      }
      #expect(isInside, "column \(column) beyond all values, \(comment)")
    }
  }
}

extension TileKernels {
  /// How far a weight of the softmax may be from the power of two, relative, rounded to its parts.
  fileprivate var powerError: Double { numberError + (precision == .bf16 ? 0x1p-13 : 0x1p-21) }

  /// How far it may be besides, in parts of the largest weight in its unit.
  fileprivate var unitError: Double { precision == .int16 ? 0.5 / 8191 + 0x1p-21 : 0 }
}

extension AttentionTwin {
  /// What the kernels make of one row group of queries. The widths of keys and values are one.
  fileprivate func run(_ kernels: TileKernels) -> [Float] {
    let stepCount = kernels.unitCount(of: width)
    let factor = scale * 1.442_695_04
    let scratch = MutableMatrix(rows: 1, columns: kernels.attentionScratchCount(stepCount: stepCount))
    for index in 0..<scratch.columns { scratch[0, index] = .nan }
    let output = kernels.units(stepCount)
    kernels.attend(
      query: kernels.packed(query.map { $0 * factor }, rows: queries, columns: width, as: .left),
      queryCount: queries,
      keys: kernels.packed(key, rows: keys, columns: width, as: .transposedRight),
      values: kernels.packed(value, rows: keys, columns: width, as: .right), keyCount: keys, scratch: scratch,
      into: output)
    return kernels.unpacked(output, rows: queries, columns: width, as: .left)
  }

  /// The same with the numbers that packed operands hold.
  fileprivate func packed(by kernels: TileKernels) -> AttentionTwin {
    func numbers(_ elements: [Float], _ rows: Int, _ form: TileForm) -> [Float] {
      kernels.unpacked(
        kernels.packed(elements, rows: rows, columns: width, as: form), rows: rows, columns: width, as: form)
    }
    var twin = self
    let factor = scale * 1.442_695_04
    twin.query = numbers(query.map { $0 * factor }, queries, .left).map { $0 / factor }
    (twin.key, twin.value) = (numbers(key, keys, .transposedRight), numbers(value, keys, .right))
    return twin
  }
}
