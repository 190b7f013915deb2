import MAESTKernels
import MAESTTensor
import MAESTWeights

/// Views of a workspace's memory during a forward pass.
///
/// Copies of these views share memory. They stay inside this module, and only ``Workspace`` keeps them from one pass to
/// the next. The workers of a parallel loop write to disjoint rows, and each has its own scratch memory.
struct PassMemory: Sendable {
  let compute: Compute
  /// The residual stream `[patch * token, embedding]`.
  let tokens: MutableMatrix
  /// The residual stream of CLS and DIST alone `[patch * 2, embedding]`.
  let leadingTokens: MutableMatrix
  /// Windows of the mel patch under the convolution's kernel `[row, kernel elements]`, one matrix for each worker.
  let windows: [MutableMatrix]
  let blocks: Blocks

  /// Memory for the encoder blocks, in the precision that computes them.
  enum Blocks: Sendable {
    case singlePrecision(SinglePrecisionMemory)
    case packed(TileMemory)
  }

  /// Allocates the memory for at most `patchCapacity` patches.
  init(_ configuration: ModelConfiguration, on compute: Compute, patchCapacity: Int) {
    self.compute = compute
    let tokenCount = configuration.tokenCount
    // Both all tokens and the grid alone are split into runs; the smaller count may have the longer run.
    let rowCount = [tokenCount, tokenCount - ModelConfiguration.leadingTokenCount]
      .map { compute.denseBlocks(of: $0).longest }.reduce(0, max)
    tokens = MutableMatrix(rows: patchCapacity * tokenCount, columns: configuration.embeddingWidth)
    leadingTokens = MutableMatrix(
      rows: patchCapacity * ModelConfiguration.leadingTokenCount, columns: configuration.embeddingWidth)
    windows = (0..<compute.threadCount).map { _ in
      MutableMatrix(rows: rowCount, columns: configuration.convolution.kernelElementCount)
    }
    blocks =
      if let kernels = compute.tiles {
        .packed(
          TileMemory(
            configuration, kernels, patchCapacity: patchCapacity, workerCount: compute.threadCount,
            rowCount: (1...max(patchCapacity, 1)).map {
              compute.tileBlocks(of: tokenCount, patchCount: $0).longest
            }
            .reduce(0, max)))
      } else {
        .singlePrecision(
          SinglePrecisionMemory(
            configuration, on: compute, patchCapacity: patchCapacity, rowCount: rowCount))
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
}

extension Compute {
  /// Calls `body` for every run of each patch's rows, in parallel.
  func forEach(
    _ blocks: RowBlocks, patchCount: Int,
    _ body: @Sendable (_ patch: Int, Range<Int>, _ worker: Int) -> Void
  ) {
    parallel(count: patchCount * blocks.count) { item, worker in
      body(item / blocks.count, blocks[item % blocks.count], worker)
    }
  }
}
