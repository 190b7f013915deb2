package import MAESTTensor

extension Compute {
  /// The number of queries that ``attention(query:key:value:scale:scores:into:)`` does best with at a time.
  ///
  /// Measured at 1685 keys of width 64: fewer leave OpenBLAS to pack the keys over and over (96 queries
  /// are a tenth slower), from 170 to 420 the speed is even, and more leave little to share out and
  /// scores that no longer fit the cache.
  package static let preferredQueryCount = 192

  /// output = softmax(scale · query · keyᵀ) · value.
  ///
  /// query: `[query, width]`; key: `[key, width]`; value: `[key, valueWidth]`;
  /// output: `[query, valueWidth]`. The softmax runs over the keys; without keys the output is 0.
  ///
  /// - Parameters:
  ///   - scale: a factor on the scores, above 0.
  ///   - scores: scratch memory, at least `[query, key]`; its content is lost.
  package func attention(
    query: Matrix, key: Matrix, value: Matrix, scale: Float, scores: MutableMatrix,
    into output: MutableMatrix
  ) {
    precondition(
      query.columns == key.columns && key.rows == value.rows && output.rows == query.rows
        && output.columns == value.columns,
      """
      attention of queries [\(query.rows), \(query.columns)], keys [\(key.rows), \(key.columns)], \
      values [\(value.rows), \(value.columns)] into [\(output.rows), \(output.columns)]
      """)
    precondition(
      scores.rows >= query.rows && scores.columns >= key.rows,
      "scratch of [\(scores.rows), \(scores.columns)] for scores of [\(query.rows), \(key.rows)]")
    let scores = scores[rows: 0..<query.rows][columns: 0..<key.rows]
    multiplication.multiply(
      query, key, transposingB: true, scale: 1, into: scores, accumulating: false)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: query.rows) { sums in
      elementwise.softmaxNumerators(scores, scale: scale, sums: sums)
      multiplication.multiply(
        scores.readOnly, value, transposingB: false, scale: 1, into: output, accumulating: false)
      guard key.rows > 0 else { return }
      for row in sums.indices { sums[row] = 1 / sums[row] }
      elementwise.scaleRows(output, by: UnsafeBufferPointer(sums))
    }
  }
}
