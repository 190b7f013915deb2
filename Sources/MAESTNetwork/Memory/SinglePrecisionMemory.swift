import MAESTKernels
import MAESTTensor
import MAESTWeights

/// Views of a run's memory for encoder blocks in single precision.
///
/// As with ``PassMemory``, copies share memory and stay inside this module.
struct SinglePrecisionMemory: Sendable {
  let compute: Compute
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

  /// Scratch memory of one worker.
  struct Scratch: Sendable {
    /// `[row, embedding]`.
    let normalized: MutableMatrix
    /// `[row, section of the hidden layer]`.
    let hidden: MutableMatrix
    /// Scratch memory of the attention kernel.
    let attention: MutableMatrix
  }

  /// - Parameter rowCount: the rows of the longest run.
  init(_ configuration: ModelConfiguration, on compute: Compute, patchCapacity: Int, rowCount: Int) {
    self.compute = compute
    let tokenCount = configuration.tokenCount
    func projection() -> MutableMatrix {
      MutableMatrix(rows: patchCapacity * tokenCount, columns: configuration.attentionWidth)
    }
    (queries, keys, values, context) = (projection(), projection(), projection(), projection())
    packedWeights = MutableMatrix(
      rows: 1,
      columns: configuration.denseShapesOfBlock.reduce(0) {
        $0 + compute.packedCount(rows: $1.rows, columns: $1.columns)
      })
    // The more patches, the longer the runs of queries.
    let queryCount = compute.queryBlocks(
      of: tokenCount, attentionCount: patchCapacity * configuration.headCount
    ).longest
    let attentionScratchCount = compute.attentionScratchCount(
      AttentionShape(
        queries: queryCount, keys: tokenCount, width: configuration.headWidth,
        valueWidth: configuration.headWidth))
    scratch = (0..<compute.threadCount).map { _ in
      Scratch(
        normalized: MutableMatrix(rows: rowCount, columns: configuration.embeddingWidth),
        hidden: MutableMatrix(
          rows: rowCount, columns: min(Workspace.hiddenSectionWidth, configuration.feedForwardWidth)),
        attention: MutableMatrix(rows: 1, columns: attentionScratchCount))
    }
  }

  /// All patches' queries, keys, values or context.
  func matrix(of content: AttentionContent) -> Matrix {
    switch content {
    case .queries: queries.readOnly
    case .keys: keys.readOnly
    case .values: values.readOnly
    case .context: context.readOnly
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
