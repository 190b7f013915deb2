import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport

/// Changes the index of a checkpoint and writes it anew, with good checksums: what is wrong lies deeper.
struct BundleMutator: StructureMutator {
  private static let name = "variables/variables.index"
  private let entries: [TableWriter.Entry]

  init(_ sample: Corpus.Sample) throws {
    let index = sample.files[Self.name].map { [UInt8]($0) } ?? []
    entries = try SortedStringTable.entries(of: index, path: Self.name).map {
      TableWriter.Entry(key: $0.key, value: Array($0.value))
    }
  }

  func change(_ sample: inout Corpus.Sample, _ random: inout SeededRandom) {
    var entries = entries
    var table = TableWriter { CRC32C.masked($0) }
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      if random.chance(3) { change(&table, &random) } else { change(&entries, &random) }
    }
    sample.files[Self.name] = table.file(entries)
  }

  private func change(_ entries: inout [TableWriter.Entry], _ random: inout SeededRandom) {
    guard let place = entries.indices.randomElement(using: &random),
      let other = entries.randomElement(using: &random)
    else { return }
    switch Int.random(in: 0..<7, using: &random) {
    case 0: entries.remove(at: place)
    case 1: entries.insert(other, at: place)
    case 2: entries.swapAt(place, 0)
    case 3: entries[place].key += Array(repeating: 0x61, count: random.count(upTo: 100_000))
    case 4: entries[place].value = other.value
    case 5:
      var header = TensorFlowBundleHeaderProto()
      header.numShards = Int32(truncatingIfNeeded: random.integer())
      entries[0].value = [UInt8](header.serializedBytes)
    default:
      guard var entry = try? TensorFlowBundleEntryProto(serializedBytes: Data(entries[place].value)) else {
        return
      }
      change(&entry, &random)
      entries[place].value = [UInt8](entry.serializedBytes)
    }
  }

  private func change(_ entry: inout TensorFlowBundleEntryProto, _ random: inout SeededRandom) {
    switch Int.random(in: 0..<7, using: &random) {
    case 0: entry.offset = Int64(random.integer())
    case 1: entry.size = Int64(random.integer())
    case 2: entry.shardID = Int32(truncatingIfNeeded: random.integer())
    case 3: entry.dtype = TensorFlowDataType(rawValue: Int.random(in: 0...24, using: &random))
    case 4: entry.crc32C = UInt32(truncatingIfNeeded: random.integer())
    case 5: entry.slices = Array(repeating: Data(), count: random.count(upTo: 50_000))
    default:
      entry.shape.unknownRank = random.chance(8)
      entry.shape.dim = random.integers().map { size in .with { $0.size = Int64(size) } }
    }
  }

  private func change(_ table: inout TableWriter, _ random: inout SeededRandom) {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: table.restartCount = UInt32(truncatingIfNeeded: random.integer())
    case 1: table.entriesPerBlock = Int.random(in: 1...8, using: &random)
    case 2: table.blockRepetitions = random.count(upTo: 20_000)
    case 3: table.offset = random.integer()
    default: table.emptyEntries = random.count(upTo: 100_000)
    }
  }
}
