/// The symmetric Hann window, `0.5 - 0.5 cos(2πi / (length - 1))`, not normalised.
///
/// - Parameter length: at least 2.
/// - Returns: `[length]` weights from 0 to 1.
package func hannWindow(length: Int) -> [Float] {
  let step = 2 * Double.pi / Double(length - 1)
  return (0..<length).map { Float(0.5 - 0.5 * (step * Double($0)).cosine) }
}
