import Foundation
import Logging
import MAEST
import MAESTHub
import MAESTTestSupport
import MAESTWeights
import Testing

/// What a removed model leaves in the cache.
@Suite struct CacheRemovalTests {
  private func convert(_ graph: String, _ inventory: CacheInventory) throws -> String {
    try ConversionCache(folder: inventory.folder, logger: .silent).weights(ofGraphAt: graph).tensors.path
  }

  /// Packs a weight file for precision bf16.
  private func pack(_ path: String, _ inventory: CacheInventory) throws {
    let options = EngineOptions(threadCount: 2, precision: .bf16, allowsEmulation: true)
    let compute = try options.makeCompute()
    let cache = PackedWeightCache(
      folder: inventory.folder.appendingPathComponent("packed"), logger: .silent, smallestFile: 0)
    _ = cache.weights(of: try WeightFile(path: path), for: try #require(compute.tiles), on: compute)
  }

  private func states(_ inventory: CacheInventory) throws -> [String] {
    try inventory.items().map { "\($0.kind?.rawValue ?? "none") \($0.model ?? "none") \($0.state)" }.sorted()
  }

  @Test func removingAModelRemovesWhatWasMadeOfIt() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder + "/models")
      let inventory = CacheInventory(folder: URL(filePath: folder + "/cache"))
      let weights = try bench.install(keepsGraph: true).path
      try TinyModel.write(to: folder + "/other.safetensors")
      try pack(folder + "/other.safetensors", inventory)
      try pack(weights, inventory)
      // The conversion is of the same bytes as the installed weights: what was packed serves both.
      try pack(convert(folder + "/models/" + InstallationBench.graphName, inventory), inventory)
      #expect(try inventory.items().count == 3)
      let removed = try bench.store.remove("5s-tiny-2", model: nil, cache: inventory)
      #expect(removed.filter { $0.path.hasPrefix(inventory.folder.path) }.count == 2)
      #expect(try states(inventory) == ["packed weights tiny.pb present"])
    }
  }

  /// A copy of an installed model elsewhere still uses what was packed of it.
  @Test func removingAModelLeavesWhatItsCopyUses() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder + "/models")
      let inventory = CacheInventory(folder: URL(filePath: folder + "/cache"))
      let weights = try bench.install().path
      try FileManager.default.copyItem(atPath: weights, toPath: folder + "/copy.safetensors")
      for path in [weights, folder + "/copy.safetensors"] { try pack(path, inventory) }
      _ = try bench.store.remove("5s-tiny-2", model: nil, cache: inventory)
      #expect(try inventory.items().map(\.state) == [.present])
    }
  }
}
