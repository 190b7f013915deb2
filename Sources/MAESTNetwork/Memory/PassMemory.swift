import MAESTKernels
import MAESTTensor
import MAESTWeights

/// Views of a workspace's memory during a forward pass.
///
/// Copies of these views share memory. They stay inside this module, and only ``Workspace`` keeps them from one pass to
/// the next. The workers of a parallel loop write to disjoint rows, and each has its own ``Scratch``.
struct PassMemory: Sendable {
  let compute: Compute
  /// The residual stream `[patch * token, embedding]`.
  let tokens: MutableMatrix
  /// The residual stream of CLS and DIST alone `[patch * 2, embedding]`.
  let leadingTokens: MutableMatrix
  /// `[patch * token, head * width]`, as are keys, values and context.
  let queries: MutableMatrix
  let keys: MutableMatrix
  let values: MutableMatrix
  /// Weighted sums of values, all heads side by side.
  let context: MutableMatrix
  /// One block's weights in the order in which the kernels read them `[1, numbers]`.
  let packedWeights: MutableMatrix
  /// One for each worker.
  let scratch: [Scratch]
  /// Replaces queries, keys, values, context and packed weights when encoder blocks run in bfloat16; nil in single
  /// precision.
  let tiles: TileMemory?

  /// Scratch memory of one worker.
  struct Scratch: Sendable {
    /// `[row, embedding]`.
    let normalized: MutableMatrix
    /// `[row, section of the hidden layer]`.
    let hidden: MutableMatrix
    /// Scratch memory of the attention kernel.
    let attention: MutableMatrix
    /// Windows of the mel patch under the convolution's kernel `[row, kernel elements]`.
    let windows: MutableMatrix
  }

  /// Allocates the memory for at most `patchCapacity` patches.
  init(_ configuration: ModelConfiguration, on compute: Compute, patchCapacity: Int) {
    self.compute = compute
    let tokenCount = configuration.tokenCount
    // Both all tokens and the grid alone are split into runs; the smaller count may have the longer run.
    let rowCount = [tokenCount, tokenCount - ModelConfiguration.leadingTokenCount]
      .map { compute.denseBlocks(of: $0).longest }.reduce(0, max)
    // The more patches, the longer the runs of queries.
    let queryCount = compute.queryBlocks(
      of: tokenCount, attentionCount: patchCapacity * configuration.headCount
    ).longest
    let attentionScratchCount = compute.attentionScratchCount(
      AttentionShape(
        queries: queryCount, keys: tokenCount, width: configuration.headWidth,
        valueWidth: configuration.headWidth))
    tokens = MutableMatrix(rows: patchCapacity * tokenCount, columns: configuration.embeddingWidth)
    leadingTokens = MutableMatrix(
      rows: patchCapacity * ModelConfiguration.leadingTokenCount, columns: configuration.embeddingWidth)
    tiles = compute.tiles.map {
      TileMemory(
        configuration, $0, patchCapacity: patchCapacity, workerCount: compute.threadCount,
        rowCount: (1...max(patchCapacity, 1)).map {
          compute.tileBlocks(of: tokenCount, patchCount: $0).longest
        }
        .reduce(0, max))
    }
    let isTiled = tiles != nil
    func projection() -> MutableMatrix {
      MutableMatrix(
        rows: isTiled ? 0 : patchCapacity * tokenCount, columns: configuration.attentionWidth)
    }
    (queries, keys, values, context) = (projection(), projection(), projection(), projection())
    packedWeights = MutableMatrix(
      rows: 1,
      columns: isTiled
        ? 0
        : configuration.denseShapesOfBlock.reduce(0) {
          $0 + compute.packedCount(rows: $1.rows, columns: $1.columns)
        })
    scratch = (0..<compute.threadCount).map { _ in
      Scratch(
        normalized: MutableMatrix(rows: isTiled ? 0 : rowCount, columns: configuration.embeddingWidth),
        hidden: MutableMatrix(
          rows: isTiled ? 0 : rowCount,
          columns: min(Workspace.hiddenSectionWidth, configuration.feedForwardWidth)),
        attention: MutableMatrix(rows: 1, columns: isTiled ? 0 : attentionScratchCount),
        windows: MutableMatrix(
          rows: rowCount, columns: configuration.convolution.kernelElementCount))
    }
  }

  /// Copies each patch's CLS and DIST `[patch * 2, embedding]`. tokens: `[patch * token, embedding]`.
  func leadingTokens(of tokens: Matrix, patchCount: Int) -> MutableMatrix {
    let (count, tokenCount) = (ModelConfiguration.leadingTokenCount, tokens.rows / patchCount)
    let leading = leadingTokens[rows: 0..<patchCount * count]
    for patch in 0..<patchCount {
      let first = patch * tokenCount
      leading[rows: patch * count..<(patch + 1) * count].copy(from: tokens[rows: first..<first + count])
    }
    return leading
  }

  /// Calls `body` for every run of each patch's rows, in parallel; each worker has its own scratch memory.
  func forEachRowBlock(
    of rowCount: Int, patchCount: Int, _ body: @Sendable (_ patch: Int, Range<Int>, Scratch) -> Void
  ) {
    let blocks = compute.denseBlocks(of: rowCount)
    compute.parallel(count: patchCount * blocks.count) { item, worker in
      body(item / blocks.count, blocks[item % blocks.count], scratch[worker])
    }
  }
}

extension ModelConfiguration {
  /// Rows and columns of the weights of a block's dense layers.
  fileprivate var denseShapesOfBlock: [(rows: Int, columns: Int)] {
    let projection = (rows: embeddingWidth, columns: attentionWidth)
    return [
      projection, projection, projection, (attentionWidth, embeddingWidth),
      (embeddingWidth, feedForwardWidth),
      (feedForwardWidth, embeddingWidth),
    ]
  }
}
