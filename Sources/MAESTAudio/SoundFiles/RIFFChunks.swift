/// Searches the chunks of a RIFF file for one that makes libsndfile loop forever.
///
/// The parts of a `LIST` chunk have their own sizes. libsndfile (up to 1.2.2) treats a size of 2^31 or more as a
/// negative step: it reads the same parts again without end, and cannot be interrupted.
struct RIFFChunks {
  private let descriptor: Descriptor
  private let length: Int
  private let isBigEndian: Bool
  /// The offset of the RIFF header, after leading tags.
  private let start: Int

  /// The maximum number of chunks, and of parts of one chunk, that are read; real files have a few.
  private static let countLimit = 1 << 16
  /// Marks of lists, which have no size.
  private static let marksOfLists: Set<String> = ["adtl", "INFO"]
  private static let endlessSize = 1 << 31

  /// - Returns: nil for a file that is not RIFF, or that cannot be read twice.
  init?(path: String) {
    guard FileFacts.mayBeReadTwice(path), let (descriptor, length) = SoundBytes.opened(path) else {
      return nil
    }
    (self.descriptor, self.length) = (descriptor, length)
    start = Self.lengthOfTags(descriptor)
    guard let mark = Self.bytes(descriptor, at: start, count: 4).map({ String(decoding: $0, as: UTF8.self) }),
      ["RIFF", "RIFX", "RF64"].contains(mark)
    else { return nil }
    isBigEndian = mark == "RIFX"
  }

  /// A description of the part that would make libsndfile loop; nil if there is none.
  var endlessPart: String? {
    // Skips the file's mark, size and type.
    var position = start + 12
    var dataSize: Int?
    for _ in 0..<Self.countLimit {
      guard let (mark, size) = header(at: position) else { return nil }
      if mark == "LIST", let found = endlessPart(from: position + 8, to: position + 8 + size) { return found }
      // A size beyond 32 bits is stored in an earlier chunk, `ds64`.
      if mark == "ds64" { dataSize = wideNumber(at: position + 16) }
      if mark == "data", size == 0xffff_ffff, let dataSize {
        position += 8 + dataSize + dataSize % 2
        continue
      }
      // If there is no chunk at this position, libsndfile tries the next byte.
      position += Self.isMark(mark) ? 8 + size + size % 2 : 1
    }
    return nil
  }

  private func endlessPart(from start: Int, to end: Int) -> String? {
    var position = start
    for _ in 0..<Self.countLimit where position < end {
      guard let (mark, size) = header(at: position) else { return nil }
      if Self.marksOfLists.contains(mark) {
        position += 4
        continue
      }
      guard size < Self.endlessSize else {
        return "a part of the chunk LIST at byte \(position) says that it has \(size) bytes"
      }
      position += 8 + size + size % 2
    }
    return nil
  }

  /// The mark and the size at an offset; nil after the end.
  private func header(at position: Int) -> (mark: String, size: Int)? {
    guard position <= length - 8, let bytes = Self.bytes(descriptor, at: position, count: 8) else {
      return nil
    }
    let size = isBigEndian ? bytes[4...] : bytes[4...].reversed()[...]
    return (String(decoding: bytes[..<4], as: UTF8.self), size.reduce(0) { $0 << 8 | Int($1) })
  }

  /// A little-endian 64-bit number; nil after the end, or if it is larger than any file.
  private func wideNumber(at position: Int) -> Int? {
    guard let bytes = Self.bytes(descriptor, at: position, count: 8) else { return nil }
    let number = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return number < 1 << 48 ? Int(number) : nil
  }

  /// The length in bytes of the ID3 tags at the start of a file; libsndfile skips them.
  private static func lengthOfTags(_ descriptor: Descriptor) -> Int {
    var position = 0
    for _ in 0..<64 {
      guard let header = bytes(descriptor, at: position, count: 10),
        header.prefix(3).elementsEqual("ID3".utf8)
      else { break }
      position += 10 + header[6...].reduce(0) { $0 << 7 | Int($1 & 0x7f) }
    }
    return position
  }

  private static func isMark(_ text: String) -> Bool {
    text.utf8.count == 4 && text.utf8.allSatisfy { (0x20..<0x7f).contains($0) }
  }

  private static func bytes(_ descriptor: Descriptor, at position: Int, count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    let found = bytes.withUnsafeMutableBytes { SoundBytes.read(descriptor, into: $0, at: position) }
    return found == count ? bytes : nil
  }
}
