import Foundation
import MAEST
import MAESTConverter
import MAESTHub
import MAESTTestSupport
import MAESTWeights
import Testing

/// Installing, checking and removing official models.
@Suite struct CatalogueInstallTests {
  @Test func theLicenceIsAskedForOnce() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder + "/models")
      #expect(
        throws: CatalogueError.licenceNotAccepted(
          model: "5s-tiny-2", licence: "L", url: "http://127.0.0.1/l", summary: "S")
      ) { try bench.install(accepts: false) }
      #expect(bench.server.requests("").isEmpty && bench.files.isEmpty, "nothing was fetched or written")
      try bench.install(accepts: true)
      _ = try bench.store.remove("5s-tiny-2", model: bench.catalogue.models.first, cache: bench.cache)
      try bench.install(accepts: false)
      try bench.expectInstalled()
    }
  }

  @Test func aSecondTimeNothingHappens() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder)
      let first = try bench.install()
      let second = try bench.install()
      #expect(second.record == nil && second.path == first.path)
      #expect(bench.server.requests("").count == 2)
    }
  }

  @Test func aDamagedWeightFileIsReplaced() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder)
      let path = try bench.install().path
      let bytes = try Data(contentsOf: URL(filePath: path))
      try bytes.dropLast(1).write(to: URL(filePath: path))
      #expect(try bench.install().record != nil)
      #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
    }
  }

  @Test func theGraphStaysWhereItIsWanted() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder)
      try bench.install(keepsGraph: true)
      let graph = folder + "/discogs-maest-5s-tiny-2.pb"
      #expect(try Data(contentsOf: URL(filePath: graph)) == InstallationBench.graphBytes)
      #expect(GraphConverter.metadataPath(besideGraphAt: graph) != nil)
      let removed = try bench.store.remove("5s-tiny-2", model: nil, cache: bench.cache)
      #expect(removed.map(\.byteCount).contains(InstallationBench.graphBytes.count))
      #expect(bench.files == ["accepted-licences.json"])
    }
  }

  @Test func whatIsNoGraphLeavesNothing() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder) { request, earlier in
        .file(
          earlier == 0 ? Data("<html>maintenance</html>".utf8) : InstallationBench.graphBytes, to: request)
      }
      #expect(throws: ConversionError.self) { try bench.install() }
      #expect(bench.files == ["accepted-licences.json"])
      try bench.install()
      try bench.expectInstalled()
    }
  }

  @Test func oneProcessAtATime() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder)
      try FileManager.default.createDirectory(
        atPath: folder + "/downloads", withIntermediateDirectories: true)
      let lock = open(folder + "/downloads/5s-tiny-2.lock", O_RDWR | O_CREAT, 0o644)
      try #require(lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
      #expect(throws: CatalogueError.busy(name: "5s-tiny-2", folder: folder)) { try bench.install() }
      close(lock)
      try bench.install()
      try bench.expectInstalled()
    }
  }

  @Test func aFolderThatCannotBeMade() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: URL(filePath: folder + "/file"))
      let bench = try InstallationBench(folder: folder + "/file/models")
      let error = #expect(throws: CatalogueError.self) { try bench.install() }
      #expect(error.map { "\($0)" }?.contains("file/models: cannot use this folder") == true)
    }
  }

  @Test func changesAreFound() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder, sha256: InstallationBench.graphDigest)
      let model = try #require(bench.catalogue.model(named: "5s-tiny"))
      #expect(
        throws: CatalogueError.notInstalled(name: "5s-tiny-2", folder: folder)
      ) { try bench.store.verify("5s-tiny-2", model: model) }
      let path = try bench.install().path
      #expect(try bench.store.verify("5s-tiny-2", model: model).facts.count == 5)
      // One weight changes: the file can be loaded as before.
      var bytes = try Data(contentsOf: URL(filePath: path))
      bytes[bytes.count - 3] ^= 1
      try bytes.write(to: URL(filePath: path))
      #expect(throws: Never.self) { try WeightFile(path: path) }
      let error = #expect(throws: CatalogueError.self) { try bench.store.verify("5s-tiny-2", model: model) }
      guard case .damaged(_, let findings)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(findings.count == 1 && findings[0].hasPrefix("weight file: SHA-256 is"), "\(findings)")
    }
  }

  @Test func weightsOfAnotherGraphAreFound() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder, sha256: InstallationBench.graphDigest)
      let model = try #require(bench.catalogue.model(named: "5s-tiny"))
      try TinyModel.write(to: bench.store.weightFile("5s-tiny-2").path)
      let error = #expect(throws: CatalogueError.self) { try bench.store.verify("5s-tiny-2", model: model) }
      #expect(error.map { "\($0)" }?.contains("graph in the list of models") == true)
      // Without anything known, the file itself is all there is to check.
      #expect(try bench.store.verify("5s-tiny-2", model: nil).facts.last?.contains("no record") == true)
    }
  }

  @Test func removingSaysWhatWasRemoved() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder)
      #expect(throws: CatalogueError.notInstalled(name: "5s-tiny-2", folder: folder)) {
        try bench.store.remove("5s-tiny-2", model: bench.catalogue.models.first, cache: bench.cache)
      }
      let result = try bench.install()
      let removed = try bench.store.remove(
        "5s-tiny-2", model: bench.catalogue.models.first, cache: bench.cache)
      #expect(removed.map(\.path) == [result.path, folder + "/5s-tiny-2.source.json"])
      #expect(removed.first?.byteCount == result.record?.weightByteCount)
    }
  }

  @Test func aForgedRecordRemovesNothingElsewhere() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder + "/models")
      try bench.install(keepsGraph: true)
      try Data("mine".utf8).write(to: URL(filePath: folder + "/precious"))
      let path = folder + "/models/5s-tiny-2.source.json"
      let record = try String(contentsOfFile: path, encoding: .utf8)
        .replacingOccurrences(of: "\"discogs-maest-5s-tiny-2.pb\"", with: "\"../precious\"")
      try record.write(toFile: path, atomically: true, encoding: .utf8)
      try #require(bench.store.record("5s-tiny-2")?.graph.name == "../precious")
      _ = try bench.store.remove("5s-tiny-2", model: nil, cache: bench.cache)
      #expect(FileManager.default.fileExists(atPath: folder + "/precious"))
    }
  }

  /// Names in a record that would let the whole folder, another model or the accepted licences go.
  @Test(arguments: ["", "other.safetensors", "other.source.json", "accepted-licences.json", ".", "downloads"])
  func aForgedRecordRemovesNothingOfOtherModels(name: String) throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder + "/models")
      try bench.install(keepsGraph: true)
      try TinyModel.write(to: folder + "/models/other.safetensors")
      try Data("{}".utf8).write(to: URL(filePath: folder + "/models/other.source.json"))
      let path = folder + "/models/5s-tiny-2.source.json"
      let record = try String(contentsOfFile: path, encoding: .utf8)
        .replacingOccurrences(of: "\"discogs-maest-5s-tiny-2.pb\"", with: "\"\(name)\"")
      try record.write(toFile: path, atomically: true, encoding: .utf8)
      try #require(bench.store.record("5s-tiny-2")?.graph.name == name)
      _ = try bench.store.remove("5s-tiny-2", model: nil, cache: bench.cache)
      #expect(
        bench.files == [
          "accepted-licences.json", "discogs-maest-5s-tiny-2.pb", "other.safetensors", "other.source.json",
        ])
    }
  }

  /// What an installation left that was killed.
  @Test func removingTakesUnfinishedFilesToo() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder)
      try bench.install()
      let names = [
        "5s-tiny-2.safetensors.partial-2147483647-7", "5s-tiny-3.safetensors.partial-2147483647-7",
      ]
      for name in names {
        try Data("x".utf8).write(to: URL(filePath: folder + "/" + name))
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: folder + "/" + name)
      }
      let removed = try bench.store.remove("5s-tiny-2", model: nil, cache: bench.cache)
      #expect(removed.contains { $0.path == folder + "/" + names[0] })
      #expect(bench.files == [names[1], "accepted-licences.json"])
    }
  }

  @Test func aRecordThatCannotBeReadIsFound() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder)
      try bench.install()
      try Data("{".utf8).write(to: URL(filePath: folder + "/5s-tiny-2.source.json"))
      let error = #expect(throws: CatalogueError.self) { try bench.store.verify("5s-tiny-2", model: nil) }
      #expect(error.map { "\($0)" }?.contains("5s-tiny-2.source.json: the weights cannot be checked") == true)
    }
  }

  /// A file in place of the folder: no models are not the same as models that cannot be seen.
  @Test func aFolderThatCannotBeReadIsAnError() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: URL(filePath: folder + "/models"))
      let store = ModelStore(folder: URL(filePath: folder + "/models"))
      #expect(throws: CatalogueError.self) { try store.installedNames() }
      let locator = ModelLocator(
        logger: .silent, environment: [:], modelFolder: store.folder, demoGraphPath: "demo")
      #expect(throws: CatalogueError.self) { try locator.path(named: nil) }
      for path in ["/models/below", "/missing"] {
        #expect(try ModelStore(folder: URL(filePath: folder + path)).installedNames().isEmpty)
      }
    }
  }

  /// Installed weights are verified, and say so.
  @Test func installedWeightsAreVerified() throws {
    try withTemporaryFolder { folder in
      let bench = try InstallationBench(folder: folder)
      let path = try bench.install().path
      guard case .passed = try WeightFile(path: path).description.provenance.verification else {
        Issue.record("\(try WeightFile(path: path).description.provenance)")
        return
      }
    }
  }
}
