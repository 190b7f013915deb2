import MAESTFiles
import MAESTWeights

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ConvertibleModel {
  /// The parameters; each is checked for NaN and infinities when its bytes are computed.
  var finiteParameters: [TensorSource] {
    parameters.map { source in
      source.observed { piece in try FiniteNumbers.require(piece, of: source.name) }
    }
  }
}

/// Checks weights for NaN and infinities, which make every result of a model NaN.
enum FiniteNumbers {
  /// The exponent bits; they are all set only in infinities and NaN.
  private static let exponentMask: UInt32 = 0x7f80_0000
  /// Number of values checked at once before the first bad one is searched for.
  private static let blockCount = 4096

  /// - Parameter bytes: little-endian float32 numbers of the parameter `name`.
  static func require(_ bytes: Data, of name: String) throws(ConversionError) {
    guard let (index, pattern) = bytes.withUnsafeBytes(firstBad) else { return }
    throw .notFinite(tensor: name, index: index, found: "\(Float(bitPattern: pattern))")
  }

  private static func firstBad(_ bytes: UnsafeRawBufferPointer) -> (index: Int, pattern: UInt32)? {
    let count = bytes.count / MemoryLayout<UInt32>.size
    func pattern(_ index: Int) -> UInt32 {
      UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
    }
    for start in stride(from: 0, to: count, by: blockCount) {
      let block = start..<min(start + blockCount, count)
      var badCount: UInt32 = 0
      for index in block { badCount &+= pattern(index) & exponentMask == exponentMask ? 1 : 0 }
      guard badCount > 0, let index = block.first(where: { pattern($0) & exponentMask == exponentMask })
      else { continue }
      return (index, pattern(index))
    }
    return nil
  }
}

extension ModelConfiguration {
  /// - Throws: ``ConversionError/badNumber(fact:found:expected:)`` for the first number outside its range.
  func requireRanges() throws(ConversionError) {
    do { try validate() } catch {
      throw .badNumber(fact: error.fact, found: error.found, expected: error.expected)
    }
  }
}
