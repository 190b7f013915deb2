import Testing

/// How close numbers are to those of the real Essentia with TensorFlow, on every backend and instruction set.
///
/// The README promises it.
public enum EssentiaTolerance {
  /// Of activations, which are from 0 to 1.
  public static let activations: Float = 2e-6
  /// Of logits, whose deviation is about 1.
  public static let logits: Float = 1e-5
  /// Of tokens, relative to their norm.
  public static let tokens = 2e-6
}

/// How far two lists of numbers are apart.
public struct Difference: CustomStringConvertible {
  public let count: Int
  public let maximum: Float
  public let mean: Double
  /// ‖found - expected‖ / ‖expected‖.
  public let relativeNorm: Double
  public let worstIndex: Int
  public let found: Float
  public let expected: Float

  public init(_ found: [Float], _ expected: [Float]) {
    var (maximum, worst) = (Float(0), 0)
    var (sum, squares, norm) = (0.0, 0.0, 0.0)
    for (index, (a, b)) in zip(found, expected).enumerated() {
      let difference = abs(a - b)
      // NaN anywhere makes the difference infinite, so that no comparison with it can pass.
      let distance = difference.isNaN ? .infinity : difference
      if distance > maximum { (maximum, worst) = (distance, index) }
      sum += Double(distance)
      squares += Double(distance) * Double(distance)
      norm += Double(b) * Double(b)
    }
    count = expected.count
    self.maximum = maximum
    mean = sum / Double(max(1, expected.count))
    relativeNorm = squares == 0 ? 0 : (squares / norm).squareRoot()
    worstIndex = worst
    self.found = worst < found.count ? found[worst] : .nan
    self.expected = worst < expected.count ? expected[worst] : .nan
  }

  public var description: String {
    "of \(count) numbers, worst at \(worstIndex): \(found), expected \(expected) (apart \(maximum)); "
      + "mean \(mean), relative norm \(relativeNorm)"
  }
}

/// Expects two lists of numbers to be close; a failure says how far and where.
public func expectClose(
  _ found: [Float], _ expected: [Float], maximum: Float = .infinity, mean: Double = .infinity,
  relativeNorm: Double = .infinity, _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.count == expected.count else {
    Issue.record(
      "\(what): \(found.count) numbers, expected \(expected.count)", sourceLocation: sourceLocation)
    return
  }
  let difference = Difference(found, expected)
  let apart = zip(found, expected).count { !(abs($0 - $1) <= maximum) }
  #expect(
    apart == 0 && difference.mean <= mean && difference.relativeNorm <= relativeNorm,
    "\(what): \(apart) beyond \(maximum); \(difference)", sourceLocation: sourceLocation)
}

/// Expects two lists of numbers to be the same to the last bit.
public func expectIdentical(
  _ found: [Float], _ expected: [Float], _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let same = found.map(\.bitPattern) == expected.map(\.bitPattern)
  #expect(same, "\(what): \(Difference(found, expected))", sourceLocation: sourceLocation)
}
