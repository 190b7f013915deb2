import Foundation
import MAESTTestSupport

/// Changes of bytes that know nothing of what they mean.
enum ByteChange: CaseIterable {
  case flipBit, setByte, setRareByte, increment, fill, remove, duplicate, copyWithin, transplant, truncate,
    extend
  case longNumber, littleEndian32, littleEndian64, repeatMany, nest

  static func random(_ bytes: inout [UInt8], donor: Data, _ random: inout SeededRandom) {
    guard !bytes.isEmpty, let change = allCases.randomElement(using: &random) else { return }
    // Small places are reached as often as large constants: half of the changes are near one of the ends.
    let span = random.chance(2) ? min(bytes.count, 4096) : bytes.count
    let place =
      random.chance(4)
      ? bytes.count - 1 - Int.random(in: 0..<span, using: &random)
      : Int.random(in: 0..<span, using: &random)
    let length = min(Int.random(in: 1...32, using: &random), bytes.count - place)
    change.apply(&bytes, place..<(place + length), donor, &random)
  }

  private func apply(
    _ bytes: inout [UInt8], _ range: Range<Int>, _ donor: Data, _ random: inout SeededRandom
  ) {
    let place = range.lowerBound
    switch self {
    case .flipBit: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case .setByte: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case .setRareByte: bytes[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
    case .increment: bytes[place] &+= 1
    case .fill: for index in range { bytes[index] = 0xff }
    case .remove: bytes.removeSubrange(range)
    case .duplicate: bytes.insert(contentsOf: bytes[range], at: place)
    case .copyWithin:
      overwrite(
        &bytes, at: place, Array(bytes[start(bytes.count, range.count, &random)...].prefix(range.count)))
    case .transplant:
      let long = random.count(upTo: 4096)
      let piece = donor.dropFirst(start(donor.count, min(long, donor.count), &random)).prefix(long)
      bytes.replaceSubrange(range, with: piece)
    case .truncate: bytes.removeSubrange(place...)
    case .extend: bytes += repeatElement(UInt8.random(in: 0...255, using: &random), count: range.count)
    case .longNumber:
      bytes.replaceSubrange(
        range, with: [0xff, 0xff, 0xff, 0xff, 0x07, 0xff, 0xff, 0xff, 0x7f].prefix(range.count + 4))
    case .littleEndian32:
      overwrite(&bytes, at: place, littleEndian(UInt32(truncatingIfNeeded: random.integer())))
    case .littleEndian64: overwrite(&bytes, at: place, littleEndian(random.integer()))
    case .repeatMany:
      let count = random.count(upTo: 20_000)
      bytes.insert(contentsOf: repeatElement(Array(bytes[range].prefix(4)), count: count).joined(), at: place)
    case .nest:
      // The beginnings of messages, groups and JSON lists, one in the other.
      let openings: [[UInt8]] = [
        [0x0b], [0x12, 0x7f], [0x0a, 0x00], Array("[".utf8), Array("{\"a\":".utf8),
      ]
      let opening = openings.randomElement(using: &random) ?? []
      let count = random.count(upTo: 20_000)
      bytes.insert(contentsOf: repeatElement(opening, count: count).joined(), at: place)
    }
  }

  private func start(_ count: Int, _ length: Int, _ random: inout SeededRandom) -> Int {
    count <= length ? 0 : Int.random(in: 0...(count - length), using: &random)
  }

  private func overwrite(_ bytes: inout [UInt8], at place: Int, _ piece: [UInt8]) {
    for (index, byte) in zip(place..<bytes.count, piece) { bytes[index] = byte }
  }

  private func littleEndian<T: FixedWidthInteger>(_ number: T) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}
