public import MAEST
public import Testing

/// Expects the tokens of a layer to be close to what is given, in a test of Swift Testing.
///
/// A failure tells how far all tokens are off, and which one is farthest: its patch, its place, and the numbers there.
///
/// ```swift
/// let analysis = try model.analyze(fileAt: "clip.flac", .tokens(layer: 7))
/// expectTokens(of: analysis, layer: 7, expected)
/// ```
///
/// - Parameters:
///   - analysis: has the layer's tokens.
///   - layer: counted from 1.
///   - expected: `[patch, token, embedding]`.
///   - relativeError: the most of ‖found - expected‖ / ‖expected‖, over all tokens.
///   - grid: tells the worst token's place: `model.tokenMap.grid`.
///   - sourceLocation: where a failure is reported.
public func expectTokens(
  of analysis: Analysis, layer: Int, _ expected: Tensor, relativeError: Double = 1e-5,
  grid: TokenGrid? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
  expectValues(
    of: analysis, at: .blockOutput(layer: layer), expected, relativeError: relativeError, grid: grid,
    sourceLocation: sourceLocation)
}

/// Expects the values at any point of the network to be close to what is given.
///
/// - Parameters:
///   - analysis: has the values.
///   - tap: the point of the network.
///   - expected: `[patch]`, then as ``/MAEST/Tap`` tells; the last axis makes the vectors that are compared.
///   - relativeError: the most of ‖found - expected‖ / ‖expected‖, over all vectors.
///   - grid: tells the place of the worst vector's token: `model.tokenMap.grid`.
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
  /// The farthest token in words.
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
      // A grid of another model has other tokens.
      guard let grid, let cell = try? grid.cell(ofToken: row) else { return "token \(row)" }
      return "token \(row) (frequency \(cell.frequency), time \(cell.time))"
    }
  }
}
