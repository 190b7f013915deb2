import MAESTTensor

/// The steps of a forward pass through an encoder block, in one kind of arithmetic.
///
/// Each step works on all patches, and is complete when it returns.
protocol BlockSteps {
  /// Computes keys and values of all tokens, and queries of each patch's first `queryCount` tokens.
  ///
  /// tokens: `[patch * token, embedding]`.
  func project(_ tokens: Matrix, keysAndValues: Bool, queryCount: Int, patchCount: Int)

  /// Computes every head's weighted sums of values for the first `queryCount` queries of each patch.
  func attend(tokenCount: Int, queryCount: Int, patchCount: Int)

  /// Adds the attention's output and then the feed-forward network's. residual: `[patch * row, embedding]`.
  func addAttentionAndFeedForward(to residual: MutableMatrix, patchCount: Int)
}

/// The values that are in memory between the steps, `[token, head * width]`; the context is the weighted sums of values.
enum AttentionContent {
  case queries, keys, values, context
}

extension Range<Int> {
  func shifted(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}
