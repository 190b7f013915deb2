import MAESTKernels
import MAESTTensor
import MAESTWeights

/// The steps of an encoder block in single precision.
struct SinglePrecisionSteps: BlockSteps {
  private var block: EncoderBlock
  private let memory: SinglePrecisionMemory

  /// Packs the block's weights into the memory for packed weights, where the next block's weights will replace them.
  ///
  /// - Parameter attendsAll: whether every token attends, so that all of the block's weights are worth packing.
  init(_ block: EncoderBlock, _ memory: SinglePrecisionMemory, attendsAll: Bool) {
    self.block = block
    self.memory = memory
    let paths = attendsAll ? Self.weights : Self.weightsOfEveryToken
    let weights = memory.compute.pack(paths.map { block[keyPath: $0] }, into: memory.packedWeights)
    for (path, weight) in zip(paths, weights) { self.block[keyPath: path] = weight }
  }

  private typealias WeightPath = WritableKeyPath<EncoderBlock, Weight>

  /// The weights that multiply every token, even if only CLS and DIST are needed.
  private static var weightsOfEveryToken: [WeightPath] { [\.attention.key.weight, \.attention.value.weight] }

  private static var weights: [WeightPath] {
    weightsOfEveryToken + [
      \.attention.query.weight, \.attention.output.weight, \.feedForward.expansion.weight,
      \.feedForward.contraction.weight,
    ]
  }

  func project(_ tokens: Matrix, keysAndValues: Bool, queryCount: Int, patchCount: Int) {
    let tokenCount = tokens.rows / patchCount
    let rowCount = keysAndValues ? tokenCount : queryCount
    let compute = memory.compute
    compute.forEach(compute.denseBlocks(of: rowCount), patchCount: patchCount) { patch, rows, worker in
      let tokenRows = rows.shifted(by: patch * tokenCount)
      let normalized = block.attentionNorm(
        tokens[rows: tokenRows], into: memory.scratch[worker].normalized, compute)
      if keysAndValues { block.attention.projectKeysAndValues(normalized, rows: tokenRows, memory) }
      let queries = rows.clamped(to: 0..<queryCount)
      block.attention.projectQueries(
        normalized[rows: 0..<queries.count], rows: queries.shifted(by: patch * queryCount), memory)
    }
  }

  func attend(tokenCount: Int, queryCount: Int, patchCount: Int) {
    block.attention.attend(
      tokenCount: tokenCount, queryCount: queryCount, patchCount: patchCount, memory)
  }

  func addAttentionAndFeedForward(to residual: MutableMatrix, patchCount: Int) {
    let compute = memory.compute
    let rowCount = residual.rows / patchCount
    compute.forEach(compute.denseBlocks(of: rowCount), patchCount: patchCount) { patch, rows, worker in
      let scratch = memory.scratch[worker]
      let rows = rows.shifted(by: patch * rowCount)
      let residual = residual[rows: rows]
      block.attention.output(memory.context[rows: rows].readOnly, addingTo: residual, compute)
      let normalized = block.feedForwardNorm(residual.readOnly, into: scratch.normalized, compute)
      block.feedForward(normalized, addingTo: residual, hidden: scratch.hidden, compute)
    }
  }
}
