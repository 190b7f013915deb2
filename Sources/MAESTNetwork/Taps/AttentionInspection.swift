import MAESTKernels
import MAESTTensor

/// Values inside the attention, computed in addition to the forward pass and without an effect on it.
extension EncoderBlock {
  /// The number of queries whose weights are computed at a time: few enough for their scores to stay in the cache.
  private static let queriesTogether = 48

  /// The attention weights of some queries: `[head, query, token]`, or `[query, token]` for the mean over heads.
  ///
  /// - Parameters:
  ///   - tokens: the block's input for one patch, `[token, embedding]`.
  ///   - keys: the patch's keys, `[token, head * width]`.
  ///   - queries: token indices.
  func attentionWeights(
    from tokens: Matrix, to keys: Matrix, of queries: [Int], heads: AttentionHeads, _ compute: Compute
  ) -> Tensor {
    let headCount = attention.headCount
    let shape = (heads == .each ? [headCount] : []) + [queries.count, keys.rows]
    let weights = MutableMatrix(rows: shape.dropLast().reduce(1, *), columns: keys.rows)
    let runs = RowBlocks(rowCount: queries.count, atMost: Self.queriesTogether)
    compute.parallel(count: runs.count) { index, _ in
      let run = runs[index]
      let vectors = queryVectors(tokens, of: queries[run], compute)
      switch heads {
      case .each:
        for head in 0..<headCount {
          let rows = head * queries.count + run.lowerBound..<head * queries.count + run.upperBound
          weigh(vectors, keys, head: head, into: weights[rows: rows], compute)
        }
      case .mean:
        average(vectors, keys, into: weights[rows: run], compute)
      }
    }
    return Tensor(shape: shape, elements: weights.elements())
  }

  /// The attention's output `[token, embedding]`, before it is added to the block's input.
  ///
  /// - Parameter context: the weighted sums of values of one patch, `[token, head * width]`.
  func attentionOutput(_ context: Matrix, _ compute: Compute) -> Tensor {
    let output = MutableMatrix(rows: context.rows, columns: attention.output.weight.columns)
    let blocks = compute.denseBlocks(of: context.rows)
    compute.parallel(count: blocks.count) { index, _ in
      attention.output(context[rows: blocks[index]], into: output[rows: blocks[index]], compute)
    }
    return Tensor(shape: [output.rows, output.columns], elements: output.elements())
  }

  /// Computes the queries of some tokens `[query, head * width]`.
  private func queryVectors(_ tokens: Matrix, of queries: ArraySlice<Int>, _ compute: Compute) -> Matrix {
    let rows = MutableMatrix(rows: queries.count, columns: tokens.columns)
    for (row, token) in queries.enumerated() {
      rows[rows: row..<row + 1].copy(from: tokens[rows: token..<token + 1])
    }
    let normalized = attentionNorm(rows.readOnly, into: rows, compute)
    let vectors = MutableMatrix(rows: queries.count, columns: attention.query.weight.columns)
    attention.query(normalized, into: vectors, compute)
    return vectors.readOnly
  }

  /// Computes one head's weights `[query, token]`.
  private func weigh(
    _ queries: Matrix, _ keys: Matrix, head: Int, into weights: MutableMatrix, _ compute: Compute
  ) {
    let columns = head * attention.headWidth..<(head + 1) * attention.headWidth
    compute.attentionWeights(
      query: queries[columns: columns], key: keys[columns: columns], scale: attention.scale, into: weights)
  }

  /// Computes the mean of all heads' weights `[query, token]`, summed in the order of the heads.
  private func average(_ queries: Matrix, _ keys: Matrix, into mean: MutableMatrix, _ compute: Compute) {
    let weights = MutableMatrix(rows: mean.rows, columns: mean.columns)
    weigh(queries, keys, head: 0, into: mean, compute)
    for head in 0..<attention.headCount where head > 0 {
      weigh(queries, keys, head: head, into: weights, compute)
      compute.elementwise.add(weights.readOnly, to: mean)
    }
    for row in 0..<mean.rows {
      for column in 0..<mean.columns { mean[row, column] /= Float(attention.headCount) }
    }
  }
}
