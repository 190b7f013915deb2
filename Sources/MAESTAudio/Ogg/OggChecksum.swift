/// The checksum of an Ogg page: CRC-32 with the polynomial 0x04C11DB7, highest bit first, of the page with zeros in its
/// place. Source: RFC 3533, section 6.
enum OggChecksum {
  /// Where it stands in a page.
  private static let place = 22..<26

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte) << 24) { value, _ in
      value & 0x8000_0000 != 0 ? value << 1 ^ 0x04C1_1DB7 : value << 1
    }
  }

  /// Whether the page that begins at the next byte has the checksum that it gives.
  ///
  /// - Parameter length: of the page, which was made available.
  static func isRight(_ source: ByteSource, _ length: Int) -> Bool {
    let value = source.withBytes(0..<length) { page in
      table.withUnsafeBufferPointer { table in
        var value: UInt32 = 0
        for index in 0..<place.lowerBound { value = value << 8 ^ table[Int(value >> 24) ^ Int(page[index])] }
        for _ in place { value = value << 8 ^ table[Int(value >> 24)] }
        for index in place.upperBound..<length {
          value = value << 8 ^ table[Int(value >> 24) ^ Int(page[index])]
        }
        return value
      }
    }
    return value == source.littleEndian(at: place.lowerBound)
  }
}

extension ByteSource {
  /// A little-endian 32-bit number in bytes that were made available.
  func littleEndian(at offset: Int) -> UInt32 {
    (offset..<offset + 4).reversed().reduce(0) { $0 << 8 | UInt32(self[$1]) }
  }
}
