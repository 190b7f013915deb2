/// The grid of a patch's tokens over its mel bands and frames.
///
/// Token 0 is CLS and token 1 DIST; they have no grid position. The grid follows, frequency-major: the token of
/// frequency position `f` and time position `t` is `2 + f * timeCount + t`. It covers the bands and frames under the
/// convolution's kernel at that position. Neighbouring tokens overlap if the kernel is longer than the stride.
public struct TokenGrid: Sendable, Equatable {
  /// A position on the grid.
  public struct Cell: Sendable, Hashable {
    /// Frequency index, from 0 (the lowest bands) to below ``TokenGrid/frequencyCount``.
    public let frequency: Int
    /// Time index, from 0 (the first frames) to below ``TokenGrid/timeCount``.
    public let time: Int

    public init(frequency: Int, time: Int) {
      self.frequency = frequency
      self.time = time
    }
  }

  private let geometry: ConvolutionGeometry
  /// The number of positions along the mel bands (9 in the official models).
  public let frequencyCount: Int
  /// The number of positions along the frames (31, 62, 125 or 187 in the official models).
  public let timeCount: Int

  init(_ configuration: ModelConfiguration) {
    geometry = configuration.convolution
    frequencyCount = configuration.gridBandCount
    timeCount = configuration.gridFrameCount
  }

  /// The number of grid tokens.
  public var count: Int { frequencyCount * timeCount }

  /// The indices of the grid's tokens, after CLS and DIST.
  public var tokens: Range<Int> {
    ModelConfiguration.leadingTokenCount..<ModelConfiguration.leadingTokenCount + count
  }

  /// Throws for a position outside the grid.
  private func require(_ cell: Cell) throws(TokenGridError) {
    guard (0..<frequencyCount).contains(cell.frequency), (0..<timeCount).contains(cell.time) else {
      throw .noSuchCell(
        frequency: cell.frequency, time: cell.time, frequencyCount: frequencyCount, timeCount: timeCount)
    }
  }

  /// Returns the token at a grid position.
  ///
  /// - Throws: ``TokenGridError/noSuchCell(frequency:time:frequencyCount:timeCount:)``.
  public func token(at cell: Cell) throws(TokenGridError) -> Int {
    try require(cell)
    return tokens.lowerBound + cell.frequency * timeCount + cell.time
  }

  /// Returns the grid position of a token; nil for CLS and DIST.
  ///
  /// - Throws: ``TokenGridError/noSuchToken(index:tokenCount:)`` for an index that is not a token of the patch.
  public func cell(ofToken token: Int) throws(TokenGridError) -> Cell? {
    guard token >= 0, token < tokens.upperBound else {
      throw .noSuchToken(index: token, tokenCount: tokens.upperBound)
    }
    let position = token - tokens.lowerBound
    return position < 0 ? nil : Cell(frequency: position / timeCount, time: position % timeCount)
  }

  /// Returns the mel bands that a position's token covers.
  ///
  /// - Throws: ``TokenGridError/noSuchCell(frequency:time:frequencyCount:timeCount:)``.
  public func bands(of cell: Cell) throws(TokenGridError) -> Range<Int> {
    try require(cell)
    return bands(atFrequency: cell.frequency)
  }

  /// Returns the frames of the patch that a position's token covers.
  ///
  /// - Throws: ``TokenGridError/noSuchCell(frequency:time:frequencyCount:timeCount:)``.
  public func frames(of cell: Cell) throws(TokenGridError) -> Range<Int> {
    try require(cell)
    return frames(atTime: cell.time)
  }

  /// The bands at a frequency index below ``frequencyCount``.
  package func bands(atFrequency frequency: Int) -> Range<Int> {
    let first = frequency * geometry.bandStride
    return first..<first + geometry.kernelBands
  }

  /// The frames at a time index below ``timeCount``.
  package func frames(atTime time: Int) -> Range<Int> {
    let first = time * geometry.frameStride
    return first..<first + geometry.kernelFrames
  }
}

extension ModelConfiguration {
  /// The grid of the model's tokens.
  public var tokenGrid: TokenGrid { TokenGrid(self) }
}
