import Foundation
import MAEST
import Testing

/// How far tokens are apart.
@Suite struct TokenDifferenceTests {
  private func difference(_ found: [Float], _ expected: [Float], width: Int = 2) throws -> TokenDifference {
    var difference = TokenDifference()
    let shape = [found.count / width, width]
    try difference.add(
      Tensor(shape: shape, elements: found), Tensor(shape: shape, elements: expected), patch: 3)
    return difference
  }

  @Test func equalTokens() throws {
    let same = try difference([1, 2, 0, 0], [1, 2, 0, 0])
    #expect(same.tokenCount == 2 && same.relativeError == 0 && same.largestDifference == 0)
    #expect(abs(same.meanCosine - 1) < 1e-15 && abs(same.lowestCosine - 1) < 1e-15)
    #expect(same.worstToken == nil)
    #expect(TokenDifference().relativeError == 0 && TokenDifference().meanCosine == 1)
  }

  @Test func numbersByHand() throws {
    // Norms 5 and 2; differences (0, 1) and (0.5, 0).
    let found = try difference([3, 5, 2.5, 0], [3, 4, 2, 0])
    #expect(abs(found.relativeError - (1.25 / 29).squareRoot()) < 1e-7)
    #expect(found.largestDifference == 1)
    let cosine = (9.0 + 20) / (34.0.squareRoot() * 5)
    #expect(abs(found.lowestCosine - cosine) < 1e-7)
    #expect(abs(found.meanCosine - (cosine + 1) / 2) < 1e-7)
    let worst = try #require(found.worstToken)
    #expect(worst.patch == 3 && worst.token == 1 && worst.column == 0)
    #expect(worst.found == 2.5 && worst.expected == 2 && abs(worst.relativeError - 0.25) < 1e-7)
  }

  @Test func oppositeAndOrthogonalVectors() throws {
    #expect(try abs(difference([1, 0], [-1, 0]).meanCosine + 1) < 1e-15)
    #expect(try abs(difference([1, 0], [0, 1]).meanCosine) < 1e-15)
  }

  @Test func zerosAndWhatIsNoNumber() throws {
    #expect(try difference([0, 0], [0, 0]).meanCosine == 1)
    let fromZero = try difference([1, 0], [0, 0])
    #expect(fromZero.relativeError == .infinity && fromZero.meanCosine == 0)
    for value: Float in [.nan, .infinity] {
      let bad = try difference([1, value], [1, 1])
      #expect(bad.relativeError == .infinity && bad.largestDifference == .infinity)
      #expect(bad.worstToken?.column == 1 && bad.lowestCosine == 0)
      #expect(try difference([1, 1], [1, value]).relativeError == .infinity)
    }
  }

  @Test func patchesAddUp() throws {
    var parts = TokenDifference()
    try parts.add(
      Tensor(shape: [1, 2], elements: [3, 5]), Tensor(shape: [1, 2], elements: [3, 4]), patch: 0)
    try parts.add(Tensor(shape: [2], elements: [2.5, 0]), Tensor(shape: [2], elements: [2, 0]), patch: 1)
    let whole = try difference([3, 5, 2.5, 0], [3, 4, 2, 0])
    #expect(parts.relativeError == whole.relativeError && parts.meanCosine == whole.meanCosine)
    #expect(parts.worstToken?.patch == 1 && parts.worstToken?.token == 0)
  }

  @Test func differentShapes() {
    var difference = TokenDifference()
    for shape in [[4], [1, 4], [2, 2, 1], [2, 3]] {
      let found = Tensor(shape: shape, elements: [Float](repeating: 1, count: shape.reduce(1, *)))
      #expect(throws: ModelError.differentShapes(found: shape, expected: [2, 2])) {
        try difference.add(found, Tensor(shape: [2, 2], elements: [1, 2, 3, 4]), patch: 0)
      }
    }
    #expect(difference == TokenDifference(), "nothing was added")
  }
}
