/// Slaney's mel scale: linear below 1000 Hz (3 mel per 200 Hz), logarithmic above (27 mel per factor of 6.4). Computed
/// in single precision, like the reference.
///
/// Source: M. Slaney, "Auditory Toolbox", 1998.
package enum MelScale {
  private static let corner: Float = 1000
  private static let cornerMel: Float = 15
  private static let melPerHertz: Float = 3 / 200
  private static let logarithmicStep: Float = Float(6.4.naturalLogarithm) / 27

  /// Converts hertz to mel.
  package static func mel(hertz: Float) -> Float {
    if hertz < corner { return hertz * melPerHertz }
    return cornerMel + Float(Double(hertz / corner).naturalLogarithm) / logarithmicStep
  }

  /// Converts mel to hertz.
  package static func hertz(mel: Float) -> Float {
    if mel < cornerMel { return mel / melPerHertz }
    return corner * Float(Double(logarithmicStep * (mel - cornerMel)).exponential)
  }

  /// Returns frequencies equally spaced in mel, both ends included (the last up to rounding).
  ///
  /// The mel values are accumulated by adding the increment in single precision, as in the reference. The accumulated
  /// rounding error changes a log-compressed band by up to 4e-4.
  package static func frequencies(count: Int, from lowest: Float, to highest: Float) -> [Float] {
    let lowestMel = mel(hertz: lowest)
    let increment = (mel(hertz: highest) - lowestMel) / Float(count - 1)
    var value = lowestMel
    return (0..<count).map { _ in
      defer { value += increment }
      return hertz(mel: value)
    }
  }
}
