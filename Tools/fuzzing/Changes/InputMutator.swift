import Foundation
import MAESTTestSupport

/// Makes inputs of seed files: the same one for the same seed and number.
package struct InputMutator {
  /// One for each sample, in the same order.
  private let structures: [any StructureMutator]
  private let samples: [Corpus.Sample]

  package init(_ samples: [Corpus.Sample]) throws {
    self.samples = samples
    structures = try samples.map(Self.structure(of:))
  }

  /// What changes a sample as its format is built.
  static func structure(of sample: Corpus.Sample) throws -> any StructureMutator {
    switch sample.reader {
    case .frozen: try FrozenGraphMutator(sample)
    case .savedModel: try SavedModelMutator(sample)
    case .onnx: try ONNXMutator(sample)
    case .safeTensors, .weights: try HeaderMutator(sample)
    case .audio: try AudioMutator(sample)
    case .records: try RecordMutator(sample)
    }
  }

  package func input(seed: UInt64, index: Int) -> Corpus.Sample {
    var random = SeededRandom(seed: seed)
    random = SeededRandom(seed: random.next() ^ UInt64(index))
    let (turn, chosen) = index.quotientAndRemainder(dividingBy: samples.count)
    var sample = samples[chosen]
    // Every fourth input has other numbers, in a model that is as it was otherwise: it gets as far as the network.
    if turn % 4 == 1 {
      structures[chosen].changeNumbers(&sample, &random)
      return sample
    }
    // Bytes alone, structure alone, or the bytes of a changed structure.
    let kind = Int.random(in: 0..<8, using: &random)
    if kind >= 3 { structures[chosen].change(&sample, &random) }
    if kind < 3 || kind == 7 { changeBytes(of: &sample, &random) }
    return sample
  }

  private func changeBytes(of sample: inout Corpus.Sample, _ random: inout SeededRandom) {
    let names = sample.files.keys.sorted()
    guard let name = names.randomElement(using: &random), var bytes = sample.files[name].map({ [UInt8]($0) })
    else {
      return
    }
    let donor = samples.randomElement(using: &random)?.files.values.max { $0.count < $1.count } ?? Data()
    for _ in 0..<Int.random(in: 1...4, using: &random) { ByteChange.random(&bytes, donor: donor, &random) }
    sample.files[name] = Data(bytes)
  }
}

/// Changes a model in ways that its format knows: the result can be decoded, but says other things.
protocol StructureMutator {
  func change(_ sample: inout Corpus.Sample, _ random: inout SeededRandom)

  /// Changes numbers only, such as epsilons and sizes: most of what it makes is still a model.
  func changeNumbers(_ sample: inout Corpus.Sample, _ random: inout SeededRandom)
}

extension StructureMutator {
  /// Formats whose changes are of numbers anyway.
  func changeNumbers(_ sample: inout Corpus.Sample, _ random: inout SeededRandom) { change(&sample, &random) }
}

extension SeededRandom {
  mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &self) == 0 }

  /// A number from 1, most often a small one: many large inputs would only take time.
  mutating func count(upTo limit: Int) -> Int {
    Int.random(in: 1...(chance(10) ? limit : min(limit, 100)), using: &self)
  }

  /// Zero, small, large and extreme numbers.
  mutating func integer() -> Int {
    switch Int.random(in: 0..<6, using: &self) {
    case 0: [0, 1, -1, 2, -2].randomElement(using: &self) ?? 0
    case 1: Int.random(in: -8...64, using: &self)
    case 2: 1 << Int.random(in: 4...62, using: &self)
    case 3: (1 << Int.random(in: 4...62, using: &self)) - 1
    case 4: [.max, .min, .max - 1, 1 << 20, 1 << 31, -(1 << 31), 1 << 40].randomElement(using: &self) ?? 0
    default: Int.random(in: .min ... .max, using: &self)
    }
  }

  /// A few numbers; now and then very many.
  mutating func integers() -> [Int] {
    if chance(10) {
      let number = integer()
      return Array(repeating: number, count: Int.random(in: 60...100_000, using: &self))
    }
    return (0..<Int.random(in: 0...6, using: &self)).map { _ in integer() }
  }
}
