/// A row of tokens `[token, embedding]` with a factor.
struct WeightedToken {
  var tokens: Value
  var index: Int
  var factor: Double
}

extension PatternMatcher {
  private static let termLimit = 8

  /// Returns the tokens whose weighted sum is the value `[embedding]`, with their factors; nil for anything else.
  ///
  /// A mean over the token axis is such a sum, as is a sum with factors on its terms or on its result.
  func weightedTokens(_ value: Value, depth: Int = 0) -> [WeightedToken]? {
    guard depth < Self.termLimit else { return nil }
    if let (inner, factor) = scaled(value) {
      return weightedTokens(inner, depth: depth + 1).map { $0.map { $0.times(factor) } }
    }
    if let operands = inputs(of: value, Self.additions), operands.count == 2 {
      guard let left = weightedTokens(operands[0], depth: depth + 1), left.count < Self.termLimit,
        let right = weightedTokens(operands[1], depth: depth + 1)
      else { return nil }
      return left + right
    }
    if let operands = inputs(of: value, ["Mean", "Sum"]), operands.count == 2,
      let axes = integers(operands[1]), let (tokens, indices) = tokenRows(operands[0]),
      let shape = graph.shape(of: operands[0]), let rows = shape.firstIndex(where: { $0 != 1 }),
      indices.count > 1, indices.count <= Self.termLimit, axes == [rows] || axes == [rows - shape.count]
    {
      let factor = node(unwrap(value)).operation == "Mean" ? 1 / Double(indices.count) : 1
      return indices.map { WeightedToken(tokens: tokens, index: $0, factor: factor) }
    }
    guard let (tokens, indices) = tokenRows(value), indices.count == 1 else { return nil }
    return [WeightedToken(tokens: tokens, index: indices[0], factor: 1)]
  }

  /// Returns the rows `[row, embedding]` of tokens `[token, embedding]`: a slice of them, or single rows concatenated.
  private func tokenRows(_ value: Value) -> (tokens: Value, indices: [Int])? {
    if let rows = cutRows(value) { return rows }
    let value = unwrap(value)
    let node = node(value)
    guard ["Pack", "ConcatV2"].contains(node.operation), let rank = graph.shape(of: value)?.count else {
      return nil
    }
    let isPack = node.operation == "Pack"
    let axis = isPack ? node.integer("axis", default: 0) : node.inputs.last.flatMap { integers($0)?.first }
    guard let axis, (axis < 0 ? axis + rank : axis) < rank - 1 else { return nil }
    let parts = node.inputs.dropLast(isPack ? 0 : 1).map { part in
      compactShape(part)?.count == 1 ? cutRows(part) : nil
    }
    guard let tokens = parts.first??.tokens, parts.allSatisfy({ $0.map { same($0.tokens, tokens) } ?? false })
    else { return nil }
    return (tokens, parts.compactMap { $0 }.flatMap(\.indices))
  }

  private func cutRows(_ value: Value) -> (tokens: Value, indices: [Int])? {
    guard let part = narrowing(unwrap(value)), let shape = graph.shape(of: part.input),
      shape.filter({ $0 != 1 }).count == 2, let rows = shape.firstIndex(where: { $0 != 1 }),
      shape.indices.allSatisfy({ $0 == rows || part.counts[$0] == shape[$0] })
    else { return nil }
    return (part.input, Array(part.starts[rows]..<(part.starts[rows] + part.counts[rows])))
  }
}

extension WeightedToken {
  fileprivate func times(_ factor: Double) -> WeightedToken {
    WeightedToken(tokens: tokens, index: index, factor: self.factor * factor)
  }
}
