public import MAESTWeights

#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// How numbers are stored in a file of arrays.
public enum ArrayElementType: String, Sendable, CaseIterable, Codable {
  /// Single precision: what the network gives, exactly.
  case float32
  /// Half precision, rounded to the nearest: half the size, three digits; beyond ±65,504 it is infinite.
  case float16

  /// Bytes of one number.
  public var byteCount: Int { safeTensorsType.byteCount }

  /// In a safetensors header.
  public var safeTensorsType: SafeTensorsElementType {
    switch self {
    case .float32: .float32
    case .float16: .float16
    }
  }

  /// In NumPy's header, little-endian.
  package var numPyName: String {
    switch self {
    case .float32: "<f4"
    case .float16: "<f2"
    }
  }

  /// Numbers as little-endian bytes.
  package func encode(_ elements: some Sequence<Float>) -> Data {
    switch self {
    case .float32: elements.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
    case .float16: elements.map { Self.halfBits($0).littleEndian }.withUnsafeBytes { Data($0) }
    }
  }

  /// Bytes of ``encode(_:)`` as numbers.
  package func decode(_ bytes: Data) -> [Float] {
    bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / byteCount).map { index in
        switch self {
        case .float32:
          Float(
            bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
        case .float16:
          Self.number(
            UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)))
        }
      }
    }
  }

  /// The nearest half-precision number's bits, of two the even one. (Swift has no `Float16` on Intel Macs.)
  private static func halfBits(_ value: Float) -> UInt16 {
    let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16) & 0x8000
    let magnitude = value.bitPattern & 0x7fff_ffff
    if value.isNaN { return sign | 0x7e00 }
    if value.magnitude >= 0x1p16 { return sign | 0x7c00 }
    if value.magnitude < 0x1p-14 {
      return sign | UInt16((value.magnitude * 0x1p24).rounded(.toNearestOrEven))
    }
    // Exponents are 112 apart; a carry out of the fraction goes where it must, up to infinity.
    let rounded = magnitude + 0xfff + (magnitude >> 13 & 1)
    return sign | UInt16(truncatingIfNeeded: (rounded - 112 << 23) >> 13)
  }

  /// A half-precision number, exactly.
  private static func number(_ bits: UInt16) -> Float {
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
