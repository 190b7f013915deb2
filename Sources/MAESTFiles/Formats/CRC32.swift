/// A reflected 32-bit cyclic redundancy check, computed eight bytes at a time.
package struct CRC32: Sendable {
  /// The polynomial, with its lowest power in the highest bit.
  package enum Polynomial: UInt32, Sendable {
    /// The checksum of zip files (ISO 3309).
    case zip = 0xedb8_8320
    /// CRC-32C, the checksum of TensorFlow's files (RFC 3720, appendix B.4).
    case castagnoli = 0x82f6_3b78

    /// Element `256 * k + byte` is the CRC of a byte followed by `k` zero bytes.
    fileprivate var tables: [UInt32] {
      switch self {
      case .zip: Self.zipTables
      case .castagnoli: Self.castagnoliTables
      }
    }

    private static let zipTables = zip.makeTables()
    private static let castagnoliTables = castagnoli.makeTables()

    private func makeTables() -> [UInt32] {
      var tables = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 0 ? 0 : rawValue) }
      }
      for index in 256..<8 * 256 {
        let previous = tables[index - 256]
        tables.append(previous >> 8 ^ tables[Int(previous & 0xff)])
      }
      return tables
    }
  }

  private let tables: [UInt32]
  private var state = UInt32.max

  package init(_ polynomial: Polynomial) { tables = polynomial.tables }

  /// The CRC of the bytes added so far.
  package var value: UInt32 { ~state }

  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    state = tables.withUnsafeBufferPointer { [state] tables in
      var state = state
      let wordCount = bytes.count / 8
      for index in 0..<wordCount {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
        let mixed = word ^ UInt64(state)
        state = 0
        for position in 0..<8 {
          let byte = Int(truncatingIfNeeded: mixed >> (8 * UInt64(position))) & 0xff
          state ^= tables[256 * (7 - position) + byte]
        }
      }
      for byte in bytes[(8 * wordCount)...] {
        state = state >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: state) ^ byte)]
      }
      return state
    }
  }

  package static func of(_ bytes: UnsafeRawBufferPointer, _ polynomial: Polynomial) -> UInt32 {
    var checksum = CRC32(polynomial)
    checksum.add(bytes)
    return checksum.value
  }
}
