package import Foundation

/// An uncompressed file in a zip archive, and its records (PKWARE's APPNOTE 6.3).
///
/// Sizes and offsets from 4 GiB on use the 64-bit form of the records. Dates are fixed and owners are omitted, so the
/// same contents give the same bytes.
package struct ZipEntry: Equatable {
  package let name: String
  package let byteCount: Int
  /// Offset of the local header in the archive.
  package let headerOffset: Int
  package var checksum: UInt32

  package init(name: String, byteCount: Int, headerOffset: Int, checksum: UInt32 = 0) {
    (self.name, self.byteCount, self.headerOffset, self.checksum) = (name, byteCount, headerOffset, checksum)
  }

  /// Marker value of a 32-bit field whose number is in the 64-bit extra field.
  static let in64Bits = Int(UInt32.max)

  private var isLarge: Bool { byteCount >= Self.in64Bits }

  /// The header before the contents: 30 bytes, the name, and for large contents both sizes in 64 bits.
  package var localHeader: Data {
    var record = ZipRecord(.localHeader)
    record.add(commonFields(version: isLarge ? 45 : 20, extra: isLarge ? 20 : 0))
    record.add(name)
    if isLarge { record.add64BitForm([byteCount, byteCount]) }
    return record.data
  }

  /// The entry in the archive's directory: 46 bytes, the name, and the numbers that need 64 bits.
  package var directoryEntry: Data {
    let large: [Int] =
      (isLarge ? [byteCount, byteCount] : []) + (headerOffset >= Self.in64Bits ? [headerOffset] : [])
    let version: UInt16 = large.isEmpty ? 20 : 45
    var record = ZipRecord(.directoryEntry)
    let unix: UInt16 = 3 << 8
    record.add(unix | version)
    record.add(commonFields(version: version, extra: large.isEmpty ? 0 : 4 + 8 * large.count))
    // No comment, the first disk, no internal attributes; a regular file with mode 644.
    for field: UInt16 in [0, 0, 0] { record.add(field) }
    record.add(UInt32(0o100644) << 16)
    record.add(UInt32(min(headerOffset, Self.in64Bits)))
    record.add(name)
    if !large.isEmpty { record.add64BitForm(large) }
    return record.data
  }

  /// The fields that both headers share, from the required version to the length of the extra field.
  private func commonFields(version: UInt16, extra extraLength: Int) -> Data {
    var fields = ZipRecord()
    let nameIsUTF8: UInt16 = 1 << 11
    let isASCII = name.utf8.allSatisfy { $0 < 0x80 }
    let (noCompression, midnight, firstOfJanuary1980): (UInt16, UInt16, UInt16) = (0, 0, 1 << 5 | 1)
    for field in [version, isASCII ? 0 : nameIsUTF8, noCompression, midnight, firstOfJanuary1980] {
      fields.add(field)
    }
    let size = UInt32(min(byteCount, Self.in64Bits))
    for field in [checksum, size, size] { fields.add(field) }
    for field in [name.utf8.count, extraLength] { fields.add(UInt16(field)) }
    return fields.data
  }

  /// The end record of an archive whose directory has `count` entries in `range`: 22 bytes, preceded by 76 more for
  /// large archives.
  package static func end(entryCount count: Int, directory range: Range<Int>) -> Data {
    var record = ZipRecord()
    if count >= Int(UInt16.max) || range.upperBound >= in64Bits {
      record.add(.largeEnd)
      record.add(UInt64(44))
      for field: UInt16 in [3 << 8 | 45, 45] { record.add(field) }
      for field: UInt32 in [0, 0] { record.add(field) }
      for field in [count, count, range.count, range.lowerBound] { record.add(UInt64(field)) }
      record.add(.largeEndLocator)
      record.add(UInt32(0))
      record.add(UInt64(range.upperBound))
      record.add(UInt32(1))
    }
    record.add(.end)
    let shortCount = UInt16(min(count, Int(UInt16.max)))
    for field in [0, 0, shortCount, shortCount] { record.add(field) }
    for field in [range.count, range.lowerBound] { record.add(UInt32(min(field, in64Bits))) }
    record.add(UInt16(0))
    return record.data
  }
}

/// Builds a record of a zip archive from little-endian fields.
struct ZipRecord {
  /// The signature at the start of a record.
  enum Signature: UInt32 {
    case localHeader = 0x0403_4b50
    case directoryEntry = 0x0201_4b50
    case largeEnd = 0x0606_4b50
    case largeEndLocator = 0x0706_4b50
    case end = 0x0605_4b50
  }

  /// Identifier of the extra field for 64-bit numbers.
  static let field64Bits: UInt16 = 1

  private(set) var data = Data()

  init() {}

  init(_ signature: Signature) { add(signature) }

  mutating func add(_ signature: Signature) { add(signature.rawValue) }

  mutating func add(_ field: some FixedWidthInteger) {
    withUnsafeBytes(of: field.littleEndian) { data.append(contentsOf: $0) }
  }

  mutating func add(_ text: String) { data.append(contentsOf: text.utf8) }

  mutating func add(_ fields: Data) { data.append(fields) }

  mutating func add64BitForm(_ numbers: [Int]) {
    add(Self.field64Bits)
    add(UInt16(8 * numbers.count))
    for number in numbers { add(UInt64(number)) }
  }
}
