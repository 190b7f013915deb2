/// The classification head: final LayerNorm, mean of CLS and DIST, optional LayerNorm, dense layer.
struct HeadPattern {
  /// The last block's output `[token, embedding]`.
  var input: Value
  /// `[label]`, before the sigmoid.
  var logits: Value
  var finalNorm: NormPattern
  var norm: NormPattern?
  var dense: DensePattern
}

extension PatternMatcher {
  /// Recognises the head whose logits `value` is.
  func head(_ value: Value) throws(ConversionError) -> HeadPattern {
    guard let layer = dense(value) else {
      throw mismatch("head", value, expected: "a dense layer that gives the logits")
    }
    let headNorm = norm(layer.input)
    let pooled = headNorm?.input ?? layer.input
    guard let sum = halved(pooled), let operands = inputs(of: sum, Self.additions), operands.count == 2,
      let first = selectedToken(operands[0]), let second = selectedToken(operands[1]),
      Set([first.index, second.index]) == [0, 1]
    else { throw mismatch("head", pooled, expected: "the mean of CLS (token 0) and DIST (token 1)") }
    guard same(first.tokens, second.tokens) else {
      throw mismatch("head", second.tokens, expected: "CLS and DIST of the same tokens")
    }
    guard let finalNorm = norm(first.tokens) else {
      throw mismatch("head, final norm", first.tokens, expected: "a LayerNorm")
    }
    return HeadPattern(
      input: unwrap(finalNorm.input), logits: unwrap(value), finalNorm: finalNorm, norm: headNorm,
      dense: layer)
  }

  private func halved(_ value: Value) -> Value? {
    guard let (inner, factor) = scaled(value), factor == 0.5 else { return nil }
    return inner
  }

  /// One token out of `[batch, token, embedding]`.
  private func selectedToken(_ value: Value) -> (tokens: Value, index: Int)? {
    let node = node(unwrap(value))
    guard let tokens = node.inputs.first, let shape = graph.shape(of: tokens), shape.count == 3 else {
      return nil
    }
    switch node.operation {
    case "GatherV2":
      guard node.inputs.count == 3, let axis = integers(node.inputs[2])?.first, axis == 1 || axis == -2,
        let indices = integers(node.inputs[1]), indices.count == 1
      else { return nil }
      return (tokens, indices[0])
    case "StridedSlice":
      guard node.inputs.count == 4, let begin = integers(node.inputs[1]), let end = integers(node.inputs[2]),
        let strides = integers(node.inputs[3]),
        let slice = try? StridedSlice(node, shape: shape, begin: begin, end: end, strides: strides),
        slice.axes[1].count == 1, slice.axes[0].count == shape[0], slice.axes[2].count == shape[2]
      else { return nil }
      return (tokens, slice.axes[1].start)
    default: return nil
    }
  }
}
