/// Multi-head self-attention without its output projection.
struct AttentionPattern {
  var queries: HeadOperand
  var keys: HeadOperand
  var values: HeadOperand
  var softmax: Value
  /// The total factor on the query-key products; `scoreFactor` is the part that is applied after the multiplication.
  var scale: Float
  var scoreFactor: Double

  var query: DensePattern { queries.layer }
  var key: DensePattern { keys.layer }
  var value: DensePattern { values.layer }
  var headCount: Int { queries.headCount }
  var headWidth: Int { queries.headWidth }
}

extension PatternMatcher {
  /// Recognises attention from `value`, the input `[token, head * width]` of its output projection; `place` is for
  /// errors.
  func attention(_ value: Value, place: String) throws(ConversionError) -> AttentionPattern {
    let weighting = try weighting(value, place: place)
    let softmax = behindNaNGuard(weighting.left)
    guard let softmaxInput = inputs(of: softmax, "Softmax")?.first else {
      throw mismatch(place, softmax, expected: "Softmax")
    }
    let (scores, scoreFactor) = try behindMasks(softmaxInput, place: place)
    guard let scoring = product(scores) else {
      throw mismatch(place, scores, expected: "a product of queries and keys")
    }
    let queries = try headOperand(scoring.left, isTransposed: false, place: place, of: "queries")
    let keys = try headOperand(
      scoring.right, isTransposed: !scoring.isRightTransposed, place: place, of: "keys")
    let values = try headOperand(
      weighting.right, isTransposed: weighting.isRightTransposed, place: place, of: "values")
    guard values.factor == 1 else {
      throw mismatch(place, weighting.right, expected: "values without a factor")
    }
    let attention = AttentionPattern(
      queries: queries, keys: keys, values: values, softmax: unwrap(softmax),
      scale: Float(scoreFactor * queries.factor * keys.factor), scoreFactor: scoreFactor)
    guard attention.scale > 0, attention.scale.isFinite else {
      throw mismatch(place, scores, expected: "a positive scale")
    }
    for other in [keys, values] {
      guard other.headCount == queries.headCount, other.headWidth == queries.headWidth else {
        throw mismatch(
          place, other.layer.sum, expected: "queries, keys and values of as many heads of one width")
      }
    }
    try requireWholeLayers([queries, keys, values], place: place)
    return attention
  }

  /// Checks that operands which share a fused layer use each part of it once.
  private func requireWholeLayers(_ operands: [HeadOperand], place: String) throws(ConversionError) {
    for operand in operands where operand.part.count > 1 {
      let sharing = operands.filter { $0.layer.product == operand.layer.product }.map(\.part)
      let count = operand.part.count
      guard sharing.allSatisfy({ $0.count == count }), sharing.map(\.index).sorted() == Array(0..<count)
      else {
        throw mismatch(
          place, operand.layer.sum,
          expected: "each of \(count) equal parts of the fused layer once, not "
            + "parts \(sharing.map { "\($0.index + 1) of \($0.count)" }.joined(separator: ", "))")
      }
    }
  }

  /// Returns the attention weights behind a selection that replaces NaN by 0 (a mask that hides all tokens gives NaN);
  /// any other value is returned unchanged.
  private func behindNaNGuard(_ value: Value) -> Value {
    guard let operands = inputs(of: value, "SelectV2"), operands.count == 3,
      let guarded = inputs(of: operands[0], "IsNan")?.first, same(guarded, operands[2]),
      scalar(operands[1]) == 0
    else { return value }
    return operands[2]
  }

  /// Looks through factors and through masks that hide nothing; returns the scores and the combined factor.
  private func behindMasks(
    _ softmaxInput: Value, place: String
  ) throws(ConversionError) -> (scores: Value, factor: Double) {
    var (value, factor) = (softmaxInput, 1.0)
    while true {
      if let (inner, scale) = scaled(value) {
        (value, factor) = (inner, factor * scale)
      } else if let inner = try behindMask(value, place: place) {
        value = inner
      } else {
        return (value, factor)
      }
    }
  }

  /// Returns the scores behind a sum with zeros or a selection of all elements; nil if there is no mask.
  private func behindMask(_ value: Value, place: String) throws(ConversionError) -> Value? {
    let scores: Value
    let masksNothing: Bool
    if let (variable, mask) = withConstant(value, Self.additions) {
      scores = variable
      masksNothing = masks.element(of: mask, in: graph)?.scalar == 0
    } else if let operands = inputs(of: value, ["SelectV2", "Select"]), operands.count == 3,
      graph.isConstant(operands[0])
    {
      let takesFirst = !graph.isConstant(operands[1])
      scores = takesFirst ? operands[1] : operands[2]
      masksNothing = masks.element(of: operands[0], in: graph)?.booleans == [takesFirst]
    } else {
      return nil
    }
    guard masksNothing, sameShape(value, scores) else {
      throw mismatch(place, value, expected: "no mask, or one that masks nothing: each token attends to all")
    }
    return scores
  }

  /// Returns the operands of a matrix product, the second one transposed or not; nil for anything else.
  private func product(_ value: Value) -> (left: Value, right: Value, isRightTransposed: Bool)? {
    let node = node(unwrap(value))
    guard Self.products.contains(node.operation), node.inputs.count == 2, !node.flag("adj_x"),
      !node.flag("transpose_a")
    else { return nil }
    return (node.inputs[0], node.inputs[1], node.flag("adj_y") || node.flag("transpose_b"))
  }

  /// Returns the product of attention weights and values behind the merging of heads: `[head, token, width]` → `[token,
  /// head * width]`.
  private func weighting(
    _ value: Value, place: String
  ) throws(ConversionError) -> (left: Value, right: Value, isRightTransposed: Bool) {
    let (source, movements) = behindMovements(value)
    guard let product = product(source),
      let (heads, shape) = headTracker(source, rows: .token, columns: .width)
    else { throw mismatch(place, source, expected: "a product of attention weights and values") }
    var tracker = heads
    for movement in movements where !track(&tracker, through: movement) {
      throw mismatch(place, movement, expected: "heads side by side")
    }
    let columns: [HeadAxis] =
      (shape.dropLast(2).reduce(1, *) == 1 ? [] : [.head]) + (shape.last == 1 ? [] : [.width])
    guard tracker.labels == [[.token], columns] else {
      throw mismatch(place, value, expected: "heads side by side")
    }
    return product
  }
}

/// Caches the common element of masks: one mask, of a million elements in a long patch, is shared by all blocks.
final class MaskElements {
  private var elements: [Value: ConstantTensor?] = [:]

  /// Returns the element that all elements of `mask` are equal to; nil if they differ.
  func element(of mask: Value, in graph: FoldedGraph) -> ConstantTensor? {
    if let known = elements[mask] { return known }
    let found = graph.uniformElement(of: mask)
    elements[mask] = .some(found)
    return found
  }
}
