import MAESTKernels
import MAESTTensor
import MAESTWeights

/// The steps of an encoder block in bfloat16 or fixed point. The residual stream stays in single precision.
struct TiledSteps: BlockSteps {
  let block: EncoderBlock
  let weights: TiledBlock
  let compute: Compute
  let memory: TileMemory

  /// The factor of the queries, scale · log2(e): softmax numerators are then powers of two.
  static func queryFactor(scale: Float) -> Float { scale * 1.442_695_04 }

  private var kernels: TileKernels { memory.kernels }

  /// The row groups of a run of rows. The run begins at the start of a row group.
  private func groups(_ rows: Range<Int>) -> Range<Int> {
    rows.lowerBound / kernels.unit..<kernels.unitCount(of: rows.upperBound)
  }

  func project(_ tokens: Matrix, keysAndValues: Bool, queryCount: Int, patchCount: Int) {
    let tokenCount = tokens.rows / patchCount
    let rowCount = keysAndValues ? tokenCount : queryCount
    let order = TileOrder.runs(panelCount: memory.headSteps, groupCount: memory.groupCount)
    let factor = Self.queryFactor(scale: block.attention.scale)
    compute.forEach(
      compute.tileBlocks(of: rowCount, patchCount: patchCount), patchCount: patchCount
    ) { patch, rows, worker in
      let scratch = memory.scratch[worker]
      let groups = groups(rows)
      let normalized = normalize(
        tokens[rows: rows.shifted(by: patch * tokenCount)], block.attentionNorm, scratch)
      if keysAndValues {
        kernels.multiply(
          normalized, rowCount: rows.count, by: weights.key,
          into: .units(
            memory.keys(patch, fromGroup: groups.lowerBound), as: .transposedRight, order))
        kernels.multiply(
          normalized, rowCount: rows.count, by: weights.value,
          into: .units(
            memory.values(patch, fromGroup: groups.lowerBound), as: .right,
            .panelsOfRuns(panelCount: memory.headSteps, groupCount: memory.groupCount)))
      }
      let queries = rows.clamped(to: 0..<queryCount)
      guard !queries.isEmpty else { return }
      kernels.multiply(
        normalized, rowCount: queries.count, by: weights.query, factor: factor,
        into: .units(memory.queries(patch, fromGroup: groups.lowerBound), as: .left, order))
    }
  }

  func attend(tokenCount: Int, queryCount: Int, patchCount: Int) {
    let (headCount, groupCount) = (memory.headCount, kernels.unitCount(of: queryCount))
    compute.parallel(count: patchCount * headCount * groupCount) { item, worker in
      let (patch, head) = (item / groupCount / headCount, item / groupCount % headCount)
      let group = item % groupCount
      kernels.attend(
        query: memory.queries(patch, head: head, group: group),
        queryCount: min(kernels.unit, queryCount - group * kernels.unit),
        keys: memory.keys(patch, head: head),
        values: memory.values(patch, head: head), keyCount: tokenCount,
        scratch: memory.scratch[worker].attention,
        into: memory.context(patch, head: head, group: group))
    }
  }

  func addAttentionAndFeedForward(to residual: MutableMatrix, patchCount: Int) {
    let rowCount = residual.rows / patchCount
    compute.forEach(
      compute.tileBlocks(of: rowCount, patchCount: patchCount), patchCount: patchCount
    ) { patch, rows, worker in
      let scratch = memory.scratch[worker]
      let groups = groups(rows)
      let residual = residual[rows: rows.shifted(by: patch * rowCount)]
      kernels.multiply(
        memory.context(patch, groups: groups), rowCount: rows.count, by: weights.output,
        into: .matrix(residual, accumulating: true))
      let normalized = normalize(residual.readOnly, block.feedForwardNorm, scratch)
      feedForward(normalized, rowCount: rows.count, addingTo: residual, scratch)
    }
  }

  /// Computes the hidden layer section by section, so that a section stays in the processor's cache.
  private func feedForward(
    _ input: MutableMatrix, rowCount: Int, addingTo output: MutableMatrix, _ scratch: TileMemory.Scratch
  ) {
    let panelCount = weights.contraction.stepCount
    for first in stride(from: 0, to: panelCount, by: memory.sectionSteps) {
      let section = first..<min(first + memory.sectionSteps, panelCount)
      kernels.multiply(
        input, rowCount: rowCount, by: weights.expansion[panels: section], gelu: true,
        into: .units(scratch.hidden, as: .left, .rows(panelCount: section.count)))
      kernels.multiply(
        scratch.hidden, rowCount: rowCount, by: weights.contraction[steps: section],
        into: .matrix(output, accumulating: true))
    }
  }

  private func normalize(
    _ input: Matrix, _ norm: LayerNorm, _ scratch: TileMemory.Scratch
  ) -> MutableMatrix {
    kernels.layerNorm(
      input, scale: norm.scale, bias: norm.bias, epsilon: norm.epsilon, scratch: scratch.row,
      into: scratch.normalized)
    return scratch.normalized
  }
}
