package import MAESTKernels
import MAESTTensor
package import MAESTWeights

/// All the memory that one run needs besides the weights, allocated once and used patch after patch.
///
/// A workspace belongs to one run at a time; the network itself is immutable and may serve many runs at once.
package struct Workspace: Sendable {
  /// Columns of the feed-forward network's hidden layer that exist at a time.
  package static let hiddenSectionWidth = 768

  package let compute: Compute
  /// The most patches of one pass.
  package let patchCapacity: Int
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
  /// What takes the place of queries, keys, values, context and packed weights where blocks work in bfloat16.
  let tiles: TileWorkspace?

  /// Memory of one worker.
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

  /// - Parameter patchCapacity: patches that go through the network together share packed weights; each takes
  ///   memory of its own, 26 MB in the 30 s model.
  package init(_ configuration: ModelConfiguration, on compute: Compute, patchCapacity: Int = 1) {
    self.compute = compute
    self.patchCapacity = patchCapacity
    let tokenCount = configuration.tokenCount
    // All tokens, and the grid alone: the lower number may make the longer run.
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
      TileWorkspace(
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
          rows: isTiled ? 0 : rowCount, columns: min(Self.hiddenSectionWidth, configuration.feedForwardWidth)),
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

  /// Runs `body` for every run of each patch's rows, on the workers; each has its own scratch memory.
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
  /// Rows and columns of a block's dense layers' weights.
  fileprivate var denseShapesOfBlock: [(rows: Int, columns: Int)] {
    let projection = (rows: embeddingWidth, columns: attentionWidth)
    return [
      projection, projection, projection, (attentionWidth, embeddingWidth),
      (embeddingWidth, feedForwardWidth),
      (feedForwardWidth, embeddingWidth),
    ]
  }
}
