/// Recognises streams of other encodings in the samples of a WAVE file, such as a DTS CD that was read as PCM, which
/// would be heard as noise.
enum EncodedSamples {
  /// Bytes that are looked at.
  static let lookedAtByteCount = 1 << 16

  /// The first bytes of a frame. IEC 61937 puts four bytes before each.
  private static let marks: [(name: String, bytes: [UInt8])] = [
    ("DTS", [0xFE, 0x7F, 0x01, 0x80]), ("DTS", [0x7F, 0xFE, 0x80, 0x01]), ("DTS", [0xFF, 0x1F, 0x00, 0xE8]),
    ("DTS", [0x1F, 0xFF, 0xE8, 0x00]), ("AC-3 or DTS (IEC 61937)", [0x72, 0xF8, 0x1F, 0x4E]),
    ("AC-3 or DTS (IEC 61937)", [0xF8, 0x72, 0x4E, 0x1F]),
  ]

  /// The name of the encoding; nil for samples.
  ///
  /// A mark has to be there several times at the same distance: samples have it by chance once at most.
  static func encoding(of samples: [UInt8]) -> String? {
    if let mark = marks.first(where: { isPeriodic($0.bytes, in: samples) }) { return mark.name }
    return [false, true].contains { isAC3(samples, isSwapped: $0) } ? "AC-3" : nil
  }

  private static func isPeriodic(_ mark: [UInt8], in samples: [UInt8]) -> Bool {
    let neededCount = 4
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

  /// Whether frames of AC-3 follow each other, each of the length that it gives.
  ///
  /// - Parameter isSwapped: whether the bytes of each sample are swapped.
  private static func isAC3(_ samples: [UInt8], isSwapped: Bool) -> Bool {
    let (neededCount, place) = (6, isSwapped ? 1 : 0)
    let mark: [UInt8] = isSwapped ? [0x77, 0x0B] : [0x0B, 0x77]
    return places(of: mark, in: samples, limit: 16).contains { first in
      var offset = first
      for _ in 0..<neededCount {
        guard offset + 6 <= samples.count, samples[offset...].prefix(2).elementsEqual(mark),
          let length = lengthOfAC3(samples[offset + (4 ^ place)])
        else { return false }
        offset += length
      }
      return true
    }
  }

  /// The length in bytes of a frame of AC-3. Source: ATSC A/52, table 5.18.
  ///
  /// - Parameter code: its fifth byte, of sample rate and size.
  private static func lengthOfAC3(_ code: UInt8) -> Int? {
    let bitrates = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640]
    let (rate, size) = (code >> 6, Int(code & 0x3F))
    guard size / 2 < bitrates.count else { return nil }
    let bitrate = bitrates[size / 2]
    switch rate {
    case 0: return 4 * bitrate
    case 1: return 2 * (bitrate * 320 / 147 + size % 2)
    case 2: return 6 * bitrate
    default: return nil
    }
  }
}
