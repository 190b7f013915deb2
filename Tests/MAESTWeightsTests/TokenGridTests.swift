import MAESTTestSupport
import MAESTWeights
import Testing

/// Tokens and their places on the grid.
@Suite struct TokenGridTests {
  /// The official 30 s model's sizes.
  private static let official = ModelConfiguration(
    frameCount: 1876, bandCount: 96,
    convolution: ConvolutionGeometry(kernelBands: 16, kernelFrames: 16, bandStride: 10, frameStride: 10),
    embeddingWidth: 768, blockCount: 12, headCount: 12, headWidth: 64, attentionScale: 0.125,
    feedForwardWidth: 3072, blockNormEpsilon: 1e-6, head: nil)

  @Test func theOfficialGrid() throws {
    let grid = Self.official.tokenGrid
    #expect(grid.frequencyCount == 9 && grid.timeCount == 187 && grid.tokens == 2..<1685)
    #expect(try grid.cell(ofToken: 0) == nil && grid.cell(ofToken: 1) == nil)
    #expect(try grid.cell(ofToken: 2) == TokenGrid.Cell(frequency: 0, time: 0))
    #expect(try grid.cell(ofToken: 189) == TokenGrid.Cell(frequency: 1, time: 0))
    #expect(try grid.cell(ofToken: 1684) == TokenGrid.Cell(frequency: 8, time: 186))
    let last = TokenGrid.Cell(frequency: 8, time: 186)
    #expect(try grid.bands(of: last) == 80..<96 && grid.frames(of: last) == 1860..<1876)
  }

  @Test func tokensAndPlacesThatThereAreNot() throws {
    let grid = TinyModel.configuration.tokenGrid
    let count = grid.tokens.upperBound
    for token in [-1, .min, count, .max] {
      #expect(throws: TokenGridError.noSuchToken(index: token, tokenCount: count)) {
        try grid.cell(ofToken: token)
      }
    }
    for (frequency, time) in [
      (grid.frequencyCount, 0), (0, grid.timeCount), (-1, 0), (.max, .max), (0, .min),
    ] {
      let cell = TokenGrid.Cell(frequency: frequency, time: time)
      let error = TokenGridError.noSuchCell(
        frequency: frequency, time: time, frequencyCount: grid.frequencyCount, timeCount: grid.timeCount)
      #expect(throws: error) { try grid.token(at: cell) }
      #expect(throws: error) { try grid.bands(of: cell) }
      #expect(throws: error) { try grid.frames(of: cell) }
    }
  }

  @Test(arguments: [official, TinyModel.configuration])
  func thereAndBack(_ configuration: ModelConfiguration) throws {
    let grid = configuration.tokenGrid
    #expect(grid.tokens.upperBound == configuration.tokenCount)
    let cells = try grid.tokens.compactMap { try grid.cell(ofToken: $0) }
    #expect(Set(cells).count == grid.count)
    #expect(try cells.map { try grid.token(at: $0) } == Array(grid.tokens))
  }
}
