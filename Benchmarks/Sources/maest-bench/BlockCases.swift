/// The kernels of an encoder block, in single precision or on packed units.
///
/// A block is worked through for all tokens, or, as logits need the last one, for keys and values of all tokens and the
/// rest of the first ones alone: then `rowCount` tells how many.
protocol BlockCases {
  /// Packing the block's weights; nil where that is not done patch by patch.
  func packing(rowCount: Int?) -> BenchmarkCase?
  /// The norm, keys and values of all tokens, queries of the first ones.
  func projections(rowCount: Int?) -> BenchmarkCase
  /// All heads, for the first queries.
  func attention(queryCount: Int?) -> BenchmarkCase
  /// The attention of all tokens, step by step where its steps are kernels of their own.
  var attentionSteps: [BenchmarkCase] { get }
  /// The attention's output, added to the residual stream.
  func attentionOutput(rowCount: Int?) -> BenchmarkCase
  /// The norm and the hidden layer, section by section.
  func expansion(rowCount: Int?) -> BenchmarkCase
  /// From the hidden layer, section by section, to the residual stream.
  func contraction(rowCount: Int?) -> BenchmarkCase
}

extension BlockCases {
  /// A block of which all tokens are wanted.
  var wholeBlock: [BenchmarkCase] {
    [packing(rowCount: nil), projections(rowCount: nil)].compactMap { $0 } + attentionSteps
      + [attentionOutput(rowCount: nil), expansion(rowCount: nil), contraction(rowCount: nil)]
  }

  /// A block of which only the first tokens are wanted.
  func leadingTokens(_ count: Int) -> [BenchmarkCase] {
    [
      packing(rowCount: count), projections(rowCount: count), attention(queryCount: count),
      attentionOutput(rowCount: count), expansion(rowCount: count), contraction(rowCount: count),
    ].compactMap { $0 }
  }
}

extension KernelCases: BlockCases {
  var attentionSteps: [BenchmarkCase] { AttentionSteps(self).all }
}
