import MAESTTensor
import MAESTWeights

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
  package var safeTensorsType: SafeTensorsElementType {
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
    case .float16: elements.map { HalfPrecision.bits($0).littleEndian }.withUnsafeBytes { Data($0) }
    }
  }

  /// Bytes of ``encode(_:)`` as numbers.
  package func decode(_ bytes: Data) -> [Float] {
    bytes.withUnsafeBytes { safeTensorsType.numbers(in: $0) }
  }
}
