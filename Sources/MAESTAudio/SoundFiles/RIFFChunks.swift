/// Looks through the chunks of a RIFF file for one that libsndfile never gets past.
///
/// The parts of a `LIST` chunk have sizes of their own. To the library (up to 1.2.2) one of 2^31 or more is a step
/// backwards: it reads the same parts again without end, and nothing can stop it.
struct RIFFChunks {
  private let descriptor: Descriptor
  private let length: Int
  private let isBigEndian: Bool
  /// Where the file begins, behind tags.
  private let start: Int

  /// Chunks, and parts of one, that are looked at; files have a few.
  private static let countLimit = 1 << 16
  /// Marks of lists, without a size.
  private static let marksOfLists: Set<String> = ["adtl", "INFO"]
  private static let endlessSize = 1 << 31

  /// - Returns: nil for what is no RIFF file, or cannot be read twice.
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

  /// What is wrong with a part that the library would not get past; nil where there is none.
  var endlessPart: String? {
    // Behind the file's own mark, size and type.
    var position = start + 12
    var dataSize: Int?
    for _ in 0..<Self.countLimit {
      guard let (mark, size) = header(at: position) else { return nil }
      if mark == "LIST", let found = endlessPart(from: position + 8, to: position + 8 + size) { return found }
      // What a size of 32 bits cannot tell, an earlier chunk does.
      if mark == "ds64" { dataSize = wideNumber(at: position + 16) }
      if mark == "data", size == 0xffff_ffff, let dataSize {
        position += 8 + dataSize + dataSize % 2
        continue
      }
      // Where no chunk begins, the library looks for one at the next byte.
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

  /// The mark and the size that stand at a place; nil behind the end.
  private func header(at position: Int) -> (mark: String, size: Int)? {
    guard position <= length - 8, let bytes = Self.bytes(descriptor, at: position, count: 8) else {
      return nil
    }
    let size = isBigEndian ? bytes[4...] : bytes[4...].reversed()[...]
    return (String(decoding: bytes[..<4], as: UTF8.self), size.reduce(0) { $0 << 8 | Int($1) })
  }

  /// A number of 64 bits, lowest byte first; nil behind the end, or where no file has so many bytes.
  private func wideNumber(at position: Int) -> Int? {
    guard let bytes = Self.bytes(descriptor, at: position, count: 8) else { return nil }
    let number = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return number < 1 << 48 ? Int(number) : nil
  }

  /// Bytes of the ID3 tags that a file begins with; the library skips them.
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
