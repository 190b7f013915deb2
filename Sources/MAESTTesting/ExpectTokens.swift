public import MAEST
public import Testing

/// Expects the tokens of a layer to be close to the given values, in a test with Swift Testing.
///
/// A failure reports the error over all tokens, and the patch, position and values of the token with the largest error.
///
/// ```swift
/// let analysis = try model.analyze(fileAt: "clip.flac", .tokens(layer: 7))
/// expectTokens(of: analysis, layer: 7, expected)
/// ```
///
/// - Parameters:
///   - analysis: contains the layer's tokens.
///   - layer: counted from 1.
///   - expected: `[patch, token, embedding]`.
///   - relativeError: maximum of ‖found - expected‖ / ‖expected‖, over all tokens together.
///   - grid: gives the position of the worst token: `model.tokenMap.grid`.
///   - sourceLocation: where a failure is reported.
public func expectTokens(
  of analysis: Analysis, layer: Int, _ expected: Tensor, relativeError: Double = 1e-5,
  grid: TokenGrid? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
  expectValues(
    of: analysis, at: .blockOutput(layer: layer), expected, relativeError: relativeError, grid: grid,
    sourceLocation: sourceLocation)
}

/// Expects the values at a point of the network to be close to the given ones.
///
/// - Parameters:
///   - analysis: contains the values.
///   - tap: the point of the network.
///   - expected: `[patch]`, then the axes documented by `Tap`; the last axis holds the compared vectors.
///   - relativeError: maximum of ‖found - expected‖ / ‖expected‖, over all vectors together.
///   - grid: gives the position of the worst vector's token: `model.tokenMap.grid`.
///   - sourceLocation: where a failure is reported.
public func expectValues(
  of analysis: Analysis, at tap: Tap, _ expected: Tensor, relativeError: Double = 1e-5,
  grid: TokenGrid? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
  let found: Tensor
  do { found = try analysis[tap] } catch {
    Issue.record("\(error)", sourceLocation: sourceLocation)
    return
  }
  guard found.shape == expected.shape else {
    Issue.record(
      "\(tap): shape \(found.shape), expected \(expected.shape)", sourceLocation: sourceLocation)
    return
  }
  var difference = TokenDifference()
  do {
    for patch in 0..<(found.shape.first ?? 0) {
      try difference.add(found[slice: patch], expected[slice: patch], patch: patch)
    }
  } catch {
    Issue.record("\(tap): \(error)", sourceLocation: sourceLocation)
    return
  }
  guard !(difference.relativeError <= relativeError) else { return }
  let worst = difference.describeWorst(of: tap, grid)
  Issue.record(
    "\(tap): relative error \(difference.relativeError), at most \(relativeError) is allowed; \(worst)",
    sourceLocation: sourceLocation)
}

extension TokenDifference {
  /// Describes the token with the largest error.
  fileprivate func describeWorst(of tap: Tap, _ grid: TokenGrid?) -> String {
    guard let worst = worstToken else { return "no token is off" }
    return "worst is \(name(worst.token, of: tap, grid)) of patch \(worst.patch), off by "
      + "\(worst.relativeError) of its norm: column \(worst.column) is \(worst.found), "
      + "expected \(worst.expected)"
  }

  private func name(_ row: Int, of tap: Tap, _ grid: TokenGrid?) -> String {
    guard case .blockOutput(_, .all) = tap else { return "row \(row)" }
    switch row {
    case 0: return "token 0 (CLS)"
    case 1: return "token 1 (DIST)"
    default:
      // The grid may be of another model, with other tokens.
      guard let grid, let cell = try? grid.cell(ofToken: row) else { return "token \(row)" }
      return "token \(row) (frequency \(cell.frequency), time \(cell.time))"
    }
  }
}
