import MAESTKernels
import MAESTTensor

extension KernelCases {
  /// Some queries of one head.
  struct Item {
    let queries: Range<Int>
    /// The head's columns.
    let columns: Range<Int>
    let worker: Int
  }

  var scale: Float { 1 / Float(shape.headWidth).squareRoot() }

  /// All heads, for the first queries.
  func attention(queryCount: Int? = nil) -> BenchmarkCase {
    let (tokens, width) = (shape.tokenCount, shape.attentionWidth)
    let queryCount = queryCount ?? tokens
    return benchmark(
      "attention \(shape.headCount) x [\(queryCount), \(shape.headWidth)]",
      operations: 4 * queryCount * tokens * width
    ) {
      forEachItem(queryCount) { item in
        compute.attention(
          query: queries[rows: item.queries][columns: item.columns], key: keys[columns: item.columns],
          value: values[columns: item.columns], scale: scale, scratch: scratch[item.worker].attention,
          into: context[rows: item.queries][columns: item.columns])
      }
    }
  }

  /// Runs `body` for every run of every head's queries, on the workers.
  func forEachItem(_ queryCount: Int, _ body: @Sendable (Item) -> Void) {
    let runs = compute.queryBlocks(of: queryCount, attentionCount: shape.headCount)
    compute.parallel(count: shape.headCount * runs.count) { index, worker in
      let start = index / runs.count * shape.headWidth
      body(Item(queries: runs[index % runs.count], columns: start..<start + shape.headWidth, worker: worker))
    }
  }
}
