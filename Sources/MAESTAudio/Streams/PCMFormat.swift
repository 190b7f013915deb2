/// Sample formats of raw bytes, all little-endian.
package enum PCMFormat: String, Sendable, CaseIterable {
  /// Unsigned, 8 bits, silence at 128.
  case u8

  /// Signed, 16 bits.
  case s16le

  /// Signed, 24 bits in three bytes.
  case s24le

  /// Signed, 32 bits.
  case s32le

  /// Floating point, 32 bits, full scale from -1 to 1.
  case f32le

  /// Floating point, 64 bits, full scale from -1 to 1.
  case f64le

  /// Bytes of one sample.
  package var byteCount: Int {
    switch self {
    case .u8: 1
    case .s16le: 2
    case .s24le: 3
    case .s32le, .f32le: 4
    case .f64le: 8
    }
  }
}
