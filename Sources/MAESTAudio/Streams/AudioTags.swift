/// Lengths of the tags that programs put before, after and between the sound of a file of any format.
enum AudioTags {
  /// The length in bytes of the tag that begins at the next byte; nil if there is none.
  static func length(at source: ByteSource) -> Int? {
    guard source.look(1) == 1 else { return nil }
    switch source[0] {
    case UInt8(ascii: "I"): return source.begins(with: "ID3") ? lengthOfID3v2(source) : nil
    case UInt8(ascii: "3"): return source.begins(with: "3DI") && source.look(10) == 10 ? 10 : nil
    case UInt8(ascii: "T"): return source.begins(with: "TAG") ? lengthOfID3v1(source) : nil
    case UInt8(ascii: "A"): return source.begins(with: "APETAGEX") ? lengthOfAPE(source) : nil
    case UInt8(ascii: "L"): return source.begins(with: "LYRICSBEGIN") ? lengthOfLyrics(source) : nil
    default: return nil
    }
  }

  /// Skips all tags, and zeros between them.
  ///
  /// - Parameter zeroLimit: the largest number of zeros.
  /// - Returns: whether anything was skipped.
  @discardableResult
  static func skip(_ source: ByteSource, zeroLimit: Int = .max) -> Bool {
    let start = source.position
    while true {
      if let length = length(at: source) {
        source.skip(length)
      } else if !skipZeros(source, limit: zeroLimit) {
        return source.position > start
      }
    }
  }

  /// Skips zeros, which fill the room after a tag or up to the end of a block; a few could be the beginning of sound.
  private static func skipZeros(_ source: ByteSource, limit: Int) -> Bool {
    let leastCount = 16
    guard source.look(leastCount) == leastCount, (0..<leastCount).allSatisfy({ source[$0] == 0 }) else {
      return false
    }
    return source.skipZeros(limit: limit)
  }

  /// Ten bytes of header, the size in four times 7 bits, and perhaps ten bytes of footer.
  private static func lengthOfID3v2(_ source: ByteSource) -> Int? {
    guard source.look(10) == 10, source[3] != 0xFF, source[4] != 0xFF,
      (6..<10).allSatisfy({ source[$0] < 0x80 })
    else { return nil }
    let size = (6..<10).reduce(0) { $0 << 7 | Int(source[$1]) }
    return 10 + size + (source[5] & 0x10 != 0 ? 10 : 0)
  }

  /// 128 bytes up to the end, or before another tag or part; 227 more if it is extended.
  private static func lengthOfID3v1(_ source: ByteSource) -> Int? {
    if source.begins(with: "TAG+"), source.look(227) == 227, source.begins(with: "TAG", at: 227) {
      return 227
    }
    return source.look(128) == 128 ? 128 : nil
  }

  /// The header's size counts what follows it, footer included; a tag may begin with its footer's mark as header only.
  private static func lengthOfAPE(_ source: ByteSource) -> Int? {
    guard source.look(32) == 32 else { return nil }
    let size = (12..<16).reversed().reduce(0) { $0 << 8 | Int(source[$1]) }
    let isHeader = source[23] & 0x20 != 0
    return isHeader ? 32 + size : 32
  }

  /// Up to `LYRICS200` or `LYRICSEND`.
  private static func lengthOfLyrics(_ source: ByteSource) -> Int? {
    let longest = 1 << 16
    let bytes = source.bytes(longest)
    let text = Array("LYRICS".utf8)
    for index in bytes.indices.dropFirst(11) where bytes[index] == text[0] {
      let end = bytes[index...].prefix(9)
      if end.elementsEqual("LYRICS200".utf8) || end.elementsEqual("LYRICSEND".utf8) {
        return index + 9 - bytes.startIndex
      }
    }
    return nil
  }
}
