import Foundation
import MAESTTestSupport

/// Numbers that a model's constants should not have, or just may.
enum HostileNumber {
  static let floats: [Float] = [
    .nan, .infinity, -.infinity, 0, -0.0, -1, 1, 2, 0.5, 1e-31, 1e-38, .leastNonzeroMagnitude,
    .leastNormalMagnitude, 1e-20, 1e-6, 1e20, 1e31, -1e31, 1e38, .greatestFiniteMagnitude,
    -.greatestFiniteMagnitude, 1e15, 1024, 16_777_218,
  ]

  /// Texts in the place of a number.
  static let texts = [
    "nan", "NaN", "inf", "-inf", "infinity", "0", "-0", "0.0", "-1", "1", "2", "3", "7", "1e-31", "1e-38",
    "1e-45",
    "1e-46", "1e-320", "1e31", "1e38", "1e39", "1e308", "1e400", "1e-400", "0.5", "1.5", "1.0", "16", "64",
    "1024",
    "1025", "65536", "1048576", "1048577", "2147483648", "4294967296", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "18446744073709551616", "0x10", "0x1p-149", "1_000", " 5",
    "5 ",
    "+5", "05", "1e3", "", "none", "null", "\"5\"", "5\u{0}", "\u{665}",
  ]

  /// Pieces of JSON in the place of a number.
  private static let pieces =
    texts + ["true", "false", "[5]", "{}", "\"nan\"", "\"\"", "[[[[]]]]", "1E5", "-", "5,5", "\"5"]

  /// JSON with something else for one of its numbers, however deep it lies.
  static func changedNumber(in json: Data, _ random: inout SeededRandom) -> Data {
    let bytes = [UInt8](json)
    let ranges = numbers(in: bytes)
    guard let range = ranges.randomElement(using: &random) else { return json }
    let piece = pieces.randomElement(using: &random) ?? ""
    return Data(bytes[..<range.lowerBound]) + Data(piece.utf8) + Data(bytes[range.upperBound...])
  }

  /// Where numbers are, outside of strings.
  private static func numbers(in json: [UInt8]) -> [Range<Int>] {
    let characters = Set("+-.0123456789eE".utf8)
    let first = Set("-0123456789".utf8)
    var ranges: [Range<Int>] = []
    var place = 0
    var isInString = false
    while place < json.count {
      let byte = json[place]
      if isInString, byte == UInt8(ascii: "\\") {
        place += 2
        continue
      }
      if byte == UInt8(ascii: "\"") { isInString.toggle() }
      guard !isInString, first.contains(byte) else {
        place += 1
        continue
      }
      let end = json[place...].firstIndex { !characters.contains($0) } ?? json.count
      ranges.append(place..<end)
      place = end
    }
    return ranges
  }
}

extension SeededRandom {
  mutating func hostileFloat() -> Float { HostileNumber.floats.randomElement(using: &self) ?? 0 }
}

extension Data {
  /// Writes a hostile number over one of the single-precision numbers that the bytes are.
  mutating func overwriteNumber(_ random: inout SeededRandom) {
    guard count >= 4 else { return }
    let start = startIndex + 4 * Int.random(in: 0..<count / 4, using: &random)
    let bits = random.hostileFloat().bitPattern.littleEndian
    replaceSubrange(start..<start + 4, with: Swift.withUnsafeBytes(of: bits) { Data($0) })
  }
}
