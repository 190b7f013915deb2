import MAESTTestSupport

/// An mp3 file: frames, the first of which may tell of all, and tags around them.
struct MPEGAudio: AudioContainer {
  private var before: [UInt8] = []
  private var frames: [[UInt8]] = []
  private var after: [UInt8] = []

  init(_ bytes: [UInt8]) {
    var place = 0
    if bytes.starts(with: Array("ID3".utf8)), bytes.count > 10 {
      place = min(bytes.count, 10 + bytes[6..<10].reduce(0) { $0 << 7 | Int($1 & 0x7F) })
      before = Array(bytes[..<place])
    }
    while let length = Self.frameLength(bytes, at: place) {
      let end = min(bytes.count, place + length)
      frames.append(Array(bytes[place..<end]))
      place = end
    }
    after = Array(bytes[place...])
  }

  private static let bitrates = [
    // MPEG 1 and 2, layer III, in kbit/s.
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0],
  ]

  private static let sampleRates = [44100, 48000, 32000]

  /// Bytes of the frame of layer III that begins there, if one does.
  private static func frameLength(_ bytes: [UInt8], at place: Int) -> Int? {
    let header = bytes.number(at: place, width: 4, isBigEndian: true)
    guard header >> 21 == 0x7FF, header >> 17 & 3 == 1, header >> 10 & 3 < 3 else { return nil }
    let isFirst = header >> 19 & 3 == 3
    let bitrate = bitrates[isFirst ? 0 : 1][header >> 12 & 15]
    let rate = sampleRates[header >> 10 & 3] / (isFirst ? 1 : header >> 19 & 3 == 2 ? 2 : 4)
    guard bitrate > 0 else { return nil }
    return (isFirst ? 144_000 : 72_000) * bitrate / rate + (header >> 9 & 1)
  }

  mutating func change(_ random: inout SeededRandom) {
    guard !frames.isEmpty else { return }
    let place = random.chance(3) ? 0 : Int.random(in: 0..<frames.count, using: &random)
    switch Int.random(in: 0..<10, using: &random) {
    // Version, layer, bitrate, rate, padding, channels.
    case 0, 1: frames[place].changeBit(in: 11..<32, &random)
    case 2:
      // The same in every frame.
      let bit = Int.random(in: 11..<32, using: &random)
      for index in frames.indices { frames[index].changeBit(in: bit..<(bit + 1), &random) }
    // Side information: where the frame's bits begin, sizes of parts, tables.
    case 3, 4: frames[place].changeBit(in: 32..<(8 * 36), &random)
    case 5: frames[0].spoil(&random)
    case 6: frames[place] = Array(frames[place].dropLast(random.count(upTo: 100)))
    case 7: frames.rearrange(&random)
    case 8: changeTags(&random)
    default:
      for _ in 0..<random.count(upTo: 60) { frames[place].spoil(&random) }
    }
  }

  private mutating func changeTags(_ random: inout SeededRandom) {
    let filler = [UInt8].filler(random.count(upTo: 30_000), &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: before = tag(saying: filler.count) + filler
    case 1: before = tag(saying: random.integer()) + filler
    case 2: before += filler
    case 3: after += Array("TAG".utf8) + filler.prefix(125)
    case 4:
      var ape = Array("APETAGEX".utf8) + [UInt8](repeating: 0, count: 24)
      ape.overwrite(random.integer(), at: 12, width: 4, isBigEndian: false)
      after += ape + filler
    case 5: frames.insert(filler, at: Int.random(in: 0...frames.count, using: &random))
    default: changeCount(&random)
    }
  }

  private func tag(saying length: Int) -> [UInt8] {
    let size = (0..<4).map { UInt8(truncatingIfNeeded: length >> (7 * (3 - $0))) & 0x7F }
    return Array("ID3".utf8) + [4, 0, 0] + size
  }

  /// What the first frame says of the number of frames and bytes, of places and delays.
  private mutating func changeCount(_ random: inout SeededRandom) {
    let marks = ["Xing", "Info", "VBRI"].map { Array($0.utf8) }
    let found = marks.compactMap { frames[0].firstRange(of: $0)?.lowerBound }.first
    let place = found ?? [13, 21, 36].randomElement(using: &random) ?? 36
    if found == nil || random.chance(4), let mark = marks.randomElement(using: &random) {
      for (index, byte) in zip(place..<max(place, frames[0].count), mark) { frames[0][index] = byte }
    }
    let field = place + 4 * Int.random(in: 1..<40, using: &random)
    frames[0].overwrite(random.integer(), at: field, width: 4, isBigEndian: true)
    if random.chance(2) { frames[0].overwrite(0x0F, at: place + 4, width: 4, isBigEndian: true) }
  }

  func bytes(_ random: inout SeededRandom) -> [UInt8] { before + frames.joined() + after }
}

extension [UInt8] {
  /// Flips one of the bits, counted from the first byte's highest.
  fileprivate mutating func changeBit(in range: Range<Int>, _ random: inout SeededRandom) {
    let bit = Int.random(in: range, using: &random)
    guard indices.contains(bit / 8) else { return }
    self[bit / 8] ^= 0x80 >> UInt8(bit % 8)
  }
}
