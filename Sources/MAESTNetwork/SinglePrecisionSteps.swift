import MAESTKernels
import MAESTTensor
import MAESTWeights

/// A block's steps in single precision.
struct SinglePrecisionSteps: BlockSteps {
  private var block: EncoderBlock
  private let workspace: Workspace

  /// Packs the block's weights into the workspace, where they stay until the next block's come.
  ///
  /// - Parameter attendsAll: whether every token's output is asked for.
  init(_ block: EncoderBlock, _ workspace: Workspace, attendsAll: Bool) {
    self.block = block
    self.workspace = workspace
    let paths = attendsAll ? Self.weights : Self.weightsOfEveryToken
    let weights = workspace.compute.pack(paths.map { block[keyPath: $0] }, into: workspace.packedWeights)
    for (path, weight) in zip(paths, weights) { self.block[keyPath: path] = weight }
  }

  private typealias WeightPath = WritableKeyPath<EncoderBlock, Weight>

  /// The weights that every token goes through, even if the output is asked for of a few only.
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
    workspace.forEachRowBlock(of: rowCount, patchCount: patchCount) { patch, rows, scratch in
      let tokenRows = rows.shifted(by: patch * tokenCount)
      let normalized = block.attentionNorm(
        tokens[rows: tokenRows], into: scratch.normalized, workspace.compute)
      if keysAndValues { block.attention.projectKeysAndValues(normalized, rows: tokenRows, workspace) }
      let queries = rows.clamped(to: 0..<queryCount)
      block.attention.projectQueries(
        normalized[rows: 0..<queries.count], rows: queries.shifted(by: patch * queryCount), workspace)
    }
  }

  func attend(tokenCount: Int, queryCount: Int, patchCount: Int) {
    block.attention.attend(
      tokenCount: tokenCount, queryCount: queryCount, patchCount: patchCount, workspace)
  }

  func finish(_ residual: MutableMatrix, patchCount: Int) {
    let compute = workspace.compute
    let rowCount = residual.rows / patchCount
    workspace.forEachRowBlock(of: rowCount, patchCount: patchCount) { patch, rows, scratch in
      let rows = rows.shifted(by: patch * rowCount)
      let residual = residual[rows: rows]
      block.attention.output(workspace.context[rows: rows].readOnly, addingTo: residual, compute)
      let normalized = block.feedForwardNorm(residual.readOnly, into: scratch.normalized, compute)
      block.feedForward(normalized, addingTo: residual, hidden: scratch.hidden, compute)
    }
  }
}
