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
  func vectors(pooling: Pooling, expected: [Float]) {
    #expect(pooling.pool(patchTokens: tokens) == Tensor(shape: [expected.count], elements: expected))
    #expect(pooling.shape(tokenCount: 4, width: 2) == [expected.count])
  }

  @Test func tokensStayAsTheyAre() {
    #expect(Pooling.tokens.pool(patchTokens: tokens) == tokens)
    #expect(Pooling.tokens.shape(tokenCount: 4, width: 2) == [4, 2])
  }

  @Test(arguments: [Pooling.clsDist, .cls, .dist])
  func leadingTokensAreEnough(pooling: Pooling) {
    #expect(pooling.needsLeadingTokensOnly)
    let leading = Tensor(shape: [2, 2], elements: Array(tokens.elements[..<4]))
    #expect(pooling.pool(patchTokens: leading) == pooling.pool(patchTokens: tokens))
  }

  @Test(arguments: Pooling.allCases)
  func patchesArePooledOneByOne(pooling: Pooling) {
    var random = SeededRandom(seed: 3)
    let both = Tensor(shape: [2, 7, 5], elements: (0..<70).map { _ in random.nextNormal() })
    let pooled = pooling.pool(both)
    #expect(pooled.shape == [2] + pooling.shape(tokenCount: 7, width: 5))
    for patch in 0..<2 {
      #expect(pooled[slice: patch] == pooling.pool(patchTokens: both[slice: patch]))
    }
    #expect(
      pooling.pool(Tensor(shape: [0, 7, 5], elements: [])).shape
        == [0] + pooling.shape(tokenCount: 7, width: 5))
  }

  /// In single precision the small numbers would vanish beside the large ones.
  @Test func sumsAreInDoublePrecision() {
    let column: [Float] = [0, 0, 1e8] + [Float](repeating: 1, count: 1000) + [-1e8]
    let tokens = Tensor(shape: [column.count, 1], elements: column)
    #expect(Pooling.mean.pool(patchTokens: tokens).elements == [Float(1000.0 / 1004)])
    #expect(Pooling.clsDistMean.pool(patchTokens: tokens).elements == [0, 0, Float(1000.0 / 1002)])
  }
}
