/// IEEE 754 half precision in plain arithmetic: Swift has no `Float16` on Intel Macs.
package enum HalfPrecision {
  /// The bits of the nearest half-precision number, ties to even; infinity from 65,520 on.
  package static func bits(_ value: Float) -> UInt16 {
    let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16) & 0x8000
    let magnitude = value.bitPattern & 0x7fff_ffff
    if value.isNaN { return sign | 0x7e00 }
    if value.magnitude >= 0x1p16 { return sign | 0x7c00 }
    if value.magnitude < 0x1p-14 {
      return sign | UInt16((value.magnitude * 0x1p24).rounded(.toNearestOrEven))
    }
    // The exponent biases differ by 112. A carry out of the fraction increments the exponent, up to infinity.
    let rounded = magnitude + 0xfff + (magnitude >> 13 & 1)
    return sign | UInt16(truncatingIfNeeded: (rounded - 112 << 23) >> 13)
  }

  /// The value of a half-precision number, exactly.
  package static func number(_ bits: UInt16) -> Float {
    let fraction = Float(bits & 0x3ff)
    let magnitude: Float =
      switch bits >> 10 & 0x1f {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? .infinity : .nan
      case let exponent: (1024 + fraction) * Float(sign: .plus, exponent: Int(exponent) - 25, significand: 1)
      }
    return bits & 0x8000 == 0 ? magnitude : -magnitude
  }
}
