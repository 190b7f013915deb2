import MAESTFiles

/// CRC-32C, the checksum of TensorFlow's files, in the form in which it is stored.
package struct CRC32C {
  private var checksum = CRC32(.castagnoli)

  /// The checksum of all bytes so far, rotated by 15 bits, plus a constant. This keeps checksums reliable for data that
  /// contains checksums (LevelDB's table format).
  var masked: UInt32 { ((checksum.value >> 15) | (checksum.value << 17)) &+ 0xa282_ead8 }

  /// Returns the masked checksum of `bytes`.
  package static func masked(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var checksum = CRC32C()
    checksum.update(bytes)
    return checksum.masked
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) { checksum.add(bytes) }
}
