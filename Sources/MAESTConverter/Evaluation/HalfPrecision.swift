import MAESTTensor

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
    value.isNaN ? value : HalfPrecision.number(HalfPrecision.bits(value))
  }

  /// The nearest number of bfloat16, ties to even.
  static func roundedToBrain(_ value: Float) -> Float {
    guard value.isFinite else { return value }
    let bits = value.bitPattern
    return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
  }
}
