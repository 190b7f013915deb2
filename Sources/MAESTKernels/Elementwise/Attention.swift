package import MAESTTensor

/// The sizes of an attention.
package struct AttentionShape: Sendable {
  let queries: Int
  let keys: Int
  let width: Int
  let valueWidth: Int

  package init(queries: Int, keys: Int, width: Int, valueWidth: Int) {
    self.queries = queries
    self.keys = keys
    self.width = width
    self.valueWidth = valueWidth
  }

  init(query: Matrix, key: Matrix, value: Matrix, into output: MutableMatrix) {
    precondition(
      query.columns == key.columns && key.rows == value.rows && output.rows == query.rows
        && output.columns == value.columns,
      """
      attention of queries [\(query.rows), \(query.columns)], keys [\(key.rows), \(key.columns)], \
      values [\(value.rows), \(value.columns)] into [\(output.rows), \(output.columns)]
      """)
    self.init(
      queries: query.rows, keys: key.rows, width: query.columns, valueWidth: value.columns)
  }
}

extension Compute {
  /// The scratch memory for an attention of these sizes or of fewer queries, in single-precision numbers.
  package func attentionScratchCount(_ shape: AttentionShape) -> Int {
    multiplication.attentionScratchCount(shape)
  }

  /// output = softmax(scale · query · keyᵀ) · value.
  ///
  /// query: `[query, width]`; key: `[key, width]`; value: `[key, valueWidth]`;
  /// output: `[query, valueWidth]`. The softmax runs over the keys; without keys the output is 0.
  ///
  /// - Parameters:
  ///   - scale: a factor on the scores, above 0.
  ///   - scratch: `[1, attentionScratchCount]` at least; overwritten.
  package func attention(
    query: Matrix, key: Matrix, value: Matrix, scale: Float, scratch: MutableMatrix,
    into output: MutableMatrix
  ) {
    let shape = AttentionShape(query: query, key: key, value: value, into: output)
    let needed = multiplication.attentionScratchCount(shape)
    precondition(
      scratch.rows == 1 && scratch.columns >= needed,
      "scratch memory of [\(scratch.rows), \(scratch.columns)], expected [1, \(needed)] or more")
    multiplication.attention(
      query: query, key: key, value: value, scale: scale, scratch: scratch, into: output, elementwise)
  }

  /// weights = softmax(scale · query · keyᵀ): each row sums to 1.
  ///
  /// query: `[query, width]`; key: `[key, width]`, at least one; weights: `[query, key]`.
  ///
  /// - Parameter scale: a factor on the scores, above 0.
  package func attentionWeights(query: Matrix, key: Matrix, scale: Float, into weights: MutableMatrix) {
    precondition(key.rows > 0, "attention without keys")
    multiplication.multiply(query, key, transposingB: true, into: weights, accumulating: false)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: query.rows) { sums in
      elementwise.softmaxNumerators(weights, scale: scale, sums: sums)
      elementwise.divideRows(weights, by: sums)
    }
  }
}

extension MatrixMultiplication {
  package func attentionScratchCount(_ shape: AttentionShape) -> Int { shape.queries * shape.keys }

  /// Computes two matrix products, with the scores of all queries in memory between them.
  package func attention(
    query: Matrix, key: Matrix, value: Matrix, scale: Float, scratch: MutableMatrix,
    into output: MutableMatrix, _ elementwise: ElementwiseKernels
  ) {
    let scores = scratch.reshaped(rows: query.rows, columns: key.rows)
    multiply(query, key, transposingB: true, into: scores, accumulating: false)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: query.rows) { sums in
      elementwise.softmaxNumerators(scores, scale: scale, sums: sums)
      multiply(scores.readOnly, value, transposingB: false, into: output, accumulating: false)
      if key.rows > 0 { elementwise.divideRows(output, by: sums) }
    }
  }
}
