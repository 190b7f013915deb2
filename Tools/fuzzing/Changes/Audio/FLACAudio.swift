import MAESTTestSupport

/// A FLAC file: blocks of metadata, and frames with checksums of their headers and of all.
struct FLACAudio: AudioContainer {
  private struct Block {
    var kind: UInt8
    /// Another length than the body's.
    var length: Int?
    var body: [UInt8]
  }

  private var blocks: [Block] = []
  private var frames: [[UInt8]] = []
  private var hasTrueChecksums = true

  init(_ bytes: [UInt8]) {
    var place = 4
    var isLast = false
    while !isLast, place + 4 <= bytes.count {
      isLast = bytes[place] & 0x80 != 0
      let length = bytes.number(at: place + 1, width: 3, isBigEndian: true)
      let end = min(bytes.count, place + 4 + length)
      blocks.append(Block(kind: bytes[place] & 0x7F, body: Array(bytes[(place + 4)..<end])))
      place = end
    }
    let starts = (place..<max(place, bytes.count - 6)).filter { Self.headerLength(bytes[$0...]) != nil }
    for (start, end) in zip(starts, starts.dropFirst() + [bytes.count]) {
      frames.append(Array(bytes[start..<end]))
    }
  }

  /// Bytes of a frame's header up to its checksum, if there is one that fits.
  private static func headerLength(_ bytes: ArraySlice<UInt8>) -> Int? {
    let bytes = Array(bytes.prefix(16))
    guard bytes.count > 6, bytes[0] == 0xFF, bytes[1] & 0xFE == 0xF8 else { return nil }
    return (5..<bytes.count - 1).first { checksum8(bytes[..<$0]) == bytes[$0] }
  }

  mutating func change(_ random: inout SeededRandom) {
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1: changeBlock(&random)
    case 2: blocks.rearrange(&random)
    case 3: frames.rearrange(&random)
    case 4, 5: changeHeader(&random)
    case 6:
      guard let place = frames.indices.randomElement(using: &random) else { return }
      for _ in 0..<random.count(upTo: 100) { frames[place].spoil(&random) }
    default: hasTrueChecksums = false
    }
  }

  private mutating func changeBlock(_ random: inout SeededRandom) {
    guard let place = blocks.indices.randomElement(using: &random) else { return }
    switch Int.random(in: 0..<6, using: &random) {
    case 0: blocks[place].length = random.integer() & 0xFFFFFF
    case 1: blocks[place].kind = UInt8.random(in: 0..<128, using: &random)
    // Block sizes, rate, channels, bits and the number of samples.
    case 2: blocks[0].body.spoil(&random)
    case 3: blocks[0].body.overwrite(random.integer(), at: 10, width: 8, isBigEndian: true)
    case 4:
      let kind = UInt8.random(in: 0...6, using: &random)
      let body = [UInt8].filler(random.count(upTo: 20_000), &random)
      blocks.insert(Block(kind: kind, body: body), at: place)
    default: blocks[place].body.spoil(&random)
    }
  }

  /// Another block size, rate, channel assignment, sample size or number.
  private mutating func changeHeader(_ random: inout SeededRandom) {
    guard let place = frames.indices.randomElement(using: &random),
      let length = Self.headerLength(frames[place][...])
    else { return }
    let byte = Int.random(in: 1..<length, using: &random)
    frames[place][byte] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    if byte == 1 { frames[place][1] |= 0xF8 }
    frames[place][length] = Self.checksum8(frames[place][..<length])
  }

  func bytes(_ random: inout SeededRandom) -> [UInt8] {
    var bytes = Array("fLaC".utf8)
    for (index, block) in blocks.enumerated() {
      let isLast = index == blocks.count - 1
      var head = [block.kind | (isLast ? 0x80 : 0), 0, 0, 0]
      head.overwrite(block.length ?? block.body.count, at: 1, width: 3, isBigEndian: true)
      bytes += head + block.body
    }
    for var frame in frames {
      if hasTrueChecksums, frame.count > 2 {
        let sum = Self.checksum16(frame.dropLast(2))
        frame.overwrite(Int(sum), at: frame.count - 2, width: 2, isBigEndian: true)
      }
      bytes += frame
    }
    return bytes
  }

  private static func checksum8(_ bytes: ArraySlice<UInt8>) -> UInt8 {
    bytes.reduce(0) { sum, byte in
      (0..<8).reduce(sum ^ byte) { sum, _ in sum & 0x80 != 0 ? sum << 1 ^ 0x07 : sum << 1 }
    }
  }

  private static func checksum16(_ bytes: ArraySlice<UInt8>) -> UInt16 {
    bytes.reduce(0) { sum, byte in
      (0..<8).reduce(sum ^ UInt16(byte) << 8) { sum, _ in sum & 0x8000 != 0 ? sum << 1 ^ 0x8005 : sum << 1 }
    }
  }
}
