import MAESTTensor
import MAESTWeights

#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// Element type of the arrays in a file.
public enum ArrayElementType: String, Sendable, CaseIterable, Codable {
  /// Single precision: the network's values without rounding.
  case float32
  /// Half precision, rounded to nearest: half the size, about three digits. Values beyond ±65,504 become infinite.
  case float16

  /// Size of one element in bytes.
  public var byteCount: Int { safeTensorsType.byteCount }

  /// The type in a safetensors header.
  package var safeTensorsType: SafeTensorsElementType {
    switch self {
    case .float32: .float32
    case .float16: .float16
    }
  }

  /// The type's name in a NumPy header, little-endian.
  package var numPyName: String {
    switch self {
    case .float32: "<f4"
    case .float16: "<f2"
    }
  }

  /// Encodes numbers as little-endian bytes.
  package func encode(_ elements: some Sequence<Float>) -> Data {
    switch self {
    case .float32: elements.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Data($0) }
    case .float16: elements.map { HalfPrecision.bits($0).littleEndian }.withUnsafeBytes { Data($0) }
    }
  }

  /// Decodes bytes made by ``encode(_:)``.
  package func decode(_ bytes: Data) -> [Float] {
    bytes.withUnsafeBytes { safeTensorsType.numbers(in: $0) }
  }
}
