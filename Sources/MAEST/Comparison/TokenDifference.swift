import MAESTCore
public import MAESTTensor

/// The difference between the tokens of two runs, accumulated patch by patch.
///
/// The second run is the reference: errors are relative to its norms.
public struct TokenDifference: Sendable, Equatable {
  /// The token with the largest relative error.
  public struct WorstToken: Sendable, Equatable {
    /// Index of the patch, from 0.
    public var patch: Int
    /// Index in the patch: 0 is CLS, 1 is DIST, then the grid.
    public var token: Int
    /// ‖found - expected‖ / ‖expected‖ of the token's vector.
    public var relativeError: Double
    /// The column with the largest difference.
    public var column: Int
    public var found: Float
    public var expected: Float
  }

  /// Number of tokens compared.
  public private(set) var tokenCount = 0
  /// The largest difference of two numbers.
  public private(set) var largestDifference: Float = 0
  /// The lowest cosine of two tokens' vectors; 1 if nothing was compared.
  public private(set) var lowestCosine = 1.0
  /// Nil if all tokens are equal.
  public private(set) var worstToken: WorstToken?
  private var cosineSum = 0.0
  private var squaredDifference = 0.0
  private var squaredNorm = 0.0

  public init() {}

  /// ‖found - expected‖ / ‖expected‖ over all numbers; 0 if all are equal, infinite if a difference is not finite.
  public var relativeError: Double { Self.ratio(squaredDifference, squaredNorm) }

  /// Mean cosine of the two vectors over all tokens; 1 if nothing was compared.
  public var meanCosine: Double { tokenCount == 0 ? 1 : cosineSum / Double(tokenCount) }

  /// Adds a patch.
  ///
  /// - Parameters:
  ///   - found: `[token, embedding]`, or one vector `[embedding]`.
  ///   - expected: a tensor of the same shape.
  ///   - patch: the patch's index.
  /// - Throws: ``ModelError/differentShapes(found:expected:)``; nothing is added then.
  public mutating func add(_ found: Tensor, _ expected: Tensor, patch: Int) throws(ModelError) {
    guard found.shape == expected.shape else {
      throw .differentShapes(found: found.shape, expected: expected.shape)
    }
    guard let width = found.shape.last, width > 0 else { return }
    for token in 0..<found.count / width {
      let columns = token * width..<(token + 1) * width
      add(found.elements[columns], expected.elements[columns], patch: patch, token: token)
    }
  }

  /// Adds one token's vectors.
  private mutating func add(
    _ found: ArraySlice<Float>, _ expected: ArraySlice<Float>, patch: Int, token: Int
  ) {
    var (difference, foundNorm, expectedNorm, product) = (0.0, 0.0, 0.0, 0.0)
    var (largest, column) = (Float(-1), 0)
    for (index, (a, b)) in zip(found, expected).enumerated() {
      // NaN counts as infinitely far from everything.
      let distance = a == b ? 0 : (a - b).isFinite ? abs(a - b) : .infinity
      if distance > largest { (largest, column) = (distance, index) }
      difference += Double(distance) * Double(distance)
      foundNorm += Double(a) * Double(a)
      expectedNorm += Double(b) * Double(b)
      product += Double(a) * Double(b)
    }
    let cosine = difference == 0 ? 1 : Tensor.cosine(product, foundNorm, expectedNorm)
    tokenCount += 1
    cosineSum += cosine
    lowestCosine = min(lowestCosine, cosine)
    largestDifference = max(largestDifference, largest)
    squaredDifference += difference
    squaredNorm += expectedNorm
    let error = Self.ratio(difference, expectedNorm)
    guard error > worstToken?.relativeError ?? 0 else { return }
    worstToken = WorstToken(
      patch: patch, token: token, relativeError: error, column: column,
      found: found[found.startIndex + column], expected: expected[expected.startIndex + column])
  }

  private static func ratio(_ squaredDifference: Double, _ squaredNorm: Double) -> Double {
    if squaredDifference == 0 { return 0 }
    let ratio = (squaredDifference / squaredNorm).squareRoot()
    return ratio.isNaN ? .infinity : ratio
  }
}
