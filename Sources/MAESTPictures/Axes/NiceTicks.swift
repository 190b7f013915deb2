internal import Foundation

/// Ticks at round numbers.
package enum NiceTicks {
  /// Returns ticks at multiples of 1, 2 or 5 times a power of ten: the largest number of ticks that is at most `count`.
  ///
  /// - Parameters:
  ///   - smallestStep: 1 for an axis that counts.
  package static func linear(_ extent: Extent, atMost count: Int, smallestStep: Double = 0) -> [Axis.Tick] {
    guard count > 0, (extent.length / Double(count)).isNormal else { return [] }
    var power = NumberText.exponent(extent.length / Double(count)) - 1
    while power < 308 {
      for factor in [1.0, 2.0, 5.0] {
        // Divide for negative powers, so that 0.3 is 3/10 and not 3*0.1.
        let step = power < 0 ? factor / pow(10, Double(-power)) : factor * pow(10, Double(power))
        guard step.isNormal, step >= smallestStep else { continue }
        // Values that are beyond an end by rounding error only count as on it.
        let first = (extent.lower / step - 1e-9).rounded(.up)
        let last = (extent.upper / step + 1e-9).rounded(.down)
        guard last - first < Double(count) else { continue }
        return multiples(from: first, to: last, of: step, extent)
      }
      power += 1
    }
    return []
  }

  private static func multiples(
    from first: Double, to last: Double, of step: Double, _ extent: Extent
  ) -> [Axis.Tick] {
    stride(from: first, through: last, by: 1).map { factor in
      let position = min(max(factor * step, extent.lower), extent.upper)
      let largest = max(abs(extent.lower), abs(extent.upper))
      return Axis.Tick(
        position, NumberText.multiple(factor * step, ofStep: step, largest: largest))
    }
  }

  /// Returns ticks at powers of ten, or at every second, third... of them; if there are few, also at their multiples by
  /// 2 and 5.
  package static func logarithmic(_ extent: Extent, atMost count: Int) -> [Axis.Tick] {
    guard count > 0 else { return [] }
    let first = Int((log10(extent.lower) - 1e-9).rounded(.up))
    let last = Int((log10(extent.upper) + 1e-9).rounded(.down))
    if last - first >= 2 || (last - first == 1 && count < 5) {
      let step = (last - first + count) / count
      return stride(from: first, through: last, by: step).map { Axis.Tick(pow(10, Double($0)), decade($0)) }
    }
    let factors = [1, 2, 5]
    let ticks = (first - 1...max(first - 1, last)).flatMap { exponent in
      factors.compactMap { factor -> Axis.Tick? in
        let position = Double(factor) * pow(10, Double(exponent))
        guard position >= extent.lower, position <= extent.upper else { return nil }
        return Axis.Tick(position, multiple(factor, ofPower: exponent))
      }
    }
    return ticks.count >= 2 && ticks.count <= count ? ticks : linear(extent, atMost: count)
  }

  private static func decade(_ exponent: Int) -> String {
    (-2...3).contains(exponent)
      ? NumberText.fixed(pow(10, Double(exponent)), decimals: max(0, -exponent))
      : NumberText.powerOfTen(exponent)
  }

  private static func multiple(_ factor: Int, ofPower exponent: Int) -> String {
    guard factor > 1 else { return decade(exponent) }
    return (-2...3).contains(exponent)
      ? NumberText.fixed(Double(factor) * pow(10, Double(exponent)), decimals: max(0, -exponent))
      : "\(factor)×\(NumberText.powerOfTen(exponent))"
  }
}
