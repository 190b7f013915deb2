/// Multi-head self-attention up to, but without, its output projection.
struct AttentionPattern {
  var query: DensePattern
  var key: DensePattern
  var value: DensePattern
  var headCount: Int
  var headWidth: Int
  /// Factor on the products of queries and keys.
  var scale: Float
}

/// The axes of a projection that is split into heads.
private enum HeadAxis { case token, head, width }

/// A projection split into heads: where it comes from, the order of its axes, and a factor on it.
private struct HeadOperand {
  var source: Value
  var axes: [HeadAxis]
  var headCount: Int
  var factor: Double
}

extension PatternMatcher {
  /// Recognises the input `[token, head * width]` of an attention's output projection; `place` is for errors.
  func attention(_ value: Value, place: String) throws(ConversionError) -> AttentionPattern {
    let weighted = mergedHeads(value)
    guard let weighting = product(weighted) else {
      throw mismatch(place, weighted, expected: "a product of attention weights and values")
    }
    guard let softmaxInput = inputs(of: weighting.left, "Softmax")?.first else {
      throw mismatch(place, weighting.left, expected: "Softmax")
    }
    let values = try headOperand(
      weighting.right, axes: weighting.isRightTransposed ? Self.columns : Self.rows, place: place,
      of: "values")
    guard values.factor == 1 else {
      throw mismatch(place, weighting.right, expected: "values without a factor")
    }
    let (scores, scoreFactor) = scaled(softmaxInput) ?? (softmaxInput, 1)
    guard let scoring = product(scores) else {
      throw mismatch(place, scores, expected: "a product of queries and keys")
    }
    let queries = try headOperand(scoring.left, axes: Self.rows, place: place, of: "queries")
    let keys = try headOperand(
      scoring.right, axes: scoring.isRightTransposed ? Self.rows : Self.columns, place: place, of: "keys")
    let scale = Float(scoreFactor * queries.factor * keys.factor)
    guard scale > 0, scale.isFinite else { throw mismatch(place, scores, expected: "a positive scale") }
    guard queries.headCount == keys.headCount, keys.headCount == values.headCount else {
      throw mismatch(place, value, expected: "as many heads in queries, keys and values")
    }
    return try assembled(queries, keys, values, scale: scale, place: place)
  }

  private static let rows: [HeadAxis] = [.head, .token, .width]
  private static let columns: [HeadAxis] = [.head, .width, .token]

  /// A product of two values, the second one transposed or not; nil for anything else.
  private func product(_ value: Value) -> (left: Value, right: Value, isRightTransposed: Bool)? {
    let node = node(unwrap(value))
    guard Self.products.contains(node.operation), node.inputs.count == 2, !node.flag("adj_x"),
      !node.flag("transpose_a")
    else { return nil }
    return (node.inputs[0], node.inputs[1], node.flag("adj_y") || node.flag("transpose_b"))
  }

  private func assembled(
    _ queries: HeadOperand, _ keys: HeadOperand, _ values: HeadOperand, scale: Float, place: String
  ) throws(ConversionError) -> AttentionPattern {
    guard let query = dense(queries.source) else {
      throw mismatch(place, queries.source, expected: "the query projection (a dense layer)")
    }
    guard let key = dense(keys.source) else {
      throw mismatch(place, keys.source, expected: "the key projection (a dense layer)")
    }
    guard let value = dense(values.source) else {
      throw mismatch(place, values.source, expected: "the value projection (a dense layer)")
    }
    let width = query.outputWidth
    guard key.outputWidth == width, value.outputWidth == width, width % queries.headCount == 0 else {
      throw mismatch(place, keys.source, expected: "queries, keys and values of one width")
    }
    return AttentionPattern(
      query: query, key: key, value: value, headCount: queries.headCount,
      headWidth: width / queries.headCount, scale: scale)
  }

  /// The product behind "heads back side by side": `[head, token, width]` → `[token, head * width]`.
  private func mergedHeads(_ value: Value) -> Value {
    guard let merged = inputs(of: value, "Reshape")?.first,
      let operands = inputs(of: merged, "Transpose"), compactOrder(unwrap(merged)) == [1, 0, 2]
    else { return value }
    return operands[0]
  }

  /// The order that a transposition gives to the axes of more than one element.
  private func compactOrder(_ value: Value) -> [Int]? {
    guard let (shape, order) = transposition(node(value)) else { return nil }
    let kept = shape.indices.filter { shape[$0] != 1 }
    return order.filter { shape[$0] != 1 }.compactMap { kept.firstIndex(of: $0) }
  }

  private func headOperand(
    _ value: Value, axes: [HeadAxis], place: String, of what: String
  ) throws(ConversionError) -> HeadOperand {
    guard let operand = headOperand(value) else {
      throw mismatch(place, value, expected: "\(what) split into heads")
    }
    // With one head its axis is not there.
    guard operand.axes == axes || operand.headCount == 1 && operand.axes == axes.filter({ $0 != .head })
    else { throw mismatch(place, value, expected: "\(what) with axes in the order \(axes)") }
    return operand
  }

  /// Follows a projection back through factors, transpositions and the reshape that splits it into heads.
  private func headOperand(_ start: Value) -> HeadOperand? {
    var orders: [[Int]] = []
    var factor = 1.0
    var value = unwrap(start)
    while true {
      if let (inner, scale) = scaled(value) {
        factor *= scale
        value = unwrap(inner)
      } else if let order = compactOrder(value) {
        orders.append(order)
        value = unwrap(node(value).inputs[0])
      } else {
        break
      }
    }
    var operand = HeadOperand(source: value, axes: [.token, .width], headCount: 1, factor: factor)
    if node(value).operation == "Reshape", let split = compactShape(value), split.count == 3 {
      let source = node(value).inputs[0]
      guard compactShape(source) == [split[0], split[1] * split[2]] else { return nil }
      operand = HeadOperand(
        source: source, axes: [.token, .head, .width], headCount: split[1], factor: factor)
      // A factor may stand before the split as well.
      if let (inner, scale) = scaled(source) {
        operand.source = inner
        operand.factor *= scale
      }
    }
    for order in orders.reversed() {
      guard order.count == operand.axes.count else { return nil }
      operand.axes = order.map { operand.axes[$0] }
    }
    return operand
  }
}
