import MAESTTensor

extension ConstantTensor {
  /// The tensor rounded to its element type if that is a half-precision type: such tensors are computed in single
  /// precision.
  var rounded: ConstantTensor {
    guard type == .float16 || type == .bfloat16, let values = floats else { return self }
    let isHalf = type == .float16
    return ConstantTensor(
      type: type, shape: shape,
      elements: .floats(values.map { isHalf ? Self.roundedToHalf($0) : Self.roundedToBrain($0) }))
  }

  /// Rounds to the nearest IEEE 754 half-precision number, ties to even; values from 65520 on become infinite.
  static func roundedToHalf(_ value: Float) -> Float {
    value.isNaN ? value : HalfPrecision.number(HalfPrecision.bits(value))
  }

  /// Rounds to the nearest bfloat16 number, ties to even.
  static func roundedToBrain(_ value: Float) -> Float {
    guard value.isFinite else { return value }
    let bits = value.bitPattern
    return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
  }
}
