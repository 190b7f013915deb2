package import Foundation

/// A file in a zip archive that is not compressed, and the records that describe it (PKWARE's APPNOTE 6.3).
///
/// Sizes and offsets from 4 GiB on take the records' 64-bit form. There are no dates and no owners, so that the same
/// contents give the same bytes.
package struct ZipEntry: Equatable {
  package let name: String
  package let byteCount: Int
  /// Where its local header starts in the archive.
  package let headerOffset: Int
  package var checksum: UInt32

  package init(name: String, byteCount: Int, headerOffset: Int, checksum: UInt32 = 0) {
    (self.name, self.byteCount, self.headerOffset, self.checksum) = (name, byteCount, headerOffset, checksum)
  }

  /// A field of 32 bits with this value says that the number stands in the 64-bit form.
  static let in64Bits = Int(UInt32.max)

  private var isLarge: Bool { byteCount >= Self.in64Bits }

  /// What stands before the contents: 30 bytes, the name, for large contents both sizes in 64 bits.
  package var localHeader: Data {
    var record = ZipRecord(.localHeader)
    record.add(commonFields(version: isLarge ? 45 : 20, extra: isLarge ? 20 : 0))
    record.add(name)
    if isLarge { record.add64BitForm([byteCount, byteCount]) }
    return record.data
  }

  /// The entry in the directory at the archive's end: 46 bytes, the name, what needs 64 bits.
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

  /// From the version that is needed to the length of the extra field.
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

  /// What ends an archive whose directory has `count` entries in `range`: 22 bytes, for large archives 76 more before
  /// them.
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

/// Bytes of a zip archive's records: little-endian fields one after the other.
struct ZipRecord {
  /// What a record begins with.
  enum Signature: UInt32 {
    case localHeader = 0x0403_4b50
    case directoryEntry = 0x0201_4b50
    case largeEnd = 0x0606_4b50
    case largeEndLocator = 0x0706_4b50
    case end = 0x0605_4b50
  }

  /// The extra field of 64-bit numbers.
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
