import MAESTTestSupport

/// An Ogg file: pages, each with a checksum, without which a decoder passes over what was changed.
struct OggAudio: AudioContainer {
  private struct Page {
    /// Up to the checksum: flags, position, stream and number.
    var head: [UInt8]
    var segments: [UInt8]
    var body: [UInt8]
  }

  private var pages: [Page] = []
  private var hasTrueChecksums = true

  init(_ bytes: [UInt8]) {
    var place = 0
    while place + 27 <= bytes.count {
      let head = Array(bytes[place..<(place + 22)])
      let bodyStart = min(bytes.count, place + 27 + Int(bytes[place + 26]))
      let segments = Array(bytes[(place + 27)..<bodyStart])
      let end = min(bytes.count, bodyStart + segments.reduce(0) { $0 + Int($1) })
      pages.append(Page(head: head, segments: segments, body: Array(bytes[bodyStart..<end])))
      place = end
    }
  }

  mutating func change(_ random: inout SeededRandom) {
    // The first two have the headers of the codec.
    let last = min(pages.count, random.chance(2) ? 2 : .max)
    guard last > 0 else { return }
    let place = Int.random(in: 0..<last, using: &random)
    switch Int.random(in: 0..<10, using: &random) {
    case 0: pages[place].head.overwrite(random.integer(), at: 6, width: 8, isBigEndian: false)
    case 1: pages[place].head.overwrite(random.integer(), at: 14, width: 4, isBigEndian: false)
    case 2: pages[place].head.overwrite(random.integer(), at: 18, width: 4, isBigEndian: false)
    case 3: pages[place].head[5] = UInt8.random(in: 0..<8, using: &random)
    case 4: pages[place].segments.spoil(&random)
    case 5: pages.rearrange(&random)
    case 6: pages[place].body = Array(pages[place].body.dropLast(random.count(upTo: 200)))
    case 7:
      for _ in 0..<random.count(upTo: 60) { pages[place].body.spoil(&random) }
    case 8: hasTrueChecksums = false
    default: pages[place].body.spoil(&random)
    }
  }

  func bytes(_ random: inout SeededRandom) -> [UInt8] {
    var bytes: [UInt8] = []
    for page in pages {
      var whole = page.head + [0, 0, 0, 0, UInt8(truncatingIfNeeded: page.segments.count)]
      whole += page.segments + page.body
      // A page that is shorter than its segments takes in the beginning of the next one.
      let sum = hasTrueChecksums ? Self.checksum(whole) : 0
      whole.overwrite(Int(sum), at: 22, width: 4, isBigEndian: false)
      bytes += whole
    }
    return bytes
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte) << 24) { sum, _ in
      sum & 0x8000_0000 != 0 ? sum << 1 ^ 0x04C1_1DB7 : sum << 1
    }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.reduce(0) { sum, byte in sum << 8 ^ table[Int(UInt8(truncatingIfNeeded: sum >> 24) ^ byte)] }
  }
}
