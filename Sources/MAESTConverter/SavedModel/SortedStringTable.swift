/// Reads LevelDB's table format, in which TensorFlow writes the index of a checkpoint.
///
/// A table ends with a footer of 48 bytes: the handles of two blocks as variable-length integers, and a magic number.
/// The second block, the index block, has the handle of each data block as a value. In a block every key is stored as
/// the number of bytes shared with the previous key and the bytes that follow; after the entries come restart
/// positions, which are needed only for searching. Each block is followed by its type and a checksum. (leveldb,
/// doc/table_format.md.)
package struct SortedStringTable {
  private static let footerLength = 48
  private static let magic: [UInt8] = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]
  private static let trailerLength = 5
  /// Maximum number of bytes of all decompressed keys; and the fixed cost of an entry in addition to its key.
  private static let keyByteLimit = 1 << 24
  private static let entryWeight = 256

  private let bytes: [UInt8]
  private let path: String
  private var keyByteCount = 0

  /// Returns the entries of the table in `bytes`, in key order.
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
    // The first of the two blocks contains nothing that is needed; it is read only to verify its checksum.
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

  /// Reads the contents of the block whose handle comes next in `handle`; nil if there is no handle.
  ///
  /// Data blocks are contiguous, so that every byte is read once.
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
