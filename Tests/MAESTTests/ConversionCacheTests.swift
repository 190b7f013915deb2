import Foundation
import Logging
import MAEST
import MAESTConverter
import MAESTTestSupport
import MAESTWeights
import Testing

/// Graphs are converted and verified on first use; what the cache has is used only if it is as it was made.
@Suite struct ConversionCacheTests {
  private struct Bench {
    let folder: String
    let log = NoticeLog()
    var graph: String { folder + "/graph.pb" }
    var cacheFolder: URL { URL(filePath: folder + "/cache") }
    var cache: ConversionCache { ConversionCache(folder: cacheFolder, logger: log.logger) }
    var inventory: CacheInventory { CacheInventory(folder: cacheFolder) }

    init(_ folder: String) throws {
      self.folder = folder
      try FileManager.default.copyItem(atPath: ReferenceModel.version2.graphPath, toPath: graph)
    }

    func weights() throws -> WeightFile { try cache.weights(ofGraphAt: graph) }

    /// Notices beside the one about label names.
    var notices: [String] { log.notices.filter { !$0.contains("Discogs styles") } }
  }

  private func isVerified(_ weights: WeightFile) -> Bool {
    if case .passed = weights.description.provenance.verification { true } else { false }
  }

  @Test func firstUseVerifiesAndNotesIt() throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder)
      #expect(isVerified(try bench.weights()))
      #expect(isVerified(try WeightFile(path: bench.weights().tensors.path)))
      #expect(bench.notices.isEmpty)
    }
  }

  /// Each was an error for ever, or went unseen: a cut file, no file, another content of the same size.
  @Test func whatIsDamagedIsConvertedAgain() throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder)
      let url = URL(filePath: try bench.weights().tensors.path)
      let whole = try Data(contentsOf: url)
      var flipped = whole
      flipped[flipped.count - 3] ^= 1
      for (number, damaged) in [Data(), whole.dropLast(), Data("{}".utf8), flipped].enumerated() {
        try damaged.write(to: url)
        let weights = try bench.weights()
        #expect(weights.tensors.path == url.path)
        #expect(try Data(contentsOf: url) == whole, "damage \(number)")
        #expect(bench.notices.count == number + 1)
        #expect(bench.notices.last?.contains("converted again") == true)
      }
    }
  }

  /// Without a record nothing tells whether the content is right.
  @Test func whatHasNoRecordIsConvertedAgain() throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder)
      let path = try bench.weights().tensors.path
      for record in [Data?.none, Data("[]".utf8)] {
        try FileManager.default.removeItem(atPath: path + ".json")
        try record?.write(to: URL(filePath: path + ".json"))
        _ = try bench.weights()
        #expect(bench.notices.last?.contains("no record") == true)
        #expect(try bench.inventory.items().first?.state == .present)
      }
    }
  }

  /// A copy, or a change of its rights, is no damage.
  @Test func whatWasOnlyTouchedIsUsed() throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder)
      let url = URL(filePath: try bench.weights().tensors.path)
      try Data(contentsOf: url).write(to: url)
      _ = try bench.weights()
      #expect(bench.notices.isEmpty)
    }
  }

  @Test func withoutAPlaceTheConversionStaysInMemory() throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder)
      let expected = try bench.weights()
      try FileManager.default.removeItem(at: bench.cacheFolder)
      // Where a file has its name, no folder can have it: so it is for every user.
      try Data("a file".utf8).write(to: bench.cacheFolder)
      let found = try bench.weights()
      #expect(found.tensors.path == bench.graph)
      #expect(found.description == expected.description)
      for parameter in expected.configuration.parameters {
        let matches =
          parameter.shape.count == 2
          ? found.matrix(parameter.name).elements() == expected.matrix(parameter.name).elements()
          : found.vector(parameter.name).elements() == expected.vector(parameter.name).elements()
        #expect(matches, "\(parameter.name)")
      }
      #expect(bench.notices.count == 1)
      #expect(bench.notices.first?.contains("stay in memory") == true)
    }
  }

  @Test func aGraphThatIsRefusedLeavesNothing() throws {
    try withTemporaryFolder { folder in
      let bench = try Bench(folder)
      try Data(contentsOf: URL(filePath: bench.graph)).dropLast(1000).write(to: URL(filePath: bench.graph))
      #expect(throws: ConversionError.self) { try bench.weights() }
      #expect(try FileManager.default.contentsOfDirectory(atPath: bench.cacheFolder.path) == [])
      #expect(bench.notices.isEmpty)
    }
  }
}
