import MAESTKernels
import MAESTTensor

/// What the attention consists of, each step for all heads and queries.
///
/// Every head uses the first one's packed keys and values: in the network too they are in the cache, since they
/// have just been packed.
struct AttentionSteps {
  private let cases: KernelCases
  /// A backend that packs keys and values goes on in small steps; others by whole products.
  private let packs: Bool
  private let stepCount: Int
  /// `[width, key]` and `[key, width]`, packed.
  private let keys: Weight
  private let values: Weight
  /// For each worker `[query, key]`.
  private let scores: [MutableMatrix]

  init(_ cases: KernelCases) {
    self.cases = cases
    let (compute, shape) = (cases.compute, cases.shape)
    let (tokens, head) = (shape.tokenCount, 0..<shape.headWidth)
    packs = compute.multiplication is BuiltInMultiplication
    stepCount =
      packs
      ? BuiltInMultiplication.queryCount
      : compute.queryBlocks(of: tokens, attentionCount: shape.headCount).longest
    let transposed = randomMatrix(shape.headWidth, tokens, deviation: 1.4, seed: 7).readOnly
    let operands = [Weight(transposed), Weight(cases.values[columns: head])]
    let count = operands.reduce(0) { $0 + compute.packedCount(rows: $1.rows, columns: $1.columns) }
    let packed = compute.pack(operands, into: MutableMatrix(rows: 1, columns: count))
    (keys, values) = (packed[0], packed[1])
    // In full panels, where there are any.
    let panel = compute.multiplication.panelWidth ?? 1
    scores = (0..<compute.threadCount).map { [stepCount] worker in
      randomMatrix(stepCount, (tokens + panel - 1) / panel * panel, deviation: 1, seed: UInt64(worker))
    }
  }

  var all: [BenchmarkCase] { [packing(), scoring(), softmax(), weightedSum()].compactMap { $0 } }

  /// Packing keys and values, for every run of queries anew; nil where the backend does not.
  private func packing() -> BenchmarkCase? {
    guard let builtIn = cases.compute.multiplication as? BuiltInMultiplication else { return nil }
    let shape = cases.shape
    let runs = cases.compute.queryBlocks(of: shape.tokenCount, attentionCount: shape.headCount).count
    return cases.benchmark(
      "attention: packing \(shape.headCount) x \(runs) x 2 [\(shape.tokenCount), \(shape.headWidth)]",
      moved: 4 * runs * shape.tokenCount * shape.attentionWidth
    ) {
      cases.forEachItem(shape.tokenCount) { item in
        builtIn.packKeysAndValues(
          cases.keys[columns: item.columns], cases.values[columns: item.columns],
          into: cases.scratch[item.worker].attention)
      }
    }
  }

  private func scoring() -> BenchmarkCase {
    step("scores") { item, queries, scores in
      let query = cases.queries[rows: queries][columns: item.columns]
      if packs {
        cases.compute.linear(query, weight: keys, bias: nil, into: scores)
      } else {
        cases.compute.multiplication.multiply(
          query, cases.keys[columns: item.columns], transposingB: true, into: scores, accumulating: false)
      }
    }
  }

  /// In place: after the first run all scores are between exp(-1) and 1, which takes as long as any others.
  private func softmax() -> BenchmarkCase {
    step("softmax", isProduct: false) { _, queries, scores in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: queries.count) { sums in
        cases.compute.elementwise.softmaxNumerators(scores, scale: cases.scale, sums: sums)
      }
    }
  }

  /// With the division by the sums.
  private func weightedSum() -> BenchmarkCase {
    step("weighted sum") { item, queries, scores in
      let output = cases.context[rows: queries][columns: item.columns]
      cases.compute.linear(scores.readOnly, weight: values, bias: nil, into: output)
      withUnsafeTemporaryAllocation(of: Float.self, capacity: queries.count) { sums in
        sums.initialize(repeating: 2)
        cases.compute.elementwise.divideRows(output, by: sums)
      }
    }
  }

  /// A case that goes through all queries, some at a time.
  private func step(
    _ name: String, isProduct: Bool = true,
    _ body: @escaping @Sendable (KernelCases.Item, _ queries: Range<Int>, _ scores: MutableMatrix) -> Void
  ) -> BenchmarkCase {
    let (shape, tokens) = (cases.shape, cases.shape.tokenCount)
    return cases.benchmark(
      "attention: \(name) \(shape.headCount) x [\(tokens), \(tokens)]",
      operations: isProduct ? 2 * tokens * tokens * shape.attentionWidth : nil
    ) {
      cases.forEachItem(tokens) { item in
        for first in stride(from: item.queries.lowerBound, to: item.queries.upperBound, by: stepCount) {
          let queries = first..<min(first + stepCount, item.queries.upperBound)
          body(item, queries, scores[item.worker][rows: 0..<queries.count][columns: 0..<tokens])
        }
      }
    }
  }
}
