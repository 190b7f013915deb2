/// The CRC-32 of zip files (ISO 3309, reflected polynomial 0xEDB88320), computed eight bytes at a time.
package struct CRC32 {
  /// `tables[256 * k + byte]` is the CRC of a byte followed by `k` zero bytes.
  private static let tables: [UInt32] = {
    var tables = (0..<256).map { byte in
      (0..<8).reduce(UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 0 ? 0 : 0xedb8_8320) }
    }
    for index in 256..<8 * 256 {
      let previous = tables[index - 256]
      tables.append(previous >> 8 ^ tables[Int(previous & 0xff)])
    }
    return tables
  }()

  private var state = UInt32.max

  /// The CRC of the bytes added so far.
  var value: UInt32 { ~state }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    state = Self.tables.withUnsafeBufferPointer { tables in
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

  package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var checksum = CRC32()
    checksum.add(bytes)
    return checksum.value
  }
}
