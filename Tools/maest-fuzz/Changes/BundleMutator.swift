import Foundation
import MAESTConverter
import MAESTTestSupport
import SwiftProtobuf

/// Changes the index of a checkpoint and writes it anew, with good checksums: what is wrong lies deeper.
struct BundleMutator: StructureMutator {
  private static let name = "variables/variables.index"
  private let entries: [Entry]

  struct Entry {
    var key: [UInt8]
    var value: [UInt8]
  }

  init(_ sample: Corpus.Sample) throws {
    let index = sample.files[Self.name].map { [UInt8]($0) } ?? []
    entries = try SortedStringTable.entries(of: index, path: Self.name).map {
      Entry(key: $0.key, value: Array($0.value))
    }
  }

  func change(_ sample: inout Corpus.Sample, _ random: inout SeededRandom) {
    var entries = entries
    var table = TableWriter()
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      if random.chance(3) { change(&table, &random) } else { change(&entries, &random) }
    }
    sample.files[Self.name] = table.file(entries)
  }

  private func change(_ entries: inout [Entry], _ random: inout SeededRandom) {
    guard let place = entries.indices.randomElement(using: &random),
      let other = entries.randomElement(using: &random)
    else { return }
    switch Int.random(in: 0..<7, using: &random) {
    case 0: entries.remove(at: place)
    case 1: entries.insert(other, at: place)
    case 2: entries.swapAt(place, 0)
    case 3: entries[place].key += Array(repeating: 0x61, count: Int.random(in: 1...100_000, using: &random))
    case 4: entries[place].value = other.value
    case 5:
      var header = TensorFlowBundleHeaderProto()
      header.numShards = Int32(truncatingIfNeeded: random.integer())
      entries[0].value = (try? header.serializedBytes()) ?? []
    default:
      guard var entry = try? TensorFlowBundleEntryProto(serializedBytes: entries[place].value) else { return }
      change(&entry, &random)
      entries[place].value = (try? entry.serializedBytes()) ?? []
    }
  }

  private func change(_ entry: inout TensorFlowBundleEntryProto, _ random: inout SeededRandom) {
    switch Int.random(in: 0..<7, using: &random) {
    case 0: entry.offset = Int64(random.integer())
    case 1: entry.size = Int64(random.integer())
    case 2: entry.shardID = Int32(truncatingIfNeeded: random.integer())
    case 3: entry.dtype = Int32.random(in: 0...24, using: &random)
    case 4: entry.crc32C = UInt32(truncatingIfNeeded: random.integer())
    case 5: entry.slices = Array(repeating: Data(), count: Int.random(in: 1...50_000, using: &random))
    default:
      entry.shape.unknownRank = random.chance(8)
      entry.shape.dim = random.integers().map { size in .with { $0.size = Int64(size) } }
    }
  }

  private func change(_ table: inout TableWriter, _ random: inout SeededRandom) {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: table.restartCount = UInt32(truncatingIfNeeded: random.integer())
    case 1: table.entriesPerBlock = Int.random(in: 1...8, using: &random)
    case 2: table.blockRepetitions = Int.random(in: 2...20_000, using: &random)
    case 3: table.offset = random.integer()
    default: table.emptyEntries = Int.random(in: 1...100_000, using: &random)
    }
  }
}

/// Writes LevelDB's table format, as it should be or with one thing wrong.
struct TableWriter {
  var restartCount: UInt32?
  var entriesPerBlock = Int.max
  /// How often the index block lists every data block.
  var blockRepetitions = 1
  /// Where the first data block is said to be.
  var offset: Int?
  /// Entries without key and value at the beginning of each block.
  var emptyEntries = 0

  private static let magic: [UInt8] = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]

  func file(_ entries: [BundleMutator.Entry]) -> Data {
    var file: [UInt8] = []
    var handles: [BundleMutator.Entry] = []
    var start = 0
    while start < entries.count {
      let part = entries[start...].prefix(entriesPerBlock)
      var handle = append(block(Array(part)), to: &file)
      if let offset, start == 0 { handle = Self.number(offset) + Self.number(100) }
      handles += Array(repeating: .init(key: part.last?.key ?? [], value: handle), count: blockRepetitions)
      start += part.count
    }
    let meta = append(block([]), to: &file)
    let index = append(block(handles), to: &file)
    let footer = meta + index
    return Data(file + footer + Array(repeating: 0, count: max(0, 40 - footer.count)) + Self.magic)
  }

  private func block(_ entries: [BundleMutator.Entry]) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<emptyEntries { bytes += [0, 0, 0] }
    for entry in entries {
      bytes +=
        Self.number(0) + Self.number(entry.key.count) + Self.number(entry.value.count) + entry.key
        + entry.value
    }
    bytes += [0, 0, 0, 0]
    return bytes + withUnsafeBytes(of: (restartCount ?? 1).littleEndian) { Array($0) }
  }

  /// Appends a block with its type and checksum; returns its place.
  private func append(_ block: [UInt8], to file: inout [UInt8]) -> [UInt8] {
    let handle = Self.number(file.count) + Self.number(block.count)
    let checksum = (block + [0]).withUnsafeBytes { CRC32C.masked($0) }
    file += block + [0] + withUnsafeBytes(of: checksum.littleEndian) { Array($0) }
    return handle
  }

  private static func number(_ value: Int) -> [UInt8] {
    var (rest, bytes) = (UInt64(bitPattern: Int64(value)), [UInt8]())
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
