import MAEST
import MAESTTestSupport
import Testing

/// What becomes of tokens.
@Suite struct PoolingTests {
  /// CLS (1, 2), DIST (3, 4), then a grid of (5, 6) and (7, 9).
  let tokens = Tensor(shape: [4, 2], elements: [1, 2, 3, 4, 5, 6, 7, 9])

  static let pooled: [(Pooling, [Float])] = [
    (.clsDistMean, [1, 2, 3, 4, 6, 7.5]), (.meanOfThree, [10.0 / 3, 4.5]), (.clsDist, [2, 3]),
    (.cls, [1, 2]), (.dist, [3, 4]), (.mean, [4, 5.25]),
  ]

  @Test(arguments: pooled)
  func vectors(pooling: Pooling, expected: [Float]) throws {
    #expect(try pooling.pool(patchTokens: tokens) == Tensor(shape: [expected.count], elements: expected))
    #expect(pooling.shape(tokenCount: 4, width: 2) == [expected.count])
  }

  @Test func tokensStayAsTheyAre() throws {
    #expect(try Pooling.tokens.pool(patchTokens: tokens) == tokens)
    #expect(Pooling.tokens.shape(tokenCount: 4, width: 2) == [4, 2])
  }

  @Test(arguments: [Pooling.clsDist, .cls, .dist])
  func leadingTokensAreEnough(pooling: Pooling) throws {
    #expect(pooling.needsLeadingTokensOnly)
    let leading = Tensor(shape: [2, 2], elements: Array(tokens.elements[..<4]))
    #expect(try pooling.pool(patchTokens: leading) == pooling.pool(patchTokens: tokens))
  }

  @Test(arguments: Pooling.allCases)
  func patchesArePooledOneByOne(pooling: Pooling) throws {
    var random = SeededRandom(seed: 3)
    let both = Tensor(shape: [2, 7, 5], elements: (0..<70).map { _ in random.nextNormal() })
    let pooled = try pooling.pool(both)
    #expect(pooled.shape == [2] + pooling.shape(tokenCount: 7, width: 5))
    for patch in 0..<2 {
      #expect(try pooled[slice: patch] == pooling.pool(patchTokens: both[slice: patch]))
    }
    #expect(
      try pooling.pool(Tensor(shape: [0, 7, 5], elements: [])).shape
        == [0] + pooling.shape(tokenCount: 7, width: 5))
  }

  @Test(arguments: Pooling.allCases)
  func tokensOfOtherShapes(pooling: Pooling) {
    let least = pooling.needsLeadingTokensOnly ? 2 : 3
    let kind = EmbeddingKind(.finalNorm, pooling)
    for shape in [[], [0], [4], [0, 2], [1, 2], [least - 1, 2], [1, 4, 2], [1, 1, 1, 1]] {
      let tokens = Tensor(shape: shape, elements: [Float](repeating: 1, count: shape.reduce(1, *)))
      let error = ModelError.wrongTokenShape(found: shape, axisCount: 2, leastTokenCount: least)
      #expect(throws: error) { try pooling.pool(patchTokens: tokens) }
      #expect(throws: error) { try kind.ofPatch(tokens) }
    }
    for shape in [[], [4, 2], [1, least - 1, 2], [0, 1, 2]] {
      let tokens = Tensor(shape: shape, elements: [Float](repeating: 1, count: shape.reduce(1, *)))
      #expect(throws: ModelError.wrongTokenShape(found: shape, axisCount: 3, leastTokenCount: least)) {
        try pooling.pool(tokens)
      }
    }
  }

  /// In single precision the small numbers would vanish beside the large ones.
  @Test func sumsAreInDoublePrecision() throws {
    let column: [Float] = [0, 0, 1e8] + [Float](repeating: 1, count: 1000) + [-1e8]
    let tokens = Tensor(shape: [column.count, 1], elements: column)
    #expect(try Pooling.mean.pool(patchTokens: tokens).elements == [Float(1000.0 / 1004)])
    #expect(try Pooling.clsDistMean.pool(patchTokens: tokens).elements == [0, 0, Float(1000.0 / 1002)])
  }
}
