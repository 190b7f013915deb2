import MAESTTensor

/// The steps of a pass through an encoder block, in one kind of arithmetic. Each works on all patches, and is done when
/// it returns.
protocol BlockSteps {
  /// Keys and values of all tokens, queries of each patch's first ones. tokens: `[patch * token, embedding]`.
  func project(_ tokens: Matrix, keysAndValues: Bool, queryCount: Int, patchCount: Int)

  /// Every head's weighted sums of values for the first `queryCount` queries of each patch.
  func attend(tokenCount: Int, queryCount: Int, patchCount: Int)

  /// Adds the attention's output and then the feed-forward network's. residual: `[patch * row, embedding]`.
  func finish(_ residual: MutableMatrix, patchCount: Int)
}

/// What lies in memory between the steps, `[token, head * width]`; the context is the weighted sums of values.
enum AttentionContent {
  case queries, keys, values, context
}

extension Range<Int> {
  func shifted(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}
