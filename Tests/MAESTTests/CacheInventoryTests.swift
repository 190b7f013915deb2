import Foundation
import Logging
import MAEST
import MAESTConverter
import MAESTTestSupport
import MAESTWeights
import Testing

/// What the cache holds, and what can go.
@Suite struct CacheInventoryTests {
  private func graph(_ folder: String, _ name: String = "graph.pb") throws -> String {
    let path = folder + "/" + name
    try FileManager.default.copyItem(atPath: ReferenceModel.version2.graphPath, toPath: path)
    return path
  }

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

  @Test func aModelThatIsGone() throws {
    try withTemporaryFolder { folder in
      let inventory = CacheInventory(folder: URL(filePath: folder + "/cache"))
      #expect(try inventory.items().isEmpty)
      let (first, second) = (try graph(folder), folder + "/model.safetensors")
      try TinyModel.write(to: second)
      try pack(second, inventory)
      // A conversion, and what was packed of it.
      try pack(try convert(first, inventory), inventory)
      #expect(
        try states(inventory) == [
          "conversion graph.pb present", "packed weights graph.pb present", "packed weights tiny.pb present",
        ])
      #expect(try inventory.items(.gone).isEmpty)
      try FileManager.default.removeItem(atPath: first)
      #expect(
        try states(inventory) == [
          "conversion graph.pb gone", "packed weights graph.pb gone", "packed weights tiny.pb present",
        ])
      try inventory.remove(inventory.items(.gone))
      #expect(try states(inventory) == ["packed weights tiny.pb present"])
      // The same file with other weights.
      try TinyModel.write(to: second, seed: 2)
      #expect(try states(inventory) == ["packed weights tiny.pb gone"])
      try inventory.remove(inventory.items(.all))
      let left = try FileManager.default.subpathsOfDirectory(atPath: inventory.folder.path)
      #expect(left == ["packed"], "records and notes go, too")
    }
  }

  @Test func aCopyKeepsWhatWasPacked() throws {
    try withTemporaryFolder { folder in
      let inventory = CacheInventory(folder: URL(filePath: folder + "/cache"))
      for name in ["a", "b"] {
        try TinyModel.write(to: folder + "/\(name).safetensors")
        try pack(folder + "/\(name).safetensors", inventory)
      }
      #expect(try inventory.items().map(\.sources.count) == [2])
      try FileManager.default.removeItem(atPath: folder + "/a.safetensors")
      #expect(try states(inventory) == ["packed weights tiny.pb present"])
      // Written again: the same content with another identity.
      let path = folder + "/b.safetensors"
      try Data(contentsOf: URL(filePath: path)).write(to: URL(filePath: path), options: .atomic)
      #expect(try states(inventory) == ["packed weights tiny.pb present"])
      try FileManager.default.removeItem(atPath: path)
      #expect(try states(inventory) == ["packed weights tiny.pb gone"])
    }
  }

  @Test func whatWasNotUsedForLong() throws {
    try withTemporaryFolder { folder in
      let inventory = CacheInventory(folder: URL(filePath: folder + "/cache"))
      let graph = try graph(folder)
      let path = try convert(graph, inventory)
      let old = Date(timeIntervalSinceNow: -40 * 86400)
      let limit = Date(timeIntervalSinceNow: -30 * 86400)
      for file in [path, path + ".json"] {
        try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: file)
      }
      #expect(try inventory.items(.unused(since: limit)).map(\.path) == [path])
      _ = try convert(graph, inventory)
      #expect(try inventory.items(.unused(since: limit)).isEmpty, "using it is noted")
    }
  }

  @Test func whatProcessesLeftBehind() throws {
    try withTemporaryFolder { folder in
      let inventory = CacheInventory(folder: URL(filePath: folder + "/cache"))
      try FileManager.default.createDirectory(
        at: inventory.folder.appendingPathComponent("packed"), withIntermediateDirectories: true)
      let names = [
        // No process has such a number.
        "x.safetensors.partial-2147483647-7", "packed/x.safetensors.maest-partial-2147483647-8",
        "x.safetensors.maest-partial", "being-written.maest-partial",
        "y.safetensors.partial-\(ProcessInfo.processInfo.processIdentifier)-7", "notes.txt",
        "z.partial-0-1", "z.partial-99999999999999999999-1",
      ]
      let old = Date(timeIntervalSinceNow: -3600)
      for name in names {
        let path = inventory.folder.path + "/" + name
        try Data("x".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
      }
      try Data("x".utf8).write(to: URL(filePath: inventory.folder.path + "/new.partial-2147483647-9"))
      let lock = open(inventory.folder.path + "/being-written.maest-partial", O_RDWR | O_CLOEXEC)
      defer { close(lock) }
      #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
      let items = try inventory.items(.gone)
      #expect(Set(items.map(\.path)) == Set(names.prefix(3).map { inventory.folder.path + "/" + $0 }))
      #expect(items.allSatisfy { $0.state == .leftover })
      try inventory.remove(items)
      #expect(try inventory.items(.all).isEmpty)
      #expect(FileManager.default.fileExists(atPath: inventory.folder.path + "/notes.txt"))
    }
  }

  /// A file of an earlier version, and a record that says nothing.
  @Test func whatIsOfUnknownOrigin() throws {
    try withTemporaryFolder { folder in
      let inventory = CacheInventory(folder: URL(filePath: folder + "/cache"))
      try FileManager.default.createDirectory(at: inventory.folder, withIntermediateDirectories: true)
      for name in ["a.safetensors", "b.safetensors", "b.safetensors.json"] {
        try Data("x".utf8).write(to: inventory.folder.appendingPathComponent(name))
      }
      #expect(try states(inventory) == ["none none unknown", "none none unknown"])
      #expect(try inventory.items(.gone).isEmpty)
      try inventory.remove(inventory.items(.all))
      #expect(try FileManager.default.contentsOfDirectory(atPath: inventory.folder.path) == [])
    }
  }
}

/// Where the user's files are kept.
@Suite struct UserFoldersTests {
  private func folders(_ environment: [String: String]) -> UserFolders {
    UserFolders(environment: environment, listedHome: URL(filePath: "/listed"))
  }

  @Test func variablesComeBeforeTheListOfUsers() {
    #if os(macOS)
      let (cache, data) = ("Library/Caches", "Library/Application Support")
    #else
      let (cache, data) = (".cache", ".local/share")
    #endif
    #expect(folders([:]).cache.path == "/listed/\(cache)/maest")
    #expect(folders([:]).models.path == "/listed/\(data)/maest/models")
    let home = ["HOME": "/home/me"]
    #expect(folders(home).cache.path == "/home/me/\(cache)/maest")
    #expect(folders(home).models.path == "/home/me/\(data)/maest/models")
    let all = ["HOME": "/home/me", "XDG_CACHE_HOME": "/c", "XDG_DATA_HOME": "/d"]
    #expect(folders(all).cache.path == "/c/maest")
    #expect(folders(all).models.path == "/d/maest/models")
  }

  @Test func pathsThatAreNotAbsoluteDoNotCount() {
    let listed = folders([:])
    for path in ["", "relative", "./x", "~"] {
      let found = folders(["HOME": path, "XDG_CACHE_HOME": path, "XDG_DATA_HOME": path])
      #expect(found.cache == listed.cache && found.models == listed.models)
    }
  }
}
