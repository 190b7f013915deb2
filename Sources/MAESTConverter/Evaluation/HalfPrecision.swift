extension ConstantTensor {
  /// The tensor with its numbers rounded to its type, where that is one of half precision: they are computed in single
  /// precision here.
  var rounded: ConstantTensor {
    guard type == .float16 || type == .bfloat16, let values = floats else { return self }
    let isHalf = type == .float16
    return ConstantTensor(
      type: type, shape: shape,
      elements: .floats(values.map { isHalf ? Self.roundedToHalf($0) : Self.roundedToBrain($0) }))
  }

  /// The nearest number of IEEE 754 half precision, ties to even; infinite from 65520 on.
  static func roundedToHalf(_ value: Float) -> Float {
    guard value.isFinite, value != 0 else { return value }
    // Eleven bits; below 2^-14 the steps stay the same.
    let step = Float(sign: .plus, exponent: max(Int(value.exponent), -14) - 10, significand: 1)
    let result = (value / step).rounded(.toNearestOrEven) * step
    guard abs(result) > 65504 else { return result }
    return result < 0 ? -.infinity : .infinity
  }

  /// The nearest number of bfloat16, ties to even.
  static func roundedToBrain(_ value: Float) -> Float {
    guard value.isFinite else { return value }
    let bits = value.bitPattern
    return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
  }
}
