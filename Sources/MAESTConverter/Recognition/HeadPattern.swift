/// The classification head: final LayerNorm, mean of CLS and DIST, optional LayerNorm, dense layer.
struct HeadPattern {
  /// The last block's output `[token, embedding]`.
  var input: Value
  /// `[label]`, before the sigmoid.
  var logits: Value
  var finalNorm: NormPattern
  /// The mean of CLS and DIST.
  var pooled: Value
  var norm: NormPattern?
  var dense: DensePattern
}

extension PatternMatcher {
  /// Recognises the head with the logits `value`.
  func head(_ value: Value) throws(ConversionError) -> HeadPattern {
    guard let layer = dense(value) else {
      throw mismatch("head", value, expected: "a dense layer that gives the logits")
    }
    let headNorm = norm(layer.input)
    let pooled = headNorm?.input ?? layer.input
    guard let tokens = weightedTokens(pooled), tokens.map(\.index).sorted() == [0, 1],
      tokens.allSatisfy({ $0.factor == 0.5 })
    else { throw mismatch("head", pooled, expected: "the mean of CLS (token 0) and DIST (token 1)") }
    guard same(tokens[0].tokens, tokens[1].tokens) else {
      throw mismatch("head", tokens[1].tokens, expected: "CLS and DIST of the same tokens")
    }
    guard let finalNorm = norm(tokens[0].tokens) else {
      throw mismatch("head, final norm", tokens[0].tokens, expected: "a LayerNorm")
    }
    return HeadPattern(
      input: unwrap(finalNorm.input), logits: unwrap(value), finalNorm: finalNorm, pooled: unwrap(pooled),
      norm: headNorm, dense: layer)
  }
}
