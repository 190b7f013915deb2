/// Returns `log10(x)` for every lane, within 2 units in the last place.
///
/// `x = m 2^e` with m in [√½, √2). The logarithm of `1 + (m - 1)` is a polynomial. The constants log10(e) and log10(2)
/// are each split into a part with few bits and a small remainder, to reduce rounding errors of the large products.
///
/// - Parameter x: normal positive numbers; the result is undefined for anything else.
///
/// Source: the polynomial of Moshier's Cephes library (`log10f`).
@inline(__always)
package func decimalLogarithm(_ x: FrameLanes) -> FrameLanes {
  let bits = unsafeBitCast(x, to: FrameLaneBits.self)
  let exponentBits = (bits &- 0x3F35_04F3) & -0x80_0000
  let fraction = unsafeBitCast(bits &- exponentBits, to: FrameLanes.self) - 1
  // Exact integer-to-float conversion: puts the integer in the low bits of 1.5 * 2^23, then subtracts 1.5 * 2^23.
  let shifted = (exponentBits &>> 23) &+ 0x4B40_0000
  let exponent = unsafeBitCast(shifted, to: FrameLanes.self) - 12_582_912
  let square = fraction * fraction
  let rest = fraction * square * logarithmPolynomial(fraction) - 0.5 * square
  let small = (fraction + rest) * 7.007_319e-4 + exponent * 2.487_456_6e-4
  return ((small + rest * 0.433_593_75) + fraction * 0.433_593_75) + exponent * 0.300_781_25
}

/// `(ln(1 + f) - f + f²/2) / f³` for f in [√½ - 1, √2 - 1).
@inline(__always)
private func logarithmPolynomial(_ f: FrameLanes) -> FrameLanes {
  var sum = f * 7.037_683_629_2e-2 - 1.151_461_031_0e-1
  sum = sum * f + 1.167_699_874_0e-1
  sum = sum * f - 1.242_014_084_6e-1
  sum = sum * f + 1.424_932_278_7e-1
  sum = sum * f - 1.666_805_766_5e-1
  sum = sum * f + 2.000_071_476_5e-1
  sum = sum * f - 2.499_999_399_3e-1
  return sum * f + 3.333_333_117_4e-1
}
