public import MAESTTensor

/// How a patch's tokens are pooled into an embedding.
///
/// CLS and DIST are tokens 0 and 1, the others are grid tokens. Sums are computed in double precision, in token order.
public enum Pooling: String, Sendable, CaseIterable, Codable {
  /// CLS, DIST and the mean of the grid's tokens, concatenated: `[3 * embedding]`.
  ///
  /// Source: the MAEST paper (ISMIR 2023), section 3.3, with layer 7.
  case clsDistMean = "cls-dist-mean"
  /// The mean of these three vectors: `[embedding]`.
  case meanOfThree = "mean3"
  /// The mean of CLS and DIST: `[embedding]`. After the final norm it is the input of the head's dense layer, and the
  /// output of maest-infer.
  case clsDist = "cls-dist"
  /// CLS: `[embedding]`.
  case cls
  /// DIST: `[embedding]`.
  case dist
  /// The mean of all tokens, CLS and DIST included: `[embedding]`.
  case mean
  /// All tokens without pooling: `[token, embedding]`.
  case tokens

  /// Whether only CLS and DIST are needed.
  public var needsLeadingTokensOnly: Bool {
    switch self {
    case .clsDist, .cls, .dist: true
    case .clsDistMean, .meanOfThree, .mean, .tokens: false
    }
  }

  /// The minimum number of tokens: CLS, DIST and, if grid tokens are used, one of them.
  private var leastTokenCount: Int { needsLeadingTokensOnly ? 2 : 3 }

  /// Pools one patch's tokens `[token, embedding]`; for the shape of the result see the cases.
  ///
  /// - Throws: ``ModelError/wrongTokenShape(found:axisCount:leastTokenCount:)``.
  public func pool(patchTokens tokens: Tensor) throws(ModelError) -> Tensor {
    guard tokens.rank == 2, tokens.shape[0] >= leastTokenCount else {
      throw .wrongTokenShape(found: tokens.shape, axisCount: 2, leastTokenCount: leastTokenCount)
    }
    return poolPatch(tokens)
  }

  /// Pools the tokens of several patches `[patch, token, embedding]` separately: `[patch, ...]`.
  ///
  /// - Throws: ``ModelError/wrongTokenShape(found:axisCount:leastTokenCount:)``.
  public func pool(_ tokens: Tensor) throws(ModelError) -> Tensor {
    guard tokens.rank == 3, tokens.shape[1] >= leastTokenCount else {
      throw .wrongTokenShape(found: tokens.shape, axisCount: 3, leastTokenCount: leastTokenCount)
    }
    return poolPatches(tokens)
  }

  /// Pools one patch's tokens, whose shape is known to be valid.
  private func poolPatch(_ tokens: Tensor) -> Tensor {
    if self == .tokens { return tokens }
    let (tokenCount, width) = (tokens.shape[0], tokens.shape[1])
    return Tensor(
      shape: shape(tokenCount: tokenCount, width: width), elements: vector(TokenRows(tokens)))
  }

  /// Pools several patches' tokens, whose shape is known to be valid.
  func poolPatches(_ tokens: Tensor) -> Tensor {
    let (patchCount, tokenCount, width) = (tokens.shape[0], tokens.shape[1], tokens.shape[2])
    return Tensor(
      shape: [patchCount] + shape(tokenCount: tokenCount, width: width),
      elements: (0..<patchCount).flatMap { poolPatch(tokens[slice: $0]).elements })
  }

  /// The shape of one patch's pooled tokens.
  public func shape(tokenCount: Int, width: Int) -> [Int] {
    switch self {
    case .clsDistMean: [3 * width]
    case .meanOfThree, .clsDist, .cls, .dist, .mean: [width]
    case .tokens: [tokenCount, width]
    }
  }

  private func vector(_ rows: TokenRows) -> [Float] {
    switch self {
    case .clsDistMean: rows.cls + rows.dist + rows.gridMean.map { Float($0) }
    case .meanOfThree: rows.meanOfThree
    case .clsDist: rows.mean(of: 0..<2).map { Float($0) }
    case .cls: rows.cls
    case .dist: rows.dist
    case .mean: rows.mean(of: 0..<rows.count).map { Float($0) }
    case .tokens: preconditionFailure("tokens are not one vector")
    }
  }
}

/// A patch's tokens `[token, embedding]`, row by row.
private struct TokenRows {
  private let tokens: Tensor
  let cls: [Float]
  let dist: [Float]

  init(_ tokens: Tensor) {
    self.tokens = tokens
    let width = tokens.shape[1]
    cls = Array(tokens.elements[..<width])
    dist = Array(tokens.elements[width..<2 * width])
  }

  var count: Int { tokens.shape[0] }

  var gridMean: [Double] { mean(of: 2..<count) }

  var meanOfThree: [Float] {
    let grid = gridMean
    return grid.indices.map { column in
      let sum: Double = Double(cls[column]) + Double(dist[column]) + grid[column]
      return Float(sum / 3)
    }
  }

  func mean(of rows: Range<Int>) -> [Double] {
    let width = tokens.shape[1]
    var sums = [Double](repeating: 0, count: width)
    for row in rows {
      for column in 0..<width { sums[column] += Double(tokens.elements[row * width + column]) }
    }
    return sums.map { $0 / Double(rows.count) }
  }
}
