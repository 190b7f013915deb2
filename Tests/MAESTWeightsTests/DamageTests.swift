import Foundation
import MAESTTestSupport
import MAESTWeights
import Testing

/// Sound weight files with something wrong in them: refused, or the same model.
@Suite struct DamageTests {
  /// A sound file's bytes, the size of its header with the length field, and what it describes.
  private struct SoundFile {
    let bytes: Data
    let headerByteCount: Int
    let description: ModelDescription
    let entries: [String: SafeTensorsEntry]

    init(_ configuration: ModelConfiguration) throws {
      (bytes, headerByteCount, description, entries) = try withTemporaryFolder { folder in
        let path = folder + "/sound"
        try TinyModel.write(to: path, configuration)
        let file = try WeightFile(path: path)
        return (
          try Data(contentsOf: URL(filePath: path)), file.tensors.dataOffset, file.description,
          file.tensors.entries
        )
      }
    }

    /// Reads a damaged file.
    func outcome(at path: String) -> Outcome {
      // What WeightFile throws is a WeightError, by its signature.
      guard let file = try? WeightFile(path: path) else { return .refused }
      guard file.description == description else { return .lie("\(file.description)") }
      guard file.tensors.entries == entries else { return .lie("\(file.tensors.entries)") }
      let sizes = file.configuration.parameters.map { file.elements(of: $0).count }
      let expected = file.configuration.parameters.map { $0.shape.reduce(1, *) }
      return sizes == expected ? .same : .lie("sizes \(sizes)")
    }
  }

  /// What may become of a damaged file: an error, the same model (its weights aside), or, wrongly, another.
  private enum Outcome {
    case refused
    case same
    case lie(String)
  }

  /// How many files came to what.
  private struct Tally {
    var refused = 0
    var same = 0
    var lies: [String] = []

    mutating func count(_ outcome: Outcome, _ what: @autoclosure () -> String) {
      switch outcome {
      case .refused: refused += 1
      case .same: same += 1
      case .lie(let found): lies.append("\(what()): \(found)")
      }
    }

    var firstLie: String { lies.isEmpty ? "" : "\(lies.count) are taken for another model; \(lies[0])" }
  }

  static let shares = 4

  /// Every bit of the length field and the header, each share a file of its own.
  @Test(arguments: 0..<shares)
  func everyFlippedBitOfTheHeaderIsNoticed(share: Int) throws {
    let sound = try SoundFile(Models.smallest)
    try withFile(sound.bytes) { path in
      let file = try FileHandle(forUpdating: URL(filePath: path))
      defer { try? file.close() }
      func put(_ byte: UInt8, at offset: Int) throws {
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: Data([byte]))
      }
      var tally = Tally()
      for offset in stride(from: share, to: sound.headerByteCount, by: Self.shares) {
        let byte = sound.bytes[offset]
        for bit in 0..<8 {
          try put(byte ^ 1 << bit, at: offset)
          tally.count(sound.outcome(at: path), "bit \(bit) of byte \(offset)")
        }
        try put(byte, at: offset)
      }
      #expect(tally.lies.isEmpty, "\(tally.firstLie)")
      #expect(tally.same == 0 && tally.refused > 0, "\(tally.same) flips are not noticed")
      #expect(throws: Never.self, "the file is sound again") { try WeightFile(path: path) }
    }
  }

  @Test func aFileCutAnywhereIsRefused() throws {
    let sound = try SoundFile(Models.smallest)
    let starts = sound.entries.values.map { sound.headerByteCount + $0.dataRange.lowerBound }
    let ends = sound.entries.values.map { sound.headerByteCount + $0.dataRange.upperBound }
    let places = Set([0, 8, 10, 16, sound.headerByteCount] + starts + ends)
    let lengths = Set(places.flatMap { [$0 - 1, $0, $0 + 1] }).filter { (0..<sound.bytes.count).contains($0) }
    try withFile(sound.bytes) { path in
      let file = try FileHandle(forUpdating: URL(filePath: path))
      defer { try? file.close() }
      for length in lengths.sorted(by: >) {
        try file.truncate(atOffset: UInt64(length))
        #expect(throws: WeightError.self, "\(length) of \(sound.bytes.count) bytes") {
          try WeightFile(path: path)
        }
      }
    }
  }

  /// 2,000 files with up to eight changes each, in the header, in the data, or in both.
  @Test(arguments: 0..<shares)
  func randomDamageIsRefusedOrHarmless(share: Int) throws {
    let sound = try SoundFile(Models.odd)
    var random = SeededRandom(seed: UInt64(share))
    var tally = Tally()
    try withTemporaryFolder { folder in
      let path = folder + "/damaged"
      for round in 0..<500 {
        var bytes = sound.bytes
        for _ in 0..<Int.random(in: 1...8, using: &random) {
          damage(&bytes, headerByteCount: sound.headerByteCount, &random)
        }
        try bytes.write(to: URL(filePath: path))
        tally.count(sound.outcome(at: path), "round \(round)")
      }
    }
    #expect(tally.lies.isEmpty, "\(tally.firstLie)")
    #expect(tally.refused > 0 && tally.same > 0, "both occur: \(tally.refused) refused, \(tally.same) same")
  }

  /// One change: a flipped bit, another byte, inserted bytes, missing bytes, a cut.
  private func damage(_ bytes: inout Data, headerByteCount: Int, _ random: inout SeededRandom) {
    guard !bytes.isEmpty else { return }
    let isInHeader = Int.random(in: 0..<4, using: &random) == 0
    let place = Int.random(
      in: 0..<(isInHeader ? min(headerByteCount, bytes.count) : bytes.count), using: &random)
    switch Int.random(in: 0..<20, using: &random) {
    case 0: bytes.removeSubrange(place...)
    case 1: bytes.removeSubrange(place..<min(place + 5, bytes.count))
    case 2:
      let inserted = (0..<Int.random(in: 1...9, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      bytes.insert(contentsOf: inserted, at: place)
    case 3: bytes[place] = UInt8.random(in: 0...255, using: &random)
    default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    }
  }
}
