/// Multi-head self-attention up to, but without, its output projection.
struct AttentionPattern {
  var queries: HeadOperand
  var keys: HeadOperand
  var values: HeadOperand
  var softmax: Value
  /// Factor on the products of queries and keys, and on the result alone.
  var scale: Float
  var scoreFactor: Double

  var query: DensePattern { queries.layer }
  var key: DensePattern { keys.layer }
  var value: DensePattern { values.layer }
  var headCount: Int { queries.headCount }
  var headWidth: Int { queries.headWidth }
}

extension PatternMatcher {
  /// Recognises the input `[token, head * width]` of an attention's output projection; `place` is for errors.
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

  /// Checks that operands which share a fused layer take each part of it once.
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

  /// The attention weights in a choice that makes 0 of those which are NaN, as they are where a mask leaves a token
  /// nothing; any other value itself.
  private func behindNaNGuard(_ value: Value) -> Value {
    guard let operands = inputs(of: value, "SelectV2"), operands.count == 3,
      let guarded = inputs(of: operands[0], "IsNan")?.first, same(guarded, operands[2]),
      scalar(operands[1]) == 0
    else { return value }
    return operands[2]
  }

  /// The products behind factors and behind masks that mask nothing, and the factor on them.
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

  /// The scores in a sum with zeros, or in a choice that takes each of them; nil where there is no mask.
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

  /// A product of two values, the second one transposed or not; nil for anything else.
  private func product(_ value: Value) -> (left: Value, right: Value, isRightTransposed: Bool)? {
    let node = node(unwrap(value))
    guard Self.products.contains(node.operation), node.inputs.count == 2, !node.flag("adj_x"),
      !node.flag("transpose_a")
    else { return nil }
    return (node.inputs[0], node.inputs[1], node.flag("adj_y") || node.flag("transpose_b"))
  }

  /// The product of weights and values behind "heads side by side": `[head, token, width]` → `[token, head *
  /// width]`.
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

/// The element that masks are made of: one mask, of a million elements in a long patch, serves every block.
final class MaskElements {
  private var elements: [Value: ConstantTensor?] = [:]

  /// The one that all elements of `mask` are; nil where they differ.
  func element(of mask: Value, in graph: FoldedGraph) -> ConstantTensor? {
    if let known = elements[mask] { return known }
    let found = graph.uniformElement(of: mask)
    elements[mask] = .some(found)
    return found
  }
}
