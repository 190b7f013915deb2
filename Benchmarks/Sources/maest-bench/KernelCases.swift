import MAESTKernels
import MAESTNetwork
import MAESTTensor

/// The kernels on random numbers, at a model's sizes.
struct KernelCases {
  private let shape: ModelShape
  private let compute: Compute

  init(_ shape: ModelShape, on compute: Compute) {
    self.shape = shape
    self.compute = compute
  }

  var all: [BenchmarkCase] {
    let (tokens, width, hidden) = (shape.tokenCount, shape.embeddingWidth, shape.feedForwardWidth)
    return [
      linear("patch embedding", shape.gridTokenCount, shape.kernelElementCount, width),
      linear("projection", tokens, width, shape.attentionWidth),
      linear("expansion", tokens, width, hidden),
      linear("contraction", tokens, hidden, width),
      linear("head", 1, width, shape.labelCount),
      attention(),
      scores(),
      layerNorm(),
      gelu(),
      softmax(),
    ]
  }

  /// input `[rows, inner]`, weight `[inner, columns]`, bias, output `[rows, columns]`.
  private func linear(_ name: String, _ rows: Int, _ inner: Int, _ columns: Int) -> BenchmarkCase {
    let input = Self.matrix(rows, inner, deviation: 1).readOnly
    let weight = Self.matrix(inner, columns, deviation: 1 / Float(inner).squareRoot()).readOnly
    let bias = Vector(copying: noise(columns, seed: 1))
    let output = MutableMatrix(rows: rows, columns: columns)
    return benchmark(
      "\(name) [\(rows), \(inner)] x [\(inner), \(columns)]", operations: 2 * rows * inner * columns
    ) {
      [compute] in
      Self.forEachRowBlock(of: rows, on: compute) { rows, _ in
        compute.linear(input[rows: rows], weight: weight, bias: bias, into: output[rows: rows])
      }
    }
  }

  /// All heads. Queries, keys, values, output: `[token, head * width]`.
  private func attention() -> BenchmarkCase {
    let (tokens, width) = (shape.tokenCount, shape.attentionWidth)
    let query = Self.matrix(tokens, width, deviation: 1.4, seed: 1).readOnly
    let key = Self.matrix(tokens, width, deviation: 1.4, seed: 2).readOnly
    let value = Self.matrix(tokens, width, deviation: 1, seed: 3).readOnly
    let output = MutableMatrix(rows: tokens, columns: width)
    let runs = RowBlocks(rowCount: tokens, atMost: Compute.preferredQueryCount)
    let scratch = (0..<compute.threadCount).map { _ in MutableMatrix(rows: runs.longest, columns: tokens) }
    let name = "attention \(shape.headCount) x [\(tokens), \(shape.headWidth)]"
    return benchmark(name, operations: 4 * tokens * tokens * width) { [compute, shape] in
      compute.parallel(count: shape.headCount * runs.count) { item, worker in
        let rows = runs[item % runs.count]
        let start = item / runs.count * shape.headWidth
        let columns = start..<start + shape.headWidth
        compute.attention(
          query: query[rows: rows][columns: columns], key: key[columns: columns],
          value: value[columns: columns],
          scale: 1 / Float(shape.headWidth).squareRoot(), scores: scratch[worker],
          into: output[rows: rows][columns: columns])
      }
    }
  }

  /// One head's products of queries and keys alone.
  private func scores() -> BenchmarkCase {
    let (tokens, width) = (shape.tokenCount, shape.headWidth)
    let query = Self.matrix(tokens, width, deviation: 1).readOnly
    let key = Self.matrix(tokens, width, deviation: 1, seed: 2).readOnly
    let output = MutableMatrix(rows: tokens, columns: tokens)
    let name = "scores [\(tokens), \(width)] x [\(width), \(tokens)]"
    return benchmark(name, operations: 2 * tokens * tokens * width) { [compute] in
      let runs = RowBlocks(rowCount: tokens, atMost: Compute.preferredQueryCount)
      compute.parallel(count: runs.count) { index, _ in
        compute.multiplication.multiply(
          query[rows: runs[index]], key, transposingB: true, scale: 1, into: output[rows: runs[index]],
          accumulating: false)
      }
    }
  }

  private func layerNorm() -> BenchmarkCase {
    let (tokens, width) = (shape.tokenCount, shape.embeddingWidth)
    let input = Self.matrix(tokens, width, deviation: 1).readOnly
    let scale = Vector(copying: noise(width, seed: 1))
    let output = MutableMatrix(rows: tokens, columns: width)
    return benchmark("layer norm [\(tokens), \(width)]") { [compute] in
      Self.forEachRowBlock(of: tokens, on: compute) { rows, _ in
        compute.layerNorm(
          input[rows: rows], scale: scale, bias: scale, epsilon: 1e-6, into: output[rows: rows])
      }
    }
  }

  /// In place on a copy, as values that went through it over and over would all become 0.
  private func gelu() -> BenchmarkCase {
    let (tokens, width) = (shape.tokenCount, shape.feedForwardWidth)
    let input = Self.matrix(tokens, width, deviation: 1).readOnly
    let values = MutableMatrix(rows: tokens, columns: width)
    return benchmark("copy, GELU [\(tokens), \(width)]") { [compute] in
      Self.forEachRowBlock(of: tokens, on: compute) { rows, _ in
        values[rows: rows].copy(from: input[rows: rows])
        compute.gelu(values[rows: rows])
      }
    }
  }

  /// The scores of one head.
  private func softmax() -> BenchmarkCase {
    let tokens = shape.tokenCount
    let input = Self.matrix(tokens, tokens, deviation: 2).readOnly
    let values = MutableMatrix(rows: tokens, columns: tokens)
    return benchmark("copy, softmax [\(tokens), \(tokens)]") { [compute] in
      Self.forEachRowBlock(of: tokens, on: compute) { rows, _ in
        let part = values[rows: rows]
        part.copy(from: input[rows: rows])
        withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.count) { sums in
          compute.elementwise.softmaxNumerators(part, scale: 1, sums: sums)
        }
      }
    }
  }

  private func benchmark(_ name: String, operations: Int? = nil, _ run: @escaping () -> Void) -> BenchmarkCase
  {
    BenchmarkCase(
      name: name, threadCount: compute.threadCount, gigaflop: operations.map { Double($0) / 1e9 }, run: run)
  }

  private static func forEachRowBlock(
    of rowCount: Int, on compute: Compute, _ body: @Sendable (Range<Int>, _ worker: Int) -> Void
  ) {
    let blocks = RowBlocks(tokensOf: rowCount)
    compute.parallel(count: blocks.count) { index, worker in body(blocks[index], worker) }
  }

  private static func matrix(
    _ rows: Int, _ columns: Int, deviation: Float, seed: UInt64 = 1
  ) -> MutableMatrix {
    // Even noise from -1 to 1 has a deviation of 1 / sqrt(3).
    let factor = deviation * Float(3).squareRoot()
    let values = noise(rows * columns, seed: seed).map { $0 * factor }
    let matrix = MutableMatrix(rows: rows, columns: columns)
    matrix.copy(from: Matrix(copying: values, rows: rows, columns: columns))
    return matrix
  }
}
