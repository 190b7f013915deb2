internal import Foundation

/// Formats numbers independently of the locale.
package enum NumberText {
  /// Formats a number with a fixed number of decimals.
  ///
  /// - Parameters:
  ///   - trimsZeros: whether to remove trailing zeros, and the decimal point if nothing follows it.
  package static func fixed(_ value: Double, decimals: Int, trimsZeros: Bool = false) -> String {
    let scaled = (abs(value) * pow(10, Double(decimals))).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    var digits = String(Int(scaled))
    if digits.count <= decimals {
      digits = String(repeating: "0", count: decimals + 1 - digits.count) + digits
    }
    let whole = digits.dropLast(decimals)
    var fraction = digits.suffix(decimals)
    if trimsZeros {
      while fraction.last == "0" { fraction.removeLast() }
    }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return sign + whole + (fraction.isEmpty ? "" : "." + fraction)
  }

  /// Formats a power of ten: `10⁻⁵`.
  static func powerOfTen(_ exponent: Int) -> String {
    let raised = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return "10"
      + String(String(exponent).map { $0 == "-" ? "⁻" : $0.wholeNumberValue.map { raised[$0] } ?? $0 })
  }

  /// Formats a multiple of a step: `2.5`, or `2.5×10⁻⁵` for very large numbers and small steps.
  ///
  /// - Parameters:
  ///   - largest: the largest magnitude on the axis, so that all its numbers have the same format.
  package static func multiple(_ value: Double, ofStep step: Double, largest: Double) -> String {
    let stepExponent = exponent(step)
    guard largest >= 1e6 || stepExponent < -4 else {
      return minus(fixed(value, decimals: max(0, -stepExponent)))
    }
    guard abs(value) > step / 2 else { return "0" }
    let valueExponent = exponent(abs(value))
    let mantissa = fixed(
      value / pow(10, Double(valueExponent)), decimals: min(max(0, valueExponent - stepExponent), 15),
      trimsZeros: true)
    let power = powerOfTen(valueExponent)
    return mantissa == "1" ? power : minus("\(mantissa)×\(power)")
  }

  /// Formats a single number with three digits: `14.8`, `0.0313`, `5.73×10⁸`.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let magnitude = abs(value)
    // Smaller numbers are zero in single precision.
    guard magnitude > 1e-300 else { return "0" }
    return multiple(value, ofStep: pow(10, Double(exponent(magnitude) - 2)), largest: magnitude)
  }

  /// Returns the exponent of the power of ten at or below a positive number.
  static func exponent(_ value: Double) -> Int { Int((log10(value) + 1e-9).rounded(.down)) }

  private static func minus(_ text: String) -> String {
    text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }
}
