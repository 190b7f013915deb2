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

  /// The token of a place on the grid.
  public func token(at cell: Cell) -> Int {
    precondition(
      (0..<frequencyCount).contains(cell.frequency) && (0..<timeCount).contains(cell.time),
      "cell [\(cell.frequency), \(cell.time)] of [\(frequencyCount), \(timeCount)]")
    return tokens.lowerBound + cell.frequency * timeCount + cell.time
  }

  /// The place of a token; nil for CLS and DIST.
  public func cell(ofToken token: Int) -> Cell? {
    precondition(token >= 0 && token < tokens.upperBound, "token \(token) of \(tokens.upperBound)")
    let position = token - tokens.lowerBound
    return position < 0 ? nil : Cell(frequency: position / timeCount, time: position % timeCount)
  }

  /// The mel bands that a place's token was made of.
  public func bands(of cell: Cell) -> Range<Int> {
    let first = cell.frequency * geometry.bandStride
    return first..<first + geometry.kernelBands
  }

  /// The frames of the patch that a place's token was made of.
  public func frames(of cell: Cell) -> Range<Int> {
    let first = cell.time * geometry.frameStride
    return first..<first + geometry.kernelFrames
  }
}

extension ModelConfiguration {
  /// Where the tokens stand.
  public var tokenGrid: TokenGrid { TokenGrid(self) }
}
