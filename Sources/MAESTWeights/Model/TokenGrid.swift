/// Where the tokens of a patch stand on its mel bands and frames.
///
/// Token 0 is CLS and token 1 DIST, which stand nowhere; the grid follows, frequency-major: the token of frequency
/// position `f` and time position `t` is `2 + f * timeCount + t`, and it was made of the bands and frames under the
/// convolution's kernel there. Neighbouring tokens overlap where the kernel is longer than the stride.
public struct TokenGrid: Sendable, Equatable {
  /// A place on the grid.
  public struct Cell: Sendable, Hashable {
    /// From 0, the lowest bands, to below ``TokenGrid/frequencyCount``.
    public let frequency: Int
    /// From 0, the first frames, to below ``TokenGrid/timeCount``.
    public let time: Int

    public init(frequency: Int, time: Int) {
      self.frequency = frequency
      self.time = time
    }
  }

  private let geometry: ConvolutionGeometry
  /// Positions along the mel bands (9 in the official models).
  public let frequencyCount: Int
  /// Positions along the frames (31, 62, 125 or 187 in the official models).
  public let timeCount: Int

  init(_ configuration: ModelConfiguration) {
    geometry = configuration.convolution
    frequencyCount = configuration.gridBandCount
    timeCount = configuration.gridFrameCount
  }

  /// Tokens of the grid.
  public var count: Int { frequencyCount * timeCount }

  /// The grid's tokens; those before are CLS and DIST.
  public var tokens: Range<Int> {
    ModelConfiguration.leadingTokenCount..<ModelConfiguration.leadingTokenCount + count
  }

  /// Fails for a place beyond the grid.
  private func require(_ cell: Cell) throws(TokenGridError) {
    guard (0..<frequencyCount).contains(cell.frequency), (0..<timeCount).contains(cell.time) else {
      throw .noSuchCell(
        frequency: cell.frequency, time: cell.time, frequencyCount: frequencyCount, timeCount: timeCount)
    }
  }

  /// The token of a place on the grid.
  ///
  /// - Throws: ``TokenGridError/noSuchCell(frequency:time:frequencyCount:timeCount:)``.
  public func token(at cell: Cell) throws(TokenGridError) -> Int {
    try require(cell)
    return tokens.lowerBound + cell.frequency * timeCount + cell.time
  }

  /// The place of a token; nil for CLS and DIST.
  ///
  /// - Throws: ``TokenGridError/noSuchToken(index:tokenCount:)`` for a number that is none of a patch's tokens.
  public func cell(ofToken token: Int) throws(TokenGridError) -> Cell? {
    guard token >= 0, token < tokens.upperBound else {
      throw .noSuchToken(index: token, tokenCount: tokens.upperBound)
    }
    let position = token - tokens.lowerBound
    return position < 0 ? nil : Cell(frequency: position / timeCount, time: position % timeCount)
  }

  /// The mel bands that a place's token was made of.
  ///
  /// - Throws: ``TokenGridError/noSuchCell(frequency:time:frequencyCount:timeCount:)``.
  public func bands(of cell: Cell) throws(TokenGridError) -> Range<Int> {
    try require(cell)
    return bands(atFrequency: cell.frequency)
  }

  /// The frames of the patch that a place's token was made of.
  ///
  /// - Throws: ``TokenGridError/noSuchCell(frequency:time:frequencyCount:timeCount:)``.
  public func frames(of cell: Cell) throws(TokenGridError) -> Range<Int> {
    try require(cell)
    return frames(atTime: cell.time)
  }

  /// The bands of a frequency position below ``frequencyCount``.
  package func bands(atFrequency frequency: Int) -> Range<Int> {
    let first = frequency * geometry.bandStride
    return first..<first + geometry.kernelBands
  }

  /// The frames of a time position below ``timeCount``.
  package func frames(atTime time: Int) -> Range<Int> {
    let first = time * geometry.frameStride
    return first..<first + geometry.kernelFrames
  }
}

extension ModelConfiguration {
  /// Where the tokens stand.
  public var tokenGrid: TokenGrid { TokenGrid(self) }
}
