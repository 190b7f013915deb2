import Foundation

/// Writes LevelDB's table format, as it should be or with one thing wrong.
public struct TableWriter {
  public struct Entry {
    public var key: [UInt8]
    public var value: [UInt8]

    public init(key: [UInt8], value: [UInt8]) {
      self.key = key
      self.value = value
    }
  }

  public var restartCount: UInt32?
  public var entriesPerBlock = Int.max
  /// How often the index block lists every data block.
  public var blockRepetitions = 1
  /// Where the first data block is said to be.
  public var offset: Int?
  /// Entries without key and value at the beginning of each block.
  public var emptyEntries = 0

  private let checksum: (UnsafeRawBufferPointer) -> UInt32

  /// `checksum` is the masked CRC-32C.
  public init(checksum: @escaping (UnsafeRawBufferPointer) -> UInt32) { self.checksum = checksum }

  private static let magic: [UInt8] = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]

  public func file(_ entries: [Entry]) -> Data {
    var file: [UInt8] = []
    var handles: [Entry] = []
    var start = 0
    while start < entries.count {
      let part = entries[start...].prefix(entriesPerBlock)
      var handle = append(block(Array(part)), to: &file)
      if let offset, start == 0 { handle = Self.number(offset) + Self.number(100) }
      handles += Array(repeating: .init(key: part.last?.key ?? [], value: handle), count: blockRepetitions)
      start += part.count
    }
    let meta = append(block([]), to: &file)
    let index = append(block(handles), to: &file)
    let footer = meta + index
    return Data(file + footer + Array(repeating: 0, count: max(0, 40 - footer.count)) + Self.magic)
  }

  private func block(_ entries: [Entry]) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<emptyEntries { bytes += [0, 0, 0] }
    for entry in entries {
      bytes +=
        Self.number(0) + Self.number(entry.key.count) + Self.number(entry.value.count) + entry.key
        + entry.value
    }
    bytes += [0, 0, 0, 0]
    return bytes + withUnsafeBytes(of: (restartCount ?? 1).littleEndian) { Array($0) }
  }

  /// Appends a block with its type and checksum; returns its place.
  private func append(_ block: [UInt8], to file: inout [UInt8]) -> [UInt8] {
    let handle = Self.number(file.count) + Self.number(block.count)
    let checksum = (block + [0]).withUnsafeBytes(checksum)
    file += block + [0] + withUnsafeBytes(of: checksum.littleEndian) { Array($0) }
    return handle
  }

  private static func number(_ value: Int) -> [UInt8] {
    var (rest, bytes) = (UInt64(bitPattern: Int64(value)), [UInt8]())
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
