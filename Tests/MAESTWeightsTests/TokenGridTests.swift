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

  @Test func theOfficialGrid() {
    let grid = Self.official.tokenGrid
    #expect(grid.frequencyCount == 9 && grid.timeCount == 187 && grid.tokens == 2..<1685)
    #expect(grid.cell(ofToken: 0) == nil && grid.cell(ofToken: 1) == nil)
    #expect(grid.cell(ofToken: 2) == TokenGrid.Cell(frequency: 0, time: 0))
    #expect(grid.cell(ofToken: 189) == TokenGrid.Cell(frequency: 1, time: 0))
    #expect(grid.cell(ofToken: 1684) == TokenGrid.Cell(frequency: 8, time: 186))
    let last = TokenGrid.Cell(frequency: 8, time: 186)
    #expect(grid.bands(of: last) == 80..<96 && grid.frames(of: last) == 1860..<1876)
  }

  @Test(arguments: [official, TinyModel.configuration]) func thereAndBack(_ configuration: ModelConfiguration)
  {
    let grid = configuration.tokenGrid
    #expect(grid.tokens.upperBound == configuration.tokenCount)
    let cells = grid.tokens.compactMap { grid.cell(ofToken: $0) }
    #expect(Set(cells).count == grid.count)
    #expect(cells.map { grid.token(at: $0) } == Array(grid.tokens))
  }
}
