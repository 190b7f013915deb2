/// Reads LevelDB's table format, in which TensorFlow writes the index of a checkpoint.
///
/// A table ends with a footer of 48 bytes: the places of two blocks as variable-length integers, and a magic
/// number. The second of them, the index block, has the place of each data block as value. In a block every
/// key is stored as the number of bytes that it shares with the key before and the bytes that follow; after
/// its entries come restart positions, which only a search needs. Each block has a type and a checksum after
/// it. (leveldb, doc/table_format.md.)
package struct SortedStringTable {
  private static let footerLength = 48
  private static let magic: [UInt8] = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]
  private static let trailerLength = 5
  /// Bytes that all keys together may have once they are written out, and what an entry counts beyond its key.
  private static let keyByteLimit = 1 << 24
  private static let entryWeight = 256

  private let bytes: [UInt8]
  private let path: String
  private var keyByteCount = 0

  /// The entries of the table in `bytes`, in the order of their keys.
  package static func entries(
    of bytes: [UInt8], path: String
  ) throws(ConversionError) -> [(key: [UInt8], value: ArraySlice<UInt8>)] {
    var table = SortedStringTable(bytes: bytes, path: path)
    return try table.entries()
  }

  private init(bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  private mutating func entries() throws(ConversionError) -> [(key: [UInt8], value: ArraySlice<UInt8>)] {
    let footerStart = bytes.count - Self.footerLength
    guard footerStart >= 0, bytes.suffix(8).elementsEqual(Self.magic) else {
      throw damaged("it does not end with the magic number of a table")
    }
    var footer = ByteCursor(bytes[footerStart...])
    // The first of the two blocks says nothing that is needed here; it is looked at for its checksum only.
    guard try block(at: &footer) != nil, let index = try block(at: &footer) else {
      throw damaged("its footer has no places of blocks")
    }
    var result: [(key: [UInt8], value: ArraySlice<UInt8>)] = []
    var end = bytes.startIndex
    for entry in try blockEntries(index) {
      var handle = ByteCursor(entry.value)
      guard let block = try block(at: &handle, notBefore: end) else {
        throw damaged("its index block has no place of a data block")
      }
      end = block.endIndex
      for entry in try blockEntries(block) {
        if let last = result.last, !last.key.lexicographicallyPrecedes(entry.key) {
          throw damaged("its keys are not in order")
        }
        result.append(entry)
      }
    }
    return result
  }

  /// The contents of the block whose place comes next in `handle`; nil where there is no place.
  ///
  /// Data blocks lie one after the other, so that every byte is looked at once.
  private func block(
    at handle: inout ByteCursor, notBefore start: Int = 0
  ) throws(ConversionError) -> ArraySlice<UInt8>? {
    guard let offset = handle.variableLengthInteger(), let size = handle.variableLengthInteger() else {
      return nil
    }
    let limit = bytes.count - Self.footerLength - Self.trailerLength
    guard offset <= limit, size <= limit - offset else {
      throw damaged("a block of \(size) bytes at \(offset) lies beyond its \(bytes.count) bytes")
    }
    guard offset >= start else { throw damaged("its data blocks overlap or are not in order") }
    var trailer = ByteCursor(bytes[(offset + size + 1)...])
    let checksum = bytes[offset...(offset + size)].withUnsafeBytes { CRC32C.masked($0) }
    guard trailer.littleEndian32() == checksum else {
      throw damaged("the checksum of the block at \(offset) does not match")
    }
    guard bytes[offset + size] == 0 else {
      throw damaged("the block at \(offset) is compressed; save the checkpoint without compression")
    }
    return bytes[offset..<(offset + size)]
  }

  private mutating func blockEntries(
    _ block: ArraySlice<UInt8>
  ) throws(ConversionError) -> [(key: [UInt8], value: ArraySlice<UInt8>)] {
    var restarts = ByteCursor(block.suffix(4))
    guard let restartCount = restarts.littleEndian32(),
      4 * (Int(restartCount) + 1) <= block.count
    else { throw damaged("a block has no restart positions") }
    var cursor = ByteCursor(block.dropLast(4 * (Int(restartCount) + 1)))
    var entries: [(key: [UInt8], value: ArraySlice<UInt8>)] = []
    var key: [UInt8] = []
    while !cursor.isAtEnd {
      guard let shared = cursor.variableLengthInteger(), let ownCount = cursor.variableLengthInteger(),
        let valueCount = cursor.variableLengthInteger(), shared <= key.count, let own = cursor.take(ownCount),
        let value = cursor.take(valueCount)
      else { throw damaged("a block's entry ends early or shares more than the key before it has") }
      key.removeLast(key.count - shared)
      key += own
      keyByteCount += key.count + Self.entryWeight
      guard keyByteCount <= Self.keyByteLimit else { throw damaged("it has too many or too long keys") }
      entries.append((key, value))
    }
    return entries
  }

  private func damaged(_ reason: String) -> ConversionError {
    .damaged(path: path, format: "checkpoint index", reason: reason)
  }
}
