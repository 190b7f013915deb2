import Foundation

/// A zip file of uncompressed entries below 4 GiB: a strict reader that shares no code with the package.
///
/// Local headers follow each other without gaps, the directory follows them and names each of them in order, the end
/// follows the directory; both headers of an entry say the same, and checksums are right.
public struct ZipFile {
  public struct Entry {
    public let name: String
    public let data: Data
  }

  public struct FormatError: Error {
    public let path: String
    public let reason: String
  }

  /// In the file's order.
  public let entries: [Entry]

  public init(contentsOfFile path: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    func expect(_ condition: Bool, _ reason: String) throws {
      if !condition { throw FormatError(path: path, reason: reason) }
    }
    func number(_ offset: Int, _ size: Int) throws -> Int {
      try expect(offset >= 0 && offset + size <= bytes.count, "\(size) bytes at \(offset) of \(bytes.count)")
      return bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    let end = bytes.count - 22
    try expect(try number(end, 4) == 0x0605_4b50 && number(end + 4, 4) == 0, "no end")
    let (count, size, start) = (try number(end + 8, 2), try number(end + 12, 4), try number(end + 16, 4))
    try expect(try number(end + 10, 2) == count && start + size == end, "the directory's place")
    var (local, directory) = (0, start)
    entries = try (0..<count).map { index in
      try expect(
        try number(local, 4) == 0x0403_4b50 && number(directory, 4) == 0x0201_4b50, "signature \(index)")
      try expect(try number(directory + 42, 4) == local, "offset \(index)")
      // Version, flags, method, time, date and checksum; the lengths of the names.
      try expect(bytes[local + 6..<local + 18] == bytes[directory + 8..<directory + 20], "fields \(index)")
      let (byteCount, nameLength) = (try number(directory + 24, 4), try number(directory + 28, 2))
      try expect(try number(local + 26, 2) == nameLength, "name length \(index)")
      let name = bytes[directory + 46..<directory + 46 + nameLength]
      try expect(name == bytes[local + 30..<local + 30 + nameLength], "name \(index)")
      try expect(try number(directory + 10, 2) == 0 && number(directory + 20, 4) == byteCount, "compressed")
      let contents = local + 30 + nameLength + (try number(local + 28, 2))
      try expect(contents + byteCount <= start, "entry \(index) of \(byteCount) bytes at \(contents)")
      let data = Data(bytes[contents..<contents + byteCount])
      try expect(try number(directory + 16, 4) == Int(Self.checksum(data)), "checksum \(index)")
      directory += 46 + nameLength + (try number(directory + 30, 2)) + (try number(directory + 32, 2))
      local = contents + byteCount
      return Entry(name: String(decoding: name, as: UTF8.self), data: data)
    }
    try expect(local == start && directory == end, "\(local) and \(directory), not \(start) and \(end)")
  }

  /// The bytes of an entry; nil where there is none of this name.
  public subscript(name: String) -> Data? { entries.first { $0.name == name }?.data }

  /// CRC-32, bit by bit.
  private static func checksum(_ data: Data) -> UInt32 {
    ~data.reduce(UInt32.max) { state, byte in
      (0..<8).reduce(state ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1) * 0xedb8_8320 }
    }
  }
}
