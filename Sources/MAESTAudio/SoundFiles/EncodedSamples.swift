/// Recognises streams of other encodings in the samples of a WAVE file, such as a DTS CD that was read as PCM, which
/// would be heard as noise.
enum EncodedSamples {
  /// Bytes that are looked at.
  static let lookedAtByteCount = 1 << 16

  /// The first bytes of a frame. IEC 61937 puts four bytes before each.
  private static let marks: [(name: String, bytes: [UInt8])] = [
    ("DTS", [0xFE, 0x7F, 0x01, 0x80]), ("DTS", [0x7F, 0xFE, 0x80, 0x01]), ("DTS", [0xFF, 0x1F, 0x00, 0xE8]),
    ("DTS", [0x1F, 0xFF, 0xE8, 0x00]), ("AC-3 or DTS (IEC 61937)", [0x72, 0xF8, 0x1F, 0x4E]),
    ("AC-3 or DTS (IEC 61937)", [0xF8, 0x72, 0x4E, 0x1F]), ("AC-3", [0x0B, 0x77]), ("AC-3", [0x77, 0x0B]),
  ]

  /// The name of the encoding; nil for samples.
  ///
  /// A mark has to be there several times at the same distance: samples have it by chance once at most.
  static func encoding(of samples: [UInt8]) -> String? {
    marks.first { isPeriodic($0.bytes, in: samples) }?.name
  }

  private static func isPeriodic(_ mark: [UInt8], in samples: [UInt8]) -> Bool {
    let neededCount = mark.count < 4 ? 8 : 4
    let places = places(of: mark, in: samples, limit: 256)
    guard let first = places.first else { return false }
    for second in places.dropFirst().prefix(16) {
      let period = second - first
      guard period >= 64, first + (neededCount - 1) * period + mark.count <= samples.count else { continue }
      let isThere = (0..<neededCount).allSatisfy { index in
        samples[(first + index * period)...].prefix(mark.count).elementsEqual(mark)
      }
      if isThere { return true }
    }
    return false
  }

  private static func places(of mark: [UInt8], in samples: [UInt8], limit: Int) -> [Int] {
    var places: [Int] = []
    var index = 0
    while index + mark.count <= samples.count, places.count < limit {
      if samples[index] == mark[0], samples[index...].prefix(mark.count).elementsEqual(mark) {
        places.append(index)
      }
      index += 1
    }
    return places
  }
}
