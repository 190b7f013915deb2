import Foundation
import Logging
import MAEST
import MAESTKernels
import MAESTNetwork
import MAESTTensor
import MAESTTestSupport
import MAESTWeights
import Testing

/// Packed weights are made once, kept, shared, and made anew where they are wrong.
@Suite struct PackedWeightCacheTests {
  /// A cache, a weight file, and what tells whether packed weights are right: the network's output.
  private struct Bench {
    let folder: String
    let compute: Compute

    init(_ folder: String, _ precision: Precision = .bf16) throws {
      self.folder = folder
      compute = try Compute(threadCount: 2, precision: precision, allowsEmulation: true)
    }

    var cache: PackedWeightCache { PackedWeightCache(folder: cacheFolder, logger: .silent, smallestFile: 0) }
    var cacheFolder: URL { URL(filePath: folder + "/cache") }

    func weightFile(_ name: String, seed: UInt64 = 1) throws -> WeightFile {
      let path = folder + "/" + name
      try TinyModel.write(to: path, seed: seed)
      return try WeightFile(path: path)
    }

    func logits(_ file: WeightFile, _ cache: PackedWeightCache) throws -> Tensor? {
      try logits(file, cache.weights(of: file, for: try #require(compute.tiles), on: compute))
    }

    /// By weights that were packed without a cache.
    func expectedLogits(_ file: WeightFile) throws -> Tensor? {
      try logits(file, PackedWeights.pack(file, for: try #require(compute.tiles), on: compute))
    }

    private func logits(_ file: WeightFile, _ packed: PackedWeights) throws -> Tensor? {
      let configuration = file.configuration
      var random = SeededRandom(seed: 5)
      let count = configuration.frameCount * configuration.bandCount
      let melPatch = Matrix(
        copying: (0..<count).map { _ in random.nextNormal() }, rows: configuration.frameCount,
        columns: configuration.bandCount)
      return AudioSpectrogramTransformer(file, packed: packed)(
        melPatch, taps: [.logits], on: compute
      ).logits
    }

    func kept(_ ending: String) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: cacheFolder.path).filter { $0.hasSuffix(ending) }
        .sorted()
    }
  }

  @Test func aModelIsPackedOnce() throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder)
      let file = try bench.weightFile("model.safetensors")
      let expected = try bench.expectedLogits(file)
      #expect(try bench.logits(file, bench.cache) == expected)
      let names = try bench.kept(".safetensors")
      #expect(names.count == 1 && names[0].contains("-bf16-"))
      let path = bench.cacheFolder.appendingPathComponent(names[0]).path
      let made = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
      #expect(try bench.logits(file, bench.cache) == expected)
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int == made)
      _ = try Bench(folder, .high).logits(file, bench.cache)
      #expect(try bench.kept(".safetensors").count == 2, "another precision has a file of its own")
    }
  }

  @Test func copiesShareAFileAndOtherWeightsDoNot() throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder)
      for name in ["a.safetensors", "b.safetensors"] {
        _ = try bench.logits(bench.weightFile(name), bench.cache)
      }
      #expect(try bench.kept(".safetensors").count == 1)
      let other = try bench.weightFile("a.safetensors", seed: 2)
      #expect(
        try bench.logits(other, bench.cache) == bench.expectedLogits(other), "other weights under an old name"
      )
      #expect(try bench.kept(".safetensors").count == 2)
    }
  }

  @Test func whatIsDamagedIsMadeAnew() throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder)
      let file = try bench.weightFile("model.safetensors")
      let expected = try bench.logits(file, bench.cache)
      for ending in [".safetensors", ".sha256"] {
        let url = bench.cacheFolder.appendingPathComponent(try #require(try bench.kept(ending).first))
        let whole = try Data(contentsOf: url)
        for damaged in [Data(), whole.dropLast(), Data("no digest".utf8)] {
          try damaged.write(to: url)
          let log = NoticeLog()
          let cache = PackedWeightCache(folder: bench.cacheFolder, logger: log.logger, smallestFile: 0)
          #expect(try bench.logits(file, cache) == expected)
          #expect(try Data(contentsOf: url) == whole, "\(ending) of \(damaged.count) bytes")
          #expect(log.notices.count == (ending == ".safetensors" ? 1 : 0))
        }
      }
    }
  }

  /// Content that was changed under the same name, with its size and time of change set back.
  @Test func weightsOfTheSameSizeAndTimeAreToldApart() throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder)
      let path = folder + "/model.safetensors"
      let file = try bench.weightFile("model.safetensors")
      _ = try bench.logits(file, bench.cache)
      let time = try #require(FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date)
      try TinyModel.write(to: folder + "/other.safetensors", seed: 2)
      let handle = try FileHandle(forWritingTo: URL(filePath: path))
      try handle.write(contentsOf: Data(contentsOf: URL(filePath: folder + "/other.safetensors")))
      try handle.close()
      try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path)
      let changed = try WeightFile(path: path)
      #expect(try bench.logits(changed, bench.cache) == bench.expectedLogits(changed))
    }
  }

  /// The first file is mapped still, the name is another's: no note may bind one to the other.
  @Test func aFileThatIsReplacedWhileItIsOpen() throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder)
      let old = try bench.weightFile("model.safetensors")
      let new = try bench.weightFile("model.safetensors", seed: 2)
      #expect(try bench.logits(old, bench.cache) == bench.expectedLogits(old))
      #expect(try bench.logits(new, bench.cache) == bench.expectedLogits(new))
      #expect(try bench.kept(".sha256").count == 1)
    }
  }

  /// A folder with packed weights in which notes of digests cannot be written.
  @Test func aNoteThatCannotBeWrittenIsDoneWithout() throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder)
      let file = try bench.weightFile("model.safetensors")
      let expected = try bench.logits(file, bench.cache)
      let note = bench.cacheFolder.appendingPathComponent(try #require(try bench.kept(".sha256").first))
      try FileManager.default.removeItem(at: note)
      // Where a folder has its name, no file can have it.
      try FileManager.default.createDirectory(
        at: note.appendingPathComponent("x"), withIntermediateDirectories: true)
      let log = NoticeLog()
      let cache = PackedWeightCache(folder: bench.cacheFolder, logger: log.logger, smallestFile: 0)
      #expect(try bench.logits(file, cache) == expected)
      #expect(log.notices.isEmpty)
    }
  }

  @Test func withoutAPlaceWeightsArePackedInMemory() throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder)
      let file = try bench.weightFile("model.safetensors")
      try Data("a file".utf8).write(to: bench.cacheFolder)
      let log = NoticeLog()
      let cache = PackedWeightCache(folder: bench.cacheFolder, logger: log.logger, smallestFile: 0)
      #expect(try bench.logits(file, cache) == bench.expectedLogits(file))
      #expect(log.notices.count == 1)
      #expect(log.notices.first?.contains("cannot keep packed weights") == true)
    }
  }

  @Test func smallModelsAreNotKept() throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder)
      let file = try bench.weightFile("model.safetensors")
      let cache = PackedWeightCache(folder: bench.cacheFolder, logger: .silent)
      #expect(try bench.logits(file, cache) == bench.expectedLogits(file))
      #expect(!FileManager.default.fileExists(atPath: bench.cacheFolder.path))
    }
  }
}
