/// One encoder block: `x + attention(norm(x))`, then `x + feedForward(norm(x))`.
struct BlockPattern {
  /// The block's input `[token, embedding]`.
  var input: Value
  /// The block's output, before any later norm.
  var output: Value
  var attentionNorm: NormPattern
  var attention: AttentionPattern
  var attentionOutput: DensePattern
  var feedForwardNorm: NormPattern
  var expansion: DensePattern
  var contraction: DensePattern
}

extension PatternMatcher {
  /// Recognises the block with the output `value`.
  func block(_ value: Value, place: String) throws(ConversionError) -> BlockPattern {
    guard let (contraction, middle) = residual(value) else {
      throw mismatch(
        "\(place), feed-forward", value,
        expected: "the sum of the feed-forward's output layer and its input")
    }
    guard let activated = geluInput(contraction.input) else {
      throw mismatch("\(place), feed-forward", contraction.input, expected: "an exact GELU")
    }
    guard let expansion = dense(activated) else {
      throw mismatch("\(place), feed-forward", activated, expected: "a dense layer")
    }
    let feedForwardNorm = try norm(
      expansion.input, over: middle, place: "\(place), norm before the feed-forward")
    guard let (attentionOutput, input) = residual(middle) else {
      throw mismatch(
        "\(place), attention", middle,
        expected: "the sum of the attention's output layer and the block's input")
    }
    let attention = try attention(attentionOutput.input, place: "\(place), attention")
    let attentionNorm = try norm(
      attention.query.input, over: input, place: "\(place), norm before the attention")
    for other in [attention.key.input, attention.value.input] where !same(other, attention.query.input) {
      throw mismatch("\(place), attention", other, expected: "the same input as the query projection's")
    }
    return BlockPattern(
      input: unwrap(input), output: unwrap(value), attentionNorm: attentionNorm, attention: attention,
      attentionOutput: attentionOutput, feedForwardNorm: feedForwardNorm, expansion: expansion,
      contraction: contraction)
  }

  /// Returns the operands of a residual sum: a dense layer, and a value of the same shape that is not one.
  func residual(_ value: Value) -> (layer: DensePattern, carried: Value)? {
    guard let operands = inputs(of: value, Self.additions), operands.count == 2 else { return nil }
    for (branch, carried) in [(operands[0], operands[1]), (operands[1], operands[0])] {
      guard sameShape(value, branch), sameShape(value, carried) else { continue }
      if let layer = dense(branch), dense(carried) == nil { return (layer, carried) }
    }
    return nil
  }

  /// Returns a LayerNorm whose input is `input`; throws otherwise.
  func norm(_ value: Value, over input: Value, place: String) throws(ConversionError) -> NormPattern {
    guard let pattern = norm(value) else { throw mismatch(place, value, expected: "a LayerNorm") }
    guard same(pattern.input, input) else {
      throw mismatch(place, pattern.input, expected: "the value that the residual sum carries on")
    }
    return pattern
  }
}
