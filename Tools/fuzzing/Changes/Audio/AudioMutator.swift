import Foundation
import MAESTTestSupport

/// Changes an audio file as its container is built: in chunks, blocks, pages or frames, whose sizes and checksums fit
/// what they became, most often.
struct AudioMutator: StructureMutator {
  private let container: any AudioContainer

  init(_ sample: Corpus.Sample) throws {
    let bytes = [UInt8](sample.files[sample.model] ?? Data())
    container =
      switch bytes.prefix(4) {
      case [0x52, 0x49, 0x46, 0x46]: ChunkedAudio(bytes, .riff)
      case [0x72, 0x69, 0x66, 0x66]: ChunkedAudio(bytes, .wave64)
      case [0x46, 0x4F, 0x52, 0x4D]: ChunkedAudio(bytes, .form)
      case [0x66, 0x4C, 0x61, 0x43]: FLACAudio(bytes)
      case [0x4F, 0x67, 0x67, 0x53]: OggAudio(bytes)
      default: MPEGAudio(bytes)
      }
  }

  func change(_ sample: inout Corpus.Sample, _ random: inout SeededRandom) {
    var container = container
    for _ in 0..<Int.random(in: 1...4, using: &random) { container.change(&random) }
    sample.files[sample.model] = Data(container.bytes(&random))
  }
}

/// An audio file as the parts that it is made of.
protocol AudioContainer {
  /// Changes one thing.
  mutating func change(_ random: inout SeededRandom)

  /// The file.
  func bytes(_ random: inout SeededRandom) -> [UInt8]
}

extension Array {
  /// Leaves out, repeats or moves an element.
  mutating func rearrange(_ random: inout SeededRandom) {
    guard let place = indices.randomElement(using: &random), let other = indices.randomElement(using: &random)
    else { return }
    switch Int.random(in: 0..<5, using: &random) {
    case 0: remove(at: place)
    case 1: swapAt(place, other)
    case 2: insert(self[place], at: other)
    case 3: removeSubrange(place..<Swift.min(count, place + random.count(upTo: count)))
    default: insert(contentsOf: repeatElement(self[place], count: random.count(upTo: 2000)), at: other)
    }
  }
}

extension [UInt8] {
  /// Writes a number over bytes, as far as there are any.
  mutating func overwrite(_ number: Int, at place: Int, width: Int, isBigEndian: Bool) {
    for index in 0..<width where indices.contains(place + index) {
      let shift = 8 * (isBigEndian ? width - 1 - index : index)
      self[place + index] = UInt8(truncatingIfNeeded: number >> shift)
    }
  }

  /// A number that lies in the bytes; 0 where there are not so many.
  func number(at place: Int, width: Int, isBigEndian: Bool) -> Int {
    guard place >= 0, place + width <= count else { return 0 }
    let bytes = self[place..<(place + width)]
    return (isBigEndian ? Array(bytes) : bytes.reversed()).reduce(0) { $0 << 8 | Int($1) }
  }

  /// Flips, sets or raises a byte, or writes an extreme number over some.
  mutating func spoil(_ random: inout SeededRandom) {
    guard let place = indices.randomElement(using: &random) else { return }
    switch Int.random(in: 0..<5, using: &random) {
    case 0: self[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: self[place] = UInt8.random(in: 0...255, using: &random)
    case 2: self[place] &+= 1
    case 3: overwrite(random.integer(), at: place & ~1, width: 2, isBigEndian: random.chance(2))
    default: overwrite(random.integer(), at: place & ~3, width: 4, isBigEndian: random.chance(2))
    }
  }

  /// So many bytes: zeros, or random ones.
  static func filler(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
    guard random.chance(2) else { return [UInt8](repeating: 0, count: count) }
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
  }
}
