import MAESTTestSupport

/// WAV, W64 and AIFF files: a head and chunks.
struct ChunkedAudio: AudioContainer {
  enum Kind {
    case riff, wave64, form

    var headLength: Int { self == .wave64 ? 40 : 12 }
    var nameLength: Int { self == .wave64 ? 16 : 4 }
    var sizeWidth: Int { self == .wave64 ? 8 : 4 }
    var isBigEndian: Bool { self == .form }
    var alignment: Int { self == .wave64 ? 8 : 2 }
    /// Bytes of a chunk that its size counts besides the body.
    var countedLength: Int { self == .wave64 ? 24 : 0 }
  }

  private struct Chunk {
    var name: [UInt8]
    /// Another size than the body's.
    var size: Int?
    var body: [UInt8]
  }

  private let kind: Kind
  private var head: [UInt8]
  private var chunks: [Chunk] = []
  private var hasTrueLength = true

  init(_ bytes: [UInt8], _ kind: Kind) {
    self.kind = kind
    head = Array(bytes.prefix(kind.headLength))
    var place = kind.headLength
    while place + kind.nameLength + kind.sizeWidth <= bytes.count {
      let name = Array(bytes[place..<(place + kind.nameLength)])
      place += kind.nameLength
      let size = bytes.number(at: place, width: kind.sizeWidth, isBigEndian: kind.isBigEndian)
      place += kind.sizeWidth
      let counted = min(max(size, kind.countedLength), bytes.count + kind.countedLength)
      let end = min(bytes.count, place + counted - kind.countedLength)
      chunks.append(Chunk(name: name, body: Array(bytes[place..<end])))
      place = end + (kind.alignment - end % kind.alignment) % kind.alignment
    }
  }

  private static let names = [
    "fmt ", "data", "fact", "LIST", "PEAK", "bext", "cart", "cue ", "smpl", "inst", "acid", "strc", "ds64",
    "id3 ",
    "JUNK", "COMM", "SSND", "MARK", "INST", "APPL", "FVER", "NAME", "basc", "CHAN", "MIDI", "    ",
  ]

  /// Codecs that libsndfile knows, and some that it does not.
  private static let formatTags = [
    1, 2, 3, 6, 7, 0x11, 0x20, 0x31, 0x40, 0x45, 0x50, 0x55, 0x64, 0x65, 0x270F, 0xFFFE, 0,
  ]

  mutating func change(_ random: inout SeededRandom) {
    guard let place = chunks.indices.randomElement(using: &random) else { return }
    switch Int.random(in: 0..<9, using: &random) {
    case 0: chunks[place].size = random.integer()
    case 1: chunks[place].body.spoil(&random)
    // The chunk that says what the samples are.
    case 2, 3: changeFormat(&random)
    case 4: chunks.rearrange(&random)
    case 5: chunks[place].name = name(&random)
    case 6:
      let body = [UInt8].filler(random.count(upTo: 5000), &random)
      chunks.insert(Chunk(name: name(&random), body: body), at: place)
    case 7: chunks[place].body = Array(chunks[place].body.dropLast(random.count(upTo: 100)))
    default:
      head.spoil(&random)
      hasTrueLength = random.chance(2)
    }
  }

  private mutating func changeFormat(_ random: inout SeededRandom) {
    if kind == .riff, random.chance(2) {
      let tag = Self.formatTags.randomElement(using: &random) ?? 1
      chunks[0].body.overwrite(tag, at: 0, width: 2, isBigEndian: false)
    } else {
      let width = random.chance(2) ? 2 : 4
      let place = 2 * Int.random(in: 0..<12, using: &random)
      chunks[0].body.overwrite(random.integer(), at: place, width: width, isBigEndian: kind.isBigEndian)
    }
  }

  private func name(_ random: inout SeededRandom) -> [UInt8] {
    let name = Array((Self.names.randomElement(using: &random) ?? "").utf8)
    // The rest of a W64 name is that of another chunk.
    let rest = chunks.randomElement(using: &random)?.name.dropFirst(4) ?? []
    return Array((name + rest).prefix(kind.nameLength))
  }

  func bytes(_ random: inout SeededRandom) -> [UInt8] {
    var bytes = head
    for chunk in chunks {
      let size = chunk.size ?? chunk.body.count + kind.countedLength
      var field = [UInt8](repeating: 0, count: kind.sizeWidth)
      field.overwrite(size, at: 0, width: kind.sizeWidth, isBigEndian: kind.isBigEndian)
      bytes += chunk.name + field + chunk.body
      bytes += [UInt8](repeating: 0, count: (kind.alignment - bytes.count % kind.alignment) % kind.alignment)
    }
    if hasTrueLength {
      let length = kind == .wave64 ? bytes.count : bytes.count - 8
      bytes.overwrite(
        length, at: kind == .wave64 ? 16 : 4, width: kind.sizeWidth, isBigEndian: kind.isBigEndian)
    }
    return bytes
  }
}
