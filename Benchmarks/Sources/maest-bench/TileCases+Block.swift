import MAESTKernels
import MAESTTensor

extension TileCases: BlockCases {
  /// Weights are packed when a model is loaded.
  func packing(rowCount: Int?) -> BenchmarkCase? { nil }

  func layerNorm() -> BenchmarkCase {
    benchmark("layer norm [\(shape.tokenCount), \(shape.embeddingWidth)]") {
      forEachRowBlock(of: shape.tokenCount) { rows, scratch in _ = normalize(rows, scratch) }
    }
  }

  func projections(rowCount: Int?) -> BenchmarkCase {
    let (tokens, width, columns) = (shape.tokenCount, shape.embeddingWidth, shape.attentionWidth)
    let rowCount = rowCount ?? tokens
    return benchmark(
      "norm, keys, values, queries [\(tokens), \(width)] x 3 [\(width), \(columns)]",
      operations: 2 * (2 * tokens + rowCount) * width * columns
    ) { project(rowCount: rowCount) }
  }

  func attention(queryCount: Int?) -> BenchmarkCase {
    attention(headCount: shape.headCount, queryCount: queryCount ?? shape.tokenCount)
  }

  /// One kernel does it all.
  var attentionSteps: [BenchmarkCase] { [attention(queryCount: nil)] }

  func attentionOfOneHead() -> BenchmarkCase { attention(headCount: 1, queryCount: shape.tokenCount) }

  private func attention(headCount: Int, queryCount: Int) -> BenchmarkCase {
    benchmark(
      "attention \(headCount) x [\(queryCount), \(shape.headWidth)]",
      operations: 4 * queryCount * shape.tokenCount * headCount * shape.headWidth
    ) { attend(headCount: headCount, queryCount: queryCount) }
  }

  func attentionOutput(rowCount: Int?) -> BenchmarkCase {
    let (width, columns) = (shape.attentionWidth, shape.embeddingWidth)
    let rowCount = rowCount ?? shape.tokenCount
    let contextSteps = shape.headCount * headSteps
    return benchmark(
      "attention output [\(rowCount), \(width)] x [\(width), \(columns)]",
      operations: 2 * rowCount * width * columns
    ) {
      forEachRowBlock(of: rowCount) { rows, _ in
        let groups = groups(rows)
        kernels.multiply(
          units(context, fromGroup: groups.lowerBound, apart: contextSteps), rowCount: rows.count,
          by: weights.output, into: .matrix(residual[rows: rows], accumulating: true))
      }
    }
  }

  func expansion(rowCount: Int?) -> BenchmarkCase {
    let (width, columns) = (shape.embeddingWidth, shape.feedForwardWidth)
    let rowCount = rowCount ?? shape.tokenCount
    return benchmark(
      "norm, expansion, GELU [\(rowCount), \(width)] x [\(width), \(columns)]",
      operations: 2 * rowCount * width * columns
    ) { expand(rowCount: rowCount) }
  }

  func contraction(rowCount: Int?) -> BenchmarkCase {
    let (width, columns) = (shape.feedForwardWidth, shape.embeddingWidth)
    let rowCount = rowCount ?? shape.tokenCount
    return benchmark(
      "contraction [\(rowCount), \(width)] x [\(width), \(columns)]",
      operations: 2 * rowCount * width * columns
    ) {
      forEachRowBlock(of: rowCount) { rows, scratch in
        for section in hiddenSections {
          kernels.multiply(
            scratch.hidden, rowCount: rows.count, by: weights.contraction[steps: section],
            into: .matrix(residual[rows: rows], accumulating: true))
        }
      }
    }
  }
}

// MARK: - Steps

extension TileCases {
  /// The hidden layer's units, as the network works through them.
  private var hiddenSections: [Range<Int>] {
    let count = weights.contraction.stepCount
    let width = kernels.unitCount(of: shape.sectionWidth)
    return stride(from: 0, to: count, by: width).map { $0..<min($0 + width, count) }
  }

  /// LayerNorm with a scale and a bias.
  private func normalize(_ rows: Range<Int>, _ scratch: Scratch) -> MutableMatrix {
    kernels.layerNorm(
      input[rows: rows], scale: weights.scale, bias: weights.offset, epsilon: 1e-6, scratch: scratch.row,
      into: scratch.normalized)
    return scratch.normalized
  }

  /// Keys and values of all tokens, queries of the first ones.
  func project(rowCount: Int) {
    let order = TileOrder.runs(panelCount: headSteps, groupCount: groupCount)
    let transposed = TileOrder.panelsOfRuns(panelCount: headSteps, groupCount: groupCount)
    // The scale, and the base that softmax numerators are powers of.
    let factor = 1.442_695_04 / Float(shape.headWidth).squareRoot()
    forEachRowBlock(of: shape.tokenCount) { rows, scratch in
      let (normalized, groups) = (normalize(rows, scratch), groups(rows))
      kernels.multiply(
        normalized, rowCount: rows.count, by: weights.key,
        into: .units(
          units(keys, fromGroup: groups.lowerBound, apart: headSteps), as: .transposedRight, order))
      kernels.multiply(
        normalized, rowCount: rows.count, by: weights.value,
        into: .units(units(values, fromGroup: groups.lowerBound, apart: 1), as: .right, transposed))
      let first = rows.clamped(to: 0..<rowCount)
      guard !first.isEmpty else { return }
      kernels.multiply(
        normalized, rowCount: first.count, by: weights.query, factor: factor,
        into: .units(units(queries, fromGroup: groups.lowerBound, apart: headSteps), as: .left, order))
    }
  }

  /// The attention of some heads' first queries.
  func attend(headCount: Int, queryCount: Int) {
    let runCount = kernels.unitCount(of: queryCount)
    let unitsOfHead = groupCount * headSteps
    compute.parallel(count: headCount * runCount) { item, worker in
      let (head, group) = (item / runCount, item % runCount)
      let ofHead = head * unitsOfHead..<(head + 1) * unitsOfHead
      let query = head * unitsOfHead + group * headSteps
      let output = (group * shape.headCount + head) * headSteps
      kernels.attend(
        query: queries[rows: query..<query + headSteps],
        queryCount: min(kernels.unit, queryCount - group * kernels.unit), keys: keys[rows: ofHead],
        values: values[rows: ofHead], keyCount: shape.tokenCount, scratch: scratch[worker].attention,
        into: context[rows: output..<output + headSteps])
    }
  }

  /// The hidden layer, each section in the place of the one before.
  func expand(rowCount: Int) {
    forEachRowBlock(of: rowCount) { rows, scratch in
      let normalized = normalize(rows, scratch)
      for section in hiddenSections {
        kernels.multiply(
          normalized, rowCount: rows.count, by: weights.expansion[panels: section], gelu: true,
          into: .units(scratch.hidden, as: .left, .rows(panelCount: section.count)))
      }
    }
  }
}
