import MAESTTensor

/// The entries of a zip archive of uncompressed files, as written by NumPy's `savez`.
///
/// Every number is checked before use: entries must not overlap and must lie before the directory, the directory must
/// end where the end record begins, and an entry's local header must match its directory record.
struct ZipDirectory {
  struct Entry: Equatable {
    let name: String
    let checksum: UInt32
    /// Bytes from the local header to the end of the contents.
    let range: Range<Int>
    /// Offset of the contents.
    let start: Int

    var contents: Range<Int> { start..<range.upperBound }
  }

  private let bytes: UnsafeRawBufferPointer

  /// Reads the entries, in the order of their positions in the archive.
  ///
  /// - Parameter bytes: the whole archive.
  static func read(_ bytes: UnsafeRawBufferPointer) throws(ZipFault) -> [Entry] {
    try ZipDirectory(bytes: bytes).entries()
  }

  private func entries() throws(ZipFault) -> [Entry] {
    let (count, directory) = try directory()
    var entries: [Entry] = []
    var names: Set<String> = []
    var offset = directory.lowerBound
    while offset < directory.upperBound {
      let record = try EntryRecord(bytes, at: offset, index: entries.count, before: directory.upperBound)
      offset += record.byteCount
      guard names.insert(record.name).inserted else { throw .duplicateName(record.name) }
      entries.append(try entry(record, before: directory.lowerBound))
    }
    guard UInt64(entries.count) == count else {
      throw .wrongEntryCount(found: entries.count, expected: count)
    }
    entries.sort { $0.range.lowerBound < $1.range.lowerBound }
    for (entry, next) in zip(entries, entries.dropFirst())
    where next.range.lowerBound < entry.range.upperBound {
      throw .overlappingEntries(entry.name, next.name)
    }
    return entries
  }

  // MARK: - End records

  private func field<Field: FixedWidthInteger>(_ offset: Int, _: Field.Type) -> UInt64 {
    UInt64(bytes.littleEndian(Field.self, at: offset))
  }

  private func hasSignature(_ signature: ZipRecord.Signature, at offset: Int) -> Bool {
    offset >= 0 && offset + 4 <= bytes.count
      && bytes.littleEndian(UInt32.self, at: offset) == signature.rawValue
  }

  /// Finds the offset of the end record, which has 22 bytes and an optional comment.
  private func endRecord() throws(ZipFault) -> Int {
    for offset in stride(from: bytes.count - 22, through: max(0, bytes.count - 22 - 0xffff), by: -1)
    where hasSignature(.end, at: offset) && field(offset + 20, UInt16.self) == bytes.count - 22 - offset {
      return offset
    }
    throw .noEndRecord
  }

  /// Returns the number of entries and the byte range of the directory.
  private func directory() throws(ZipFault) -> (count: UInt64, range: Range<Int>) {
    var end = try endRecord()
    // Disk numbers, then the number of entries on this disk and in total.
    var counts = [4, 6, 8, 10].map { field(end + $0, UInt16.self) }
    var (size, offset) = (field(end + 12, UInt32.self), field(end + 16, UInt32.self))
    let locator = end - 20
    if hasSignature(.largeEndLocator, at: locator) {
      let place = field(locator + 8, UInt64.self)
      guard place <= UInt64(max(0, locator - 56)), hasSignature(.largeEnd, at: Int(place)),
        field(Int(place) + 4, UInt64.self) == UInt64(locator - Int(place) - 12)
      else { throw .wrongLargeEnd(offset: place, locator: locator) }
      end = Int(place)
      counts = [16, 20].map { field(end + $0, UInt32.self) } + [24, 32].map { field(end + $0, UInt64.self) }
      (size, offset) = (field(end + 40, UInt64.self), field(end + 48, UInt64.self))
    }
    guard counts[0] == 0, counts[1] == 0, counts[2] == counts[3] else { throw .severalDisks }
    guard offset <= UInt64(end), size == UInt64(end) - offset else {
      throw .misplacedDirectory(offset: offset, byteCount: size, end: end)
    }
    return (counts[3], Int(offset)..<end)
  }

  // MARK: - Entries

