/// CRC-32C (Castagnoli polynomial; RFC 3720, appendix B.4), the checksum of TensorFlow's files.
package struct CRC32C {
  private var state: UInt32 = .max

  /// The checksum of all bytes so far.
  var value: UInt32 { ~state }

  /// The checksum in the form stored in files: rotated by 15 bits, plus a constant. This keeps checksums reliable for
  /// data that contains checksums (LevelDB's table format).
  var masked: UInt32 { ((value >> 15) | (value << 17)) &+ 0xa282_ead8 }

  /// Returns the masked checksum of `bytes`.
  package static func masked(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var checksum = CRC32C()
    checksum.update(bytes)
    return checksum.masked
  }

  /// Adds `bytes` to the checksum, eight at a time; each byte uses the table for its distance from the end of the
  /// eight.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var crc = state
    Self.tables.withUnsafeBufferPointer { table in
      let wholeCount = bytes.count / 8 * 8
      for offset in stride(from: 0, to: wholeCount, by: 8) {
        let loaded = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let word = UInt64(littleEndian: loaded) ^ UInt64(crc)
        crc = 0
        for position in 0..<8 {
          let byte = Int((word >> UInt64(8 * position)) & 0xff)
          crc ^= table[(7 - position) * 256 + byte]
        }
      }
      for offset in wholeCount..<bytes.count {
        crc = (crc >> 8) ^ table[Int((crc ^ UInt32(bytes[offset])) & 0xff)]
      }
    }
    state = crc
  }

  /// Eight tables of 256 entries: table `k` is for a byte followed by `k` more bytes.
  private static let tables: [UInt32] = {
    var tables = (0..<256).map { (byte: UInt32) -> UInt32 in
      var crc = byte
      for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82f6_3b78 : crc >> 1 }
      return crc
    }
    for index in 256..<(8 * 256) {
      let previous = tables[index - 256]
      tables.append((previous >> 8) ^ tables[Int(previous & 0xff)])
    }
    return tables
  }()
}
