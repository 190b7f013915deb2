import MAESTFrontEnd
public import MAESTTensor
public import MAESTWeights

/// The positions of a model's tokens in time and frequency.
///
/// ```swift
/// if let place = try model.tokenMap.place(ofToken: 40) { print(place.seconds, place.hertz) }
/// ```
public struct TokenMap: Sendable {
  /// The part of a patch that a token covers.
  public struct Place: Sendable, Hashable {
    /// The grid position.
    public let cell: TokenGrid.Cell
    /// The time range in seconds from the start of the patch: from the centre of the token's first frame to one hop
    /// after the centre of its last frame.
    public let seconds: Range<Double>
    /// The frequency range in hertz: from the lower edge of the token's lowest mel band to the upper edge of its
    /// highest band.
    public let hertz: Range<Float>
  }

  /// The grid in bands and frames.
  public let grid: TokenGrid
  private let secondsPerFrame: Double
  /// The edges of all bands, two more than there are bands: band `b` reaches from edge `b` to edge `b + 2`.
  private let edges: [Float]

  init(_ configuration: ModelConfiguration, _ mel: MelSpectrogramConfiguration) {
    grid = configuration.tokenGrid
    secondsPerFrame = mel.secondsPerFrame
    edges = mel.bandEdges
  }

  /// Returns the position of a token in its patch; nil for CLS (0) and DIST (1), which have no grid position.
  ///
  /// - Throws: `TokenGridError.noSuchToken` for an index that is not a token of the patch.
  public func place(ofToken token: Int) throws(TokenGridError) -> Place? {
    guard let cell = try grid.cell(ofToken: token) else { return nil }
    return try place(at: cell)
  }

  /// Returns the part of the patch that a grid position covers.
  ///
  /// - Throws: `TokenGridError.noSuchCell` for a position outside the grid.
  public func place(at cell: TokenGrid.Cell) throws(TokenGridError) -> Place {
    let (bands, frames) = (try grid.bands(of: cell), try grid.frames(of: cell))
    return Place(
      cell: cell,
      seconds: Double(frames.lowerBound) * secondsPerFrame..<Double(frames.upperBound) * secondsPerFrame,
      hertz: edges[bands.lowerBound]..<edges[bands.upperBound + 1])
  }

  /// Arranges one value per token as a map over the mel plane, for instance a row of attention weights or of a rollout.
  ///
  /// - Parameter values: `[token]`, all tokens of a patch or those of the grid alone.
  /// - Returns: `[frequency, time]`, the lowest bands first.
  /// - Throws: ``ModelError/differentShapes(found:expected:)`` for another number of tokens.
  public func map(ofTokens values: Tensor) throws(ModelError) -> Tensor {
    guard values.rank == 1, [grid.count, grid.tokens.upperBound].contains(values.count) else {
      throw .differentShapes(found: values.shape, expected: [grid.tokens.upperBound])
    }
    return Tensor(
      shape: [grid.frequencyCount, grid.timeCount], elements: Array(values.elements.suffix(grid.count)))
  }

  /// Returns the token whose centre is nearest to the given time (seconds from the start of the patch) and frequency
  /// (hertz). Frequency distances are measured on the mel scale.
  public func token(seconds: Double, hertz: Float) -> Int {
    let frame = seconds / secondsPerFrame
    let mel = MelScale.mel(hertz: max(hertz, 0))
    let time = (0..<grid.timeCount).min { distance(ofTime: $0, to: frame) < distance(ofTime: $1, to: frame) }
    let frequency = (0..<grid.frequencyCount).min {
      distance(ofFrequency: $0, to: mel) < distance(ofFrequency: $1, to: mel)
    }
    return grid.tokens.lowerBound + (frequency ?? 0) * grid.timeCount + (time ?? 0)
  }

  private func distance(ofTime time: Int, to frame: Double) -> Double {
    let frames = grid.frames(atTime: time)
    return abs(Double(frames.lowerBound + frames.upperBound) / 2 - frame)
  }

  private func distance(ofFrequency frequency: Int, to mel: Float) -> Float {
    let bands = grid.bands(atFrequency: frequency)
    let (lower, upper) = (edges[bands.lowerBound], edges[bands.upperBound + 1])
    return abs((MelScale.mel(hertz: lower) + MelScale.mel(hertz: upper)) / 2 - mel)
  }
}

extension MAESTModel {
  /// The positions of the tokens in time and frequency.
  public var tokenMap: TokenMap { TokenMap(configuration, melConfiguration) }
}
