import Foundation
import MAESTFuzzing

/// Makes inputs and reads them, one after the other, and says on its output which one it is at.
///
/// Two lines an input: `begin INDEX`, and `end INDEX converted|refused MICROSECONDS KIBIBYTES`.
struct Worker {
  private let corpus: Corpus
  private let reader: Reader
  private let seed: UInt64
  private let folder: String
  private let limitsMemory: Bool
  private let mutator: InputMutator
  private let memoryAtFirst: Int?
  /// KiB that freed memory may leave behind before a new worker takes over: what lies free serves the next inputs
  /// beyond their limit.
  private static let leftoverLimit = 8 << 10

  init(corpus: Corpus, reader: Reader, seed: UInt64, folder: String, limitsMemory: Bool) throws {
    self.corpus = corpus
    self.reader = reader
    self.seed = seed
    self.folder = folder
    self.limitsMemory = limitsMemory
    mutator = try InputMutator(corpus.samples(for: reader))
    memoryAtFirst = Limits.privateMemory
  }

  /// Whether another process should go on.
  var isWorn: Bool {
    guard let memoryAtFirst, let now = Limits.privateMemory else { return false }
    return now > memoryAtFirst + Self.leftoverLimit
  }

  /// Makes and reads an input; with `provocation`, that happens instead of reading.
  func run(_ index: Int, provoking provocation: Provocation?) throws {
    try autoreleasepool {
      report("begin \(index)")
      let sample = mutator.input(seed: seed, index: index)
      try write(sample)
      let (result, use) = Limits.enforced(byteCount: sample.byteCount, memory: limitsMemory) {
        provocation?.happen() ?? reader.outcome(of: folder + "/" + sample.model)
      }
      let word = result == .converted ? "converted" : "refused"
      report("end \(index) \(word) \(use.microseconds) \(use.kibibytes ?? -1)")
    }
  }

  /// Leaves exactly the files of `sample` in the folder.
  private func write(_ sample: Corpus.Sample) throws {
    let manager = FileManager.default
    try? manager.removeItem(atPath: folder)
    for (name, data) in sample.files {
      let url = URL(filePath: folder + "/" + name)
      try manager.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: url)
    }
  }

  private func report(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

  #if !canImport(Darwin)
    private func autoreleasepool(_ body: () throws -> Void) rethrows { try body() }
  #endif
}