  /// Returns the entry of a directory record, after checking it against its local header.
  private func entry(_ record: EntryRecord, before limit: Int) throws(ZipFault) -> Entry {
    let name = record.name
    if record.flags & EntryRecord.encryptionFlags != 0 { throw .encrypted(name) }
    guard record.method == 0 else { throw .compressed(name, method: record.method) }
    guard record.storedSize == record.size else {
      throw .wrongStoredSize(name, found: record.storedSize, expected: record.size)
    }
    guard record.headerOffset <= UInt64(limit), limit - Int(record.headerOffset) >= 30 else {
      throw .outOfRange(name, offset: record.headerOffset, byteCount: record.size, limit: limit)
    }
    let offset = Int(record.headerOffset)
    let nameLength = Int(field(offset + 26, UInt16.self))
    let start = offset + 30 + nameLength + Int(field(offset + 28, UInt16.self))
    guard start <= limit, record.size <= UInt64(limit - start) else {
      throw .outOfRange(name, offset: record.headerOffset, byteCount: record.size, limit: limit)
    }
    let headerName = UnsafeRawBufferPointer(rebasing: bytes[offset + 30..<offset + 30 + nameLength])
    guard hasSignature(.localHeader, at: offset), headerName.elementsEqual(name.utf8),
      field(offset + 6, UInt16.self) == record.flags, field(offset + 8, UInt16.self) == 0,
      isSame(record, offset, extra: offset + 30 + nameLength..<start)
    else { throw .wrongLocalHeader(name, offset: offset) }
    return Entry(
      name: name, checksum: record.checksum, range: offset..<start + Int(record.size), start: start)
  }

  /// Whether the checksum and sizes of a local header match the directory. A streaming writer leaves them 0 in the
  /// header and writes them after the contents.
  private func isSame(_ record: EntryRecord, _ offset: Int, extra: Range<Int>) -> Bool {
    if record.flags & EntryRecord.descriptorFlag != 0 { return true }
    var sizes = [22, 18].map { field(offset + $0, UInt32.self) }
    guard bytes.expand(&sizes, extra: extra) else { return false }
    return field(offset + 14, UInt32.self) == record.checksum && sizes == [record.size, record.storedSize]
  }
}

/// A directory record, not yet checked.
private struct EntryRecord {
  static let encryptionFlags: UInt64 = 1 << 0 | 1 << 6 | 1 << 13
  static let descriptorFlag: UInt64 = 1 << 3

  let name: String
  let flags: UInt64
  let method: Int
  let checksum: UInt32
  let storedSize: UInt64
  let size: UInt64
  let headerOffset: UInt64
  /// Size of the record in bytes.
  let byteCount: Int

  init(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, index: Int, before end: Int
  ) throws(ZipFault) {
    guard end - offset >= 46,
      bytes.littleEndian(UInt32.self, at: offset) == ZipRecord.Signature.directoryEntry.rawValue
    else { throw .malformedEntry(index: index) }
    let lengths = [28, 30, 32].map { Int(bytes.littleEndian(UInt16.self, at: offset + $0)) }
    byteCount = 46 + lengths.reduce(0, +)
    guard byteCount <= end - offset else { throw .malformedEntry(index: index) }
    let nameStart = offset + 46
    let extraStart = nameStart + lengths[0]
    let name = String(validating: bytes[nameStart..<extraStart], as: UTF8.self)
    guard let name, !name.isEmpty else { throw .malformedEntry(index: index) }
    self.name = name
    flags = UInt64(bytes.littleEndian(UInt16.self, at: offset + 8))
    method = Int(bytes.littleEndian(UInt16.self, at: offset + 10))
    checksum = bytes.littleEndian(UInt32.self, at: offset + 16)
    var numbers = [24, 20, 42].map { UInt64(bytes.littleEndian(UInt32.self, at: offset + $0)) }
    guard bytes.expand(&numbers, extra: extraStart..<extraStart + lengths[1]) else {
      throw .malformedEntry(index: index)
    }
    (size, storedSize, headerOffset) = (numbers[0], numbers[1], numbers[2])
  }
}

extension UnsafeRawBufferPointer {
  /// Reads a little-endian number. The caller must have checked the bounds.
  fileprivate func littleEndian<Number: FixedWidthInteger>(_: Number.Type, at offset: Int) -> Number {
    Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  /// Replaces 32-bit marker values by the numbers in the 64-bit extra field.
  ///
  /// - Parameter range: byte range of the header's extra fields.
  /// - Returns: false if the 64-bit numbers are missing.
  fileprivate func expand(_ numbers: inout [UInt64], extra range: Range<Int>) -> Bool {
    let marker = UInt64(UInt32.max)
    guard numbers.contains(marker) else { return true }
    var offset = range.lowerBound
    while offset + 4 <= range.upperBound {
      let length = Int(littleEndian(UInt16.self, at: offset + 2))
      let end = offset + 4 + length
      guard end <= range.upperBound else { return false }
      if littleEndian(UInt16.self, at: offset) == ZipRecord.field64Bits {
        var place = offset + 4
        for index in numbers.indices where numbers[index] == marker {
          guard place + 8 <= end else { return false }
          numbers[index] = littleEndian(UInt64.self, at: place)
          place += 8
        }
        return true
      }
      offset = end
    }
    return false
  }
}
