import MAESTWeights

/// The patch embedding: convolution, leading CLS and DIST tokens, and added position embedding.
struct EmbeddingPattern {
  var grid: GridPattern
  /// `[embedding]`.
  var classToken: WeightExpression
  /// `[embedding]`.
  var distillationToken: WeightExpression
  /// `[token, embedding]`.
  var position: WeightExpression
  /// The concatenation of CLS, DIST and the grid.
  var tokens: Value
  /// Whether the position embedding is one constant for all tokens.
  var hasOnePosition: Bool

  var convolution: ConvolutionPattern { grid.convolution }
}

/// A learned token, and the position embedding that is added only to it.
private struct LeadingToken {
  /// `[embedding]`.
  var token: WeightExpression
  /// `[embedding]`.
  var position: WeightExpression?
}

extension PatternMatcher {
  private static let place = "patch embedding"
  /// Maximum nesting of concatenations, and maximum number of parts in one: CLS, DIST and the grid.
  private static let nestingLimit = 4
  private static let partLimit = 3
  /// Maximum number of position embeddings that are added to all tokens.
  private static let positionLimit = 8

  /// Recognises the tokens that are the input of the first block.
  func embedding(_ value: Value) throws(ConversionError) -> EmbeddingPattern {
    let (tokens, wholes) = try wholePositions(value)
    guard let parts = tokenParts(tokens), parts.count >= 2, let shape = compactShape(tokens), shape.count == 2
    else { throw mismatch(Self.place, tokens, expected: "CLS, DIST and the grid put together as tokens") }
    let grid = try grid(parts[parts.count - 1], place: Self.place)
    let width = grid.convolution.embeddingWidth
    var leading: [LeadingToken] = []
    for part in parts.dropLast() { leading += try leadingTokens(part, width: width) }
    guard leading.count == ModelConfiguration.leadingTokenCount else {
      throw mismatch(
        Self.place, tokens, expected: "CLS and DIST before the grid, not \(leading.count) tokens")
    }
    var position = separatePositions(leading, grid)
    for whole in wholes { position = .sum(position, adding: .constant(whole, shape: shape)) }
    guard let position else {
      throw mismatch(Self.place, tokens, expected: "the sum of the tokens and a position embedding")
    }
    return EmbeddingPattern(
      grid: grid, classToken: leading[0].token, distillationToken: leading[1].token, position: position,
      tokens: tokens, hasOnePosition: wholes.count == 1 && separatePositions(leading, grid) == nil)
  }

  /// Returns the tokens behind additions of constants to all tokens, and these constants in the order of addition.
  private func wholePositions(_ value: Value) throws(ConversionError) -> (tokens: Value, positions: [Value]) {
    var positions: [Value] = []
    var tokens = unwrap(value)
    while let (inner, constant) = withConstant(tokens, Self.additions) {
      guard let shape = compactShape(constant), shape.count == 2, sameShape(tokens, constant),
        sameShape(inner, constant), positions.count < Self.positionLimit
      else {
        throw mismatch(Self.place, tokens, expected: "a position embedding for every token")
      }
      positions.append(constant)
      tokens = unwrap(inner)
    }
    return (tokens, positions.reversed())
  }

  /// Returns the parts of a concatenation of tokens `[batch, token, embedding]`; nil for anything else.
  private func tokenParts(_ value: Value, depth: Int = 0) -> [Value]? {
    guard let inputs = inputs(of: value, "ConcatV2"), (3...Self.partLimit + 1).contains(inputs.count),
      depth < Self.nestingLimit,
      let axis = integers(inputs[inputs.count - 1])?.first,
      let rank = graph.shape(of: unwrap(value))?.count, axis == rank - 2 || axis == -2
    else { return nil }
    return inputs.dropLast().flatMap { tokenParts($0, depth: depth + 1) ?? [$0] }
  }

  /// Returns the learned tokens in a constant `[batch, token, embedding]`.
  private func leadingTokens(_ value: Value, width: Int) throws(ConversionError) -> [LeadingToken] {
    guard graph.isConstant(value), let count = graph.shape(of: value)?.reduce(1, *), count > 0,
      count % width == 0, graph.shape(of: value)?.last == width
    else {
      throw mismatch(Self.place, value, expected: "CLS and DIST as constants of width \(width)")
    }
    let shape = [count / width, width]
    guard shape[0] <= ModelConfiguration.leadingTokenCount else {
      throw mismatch(
        Self.place, value, expected: "CLS and DIST before the grid, not \(shape[0]) tokens")
    }
    func rows(_ constant: Value) -> [WeightExpression] {
      (0..<shape[0]).map { index in
        let matrix = WeightExpression.constant(constant, shape: shape)
        return shape[0] == 1 ? matrix.reshaped([width]) : .selected(matrix, axis: 0, index: index)
      }
    }
    if let operands = inputs(of: value, Self.additions), operands.count == 2,
      operands.allSatisfy({ graph.shape(of: $0)?.reduce(1, *) == count })
    {
      return zip(rows(operands[0]), rows(operands[1])).map { LeadingToken(token: $0, position: $1) }
    }
    return rows(value).map { LeadingToken(token: $0) }
  }

  /// Returns the stacked position embeddings of the leading tokens and of the grid; nil if none of them has one.
  private func separatePositions(_ leading: [LeadingToken], _ grid: GridPattern) -> WeightExpression? {
    guard grid.position != nil || leading.contains(where: { $0.position != nil }) else { return nil }
    let width = grid.convolution.embeddingWidth
    let rows = leading.map { ($0.position ?? .zeros([width])).reshaped([1, width]) }
    return .rows(rows + [grid.position ?? .zeros([grid.convolution.gridCount, width])])
  }
}
