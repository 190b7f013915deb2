/// Compares numbers with exact ones, each with a tolerance of its own.
///
/// - Returns: nil when all are within; else how many differ, the worst of them, and both values.
func differences(
  _ found: [Float], _ exact: [Double], tolerance: (_ index: Int) -> Double
) -> String? {
  guard found.count == exact.count else { return "\(found.count) numbers instead of \(exact.count)" }
  var count = 0
  var worst = 0
  var worstRatio = 0.0
  for (index, (found, exact)) in zip(found, exact).enumerated() {
    let allowed = tolerance(index)
    let error = abs(Double(found) - exact)
    if error <= allowed || Double(found) == exact || (found.isNaN && exact.isNaN) { continue }
    count += 1
    let ratio = error.isNaN ? .infinity : error / allowed
    if count == 1 || ratio > worstRatio {
      worst = index
      worstRatio = ratio
    }
  }
  guard count > 0 else { return nil }
  return """
    \(count) of \(found.count) differ; the worst is [\(worst)]: \(found[worst]) instead of \
    \(exact[worst]), \(worstRatio) times the tolerance
    """
}

/// Compares the bits of numbers.
///
/// - Returns: nil when all are the same; else how many differ, the first of them, and both values.
func bitDifferences(_ found: [Float], _ expected: [Float]) -> String? {
  guard found.count == expected.count else { return "\(found.count) numbers instead of \(expected.count)" }
  let different = found.indices.filter { found[$0].bitPattern != expected[$0].bitPattern }
  guard let first = different.first else { return nil }
  return """
    \(different.count) of \(found.count) differ; the first is [\(first)]: \(found[first]) instead of \
    \(expected[first])
    """
}

/// What a number is, apart from its value.
enum Kind { case finite, infinite, minusInfinite, notANumber }

func kind(_ number: Float) -> Kind {
  number.isNaN ? .notANumber : number.isFinite ? .finite : number > 0 ? .infinite : .minusInfinite
}

/// Half a unit in the last place of 1: the error of one rounding, relative.
let rounding = 0x1p-24

/// The least normal number: results below count as 0.
let leastNormal = 0x1p-126
