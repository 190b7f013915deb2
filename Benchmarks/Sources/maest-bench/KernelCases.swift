import MAESTKernels
import MAESTNetwork
import MAESTTensor

/// The kernels on random numbers, at a model's sizes, shared out to the threads as the network does it.
struct KernelCases {
  let shape: ModelShape
  let compute: Compute
  /// Weights in the order of a weight file.
  let block: RandomBlock
  /// The same, packed as for a block of which all tokens are wanted, or CLS and DIST alone.
  let wholeLayers: RandomBlock
  let lastLayers: RandomBlock
  /// `[token, embedding]`.
  let input: Matrix
  /// What dense layers add to `[token, embedding]`.
  let residual: MutableMatrix
  /// `[token, head * width]`, as are keys, values and context.
  let queries: Matrix
  let keys: Matrix
  let values: Matrix
  let context: MutableMatrix
  /// What projections write, `[token, head * width]` each.
  let projected: [MutableMatrix]
  /// One for each worker.
  let scratch: [Scratch]

  /// Memory of one worker.
  struct Scratch {
    /// `[row, embedding]`.
    let normalized: MutableMatrix
    /// `[row, section of the hidden layer]`.
    let hidden: MutableMatrix
    /// Scratch memory of the attention kernel.
    let attention: MutableMatrix
  }

  init(_ shape: ModelShape, on compute: Compute) {
    self.shape = shape
    self.compute = compute
    block = RandomBlock(shape)
    wholeLayers = block.packed(RandomBlock.packedLayers(isWhole: true), on: compute)
    lastLayers = block.packed(RandomBlock.packedLayers(isWhole: false), on: compute)
    let (tokens, width) = (shape.tokenCount, shape.attentionWidth)
    input = randomMatrix(tokens, shape.embeddingWidth, deviation: 1, seed: 1).readOnly
    residual = randomMatrix(tokens, shape.embeddingWidth, deviation: 1, seed: 2)
    queries = randomMatrix(tokens, width, deviation: 1.4, seed: 3).readOnly
    keys = randomMatrix(tokens, width, deviation: 1.4, seed: 4).readOnly
    values = randomMatrix(tokens, width, deviation: 1, seed: 5).readOnly
    context = randomMatrix(tokens, width, deviation: 1, seed: 6)
    projected = (0..<3).map { _ in MutableMatrix(rows: tokens, columns: width) }
    let rowCount = [tokens, shape.gridTokenCount].map { compute.denseBlocks(of: $0).longest }.reduce(0, max)
    let attentionCount = compute.attentionScratchCount(
      AttentionShape(
        queries: compute.queryBlocks(of: tokens, attentionCount: shape.headCount).longest, keys: tokens,
        width: shape.headWidth, valueWidth: shape.headWidth))
    scratch = (0..<compute.threadCount).map { worker in
      let seed = UInt64(worker)
      return Scratch(
        normalized: randomMatrix(rowCount, shape.embeddingWidth, deviation: 1, seed: seed),
        hidden: randomMatrix(rowCount, shape.sectionWidth, deviation: 1, seed: seed),
        attention: MutableMatrix(rows: 1, columns: attentionCount))
    }
  }

  /// Every kernel, for all tokens.
  func all() -> [BenchmarkCase] {
    let dense = [patchEmbedding(), projections(), attentionOutput(), expansion(), contraction(), head()]
    return [packing()].compactMap { $0 } + dense + [attention()] + attentionSteps + elementwise
  }

  /// Runs `body` for every run of the rows, on the workers.
  func forEachRowBlock(of rowCount: Int, _ body: @Sendable (Range<Int>, Scratch) -> Void) {
    let blocks = compute.denseBlocks(of: rowCount)
    compute.parallel(count: blocks.count) { index, worker in body(blocks[index], scratch[worker]) }
  }

  /// - Parameters:
  ///   - operations: multiplications and additions of products.
  ///   - moved: numbers that are read or written, where moving them is all that is done.
  func benchmark(
    _ name: String, operations: Int? = nil, moved: Int? = nil, _ run: @escaping () -> Void
  ) -> BenchmarkCase {
    BenchmarkCase(
      name: name, threadCount: compute.threadCount, gigaflop: operations.map { Double($0) / 1e9 },
      gigabyte: moved.map { Double($0 * MemoryLayout<Float>.size) / 1e9 }, run: run)
  }
}
