import Foundation
import MAEST
import MAESTHub
import MAESTTestSupport
import Synchronization
import Testing

/// The public calls of the hub.
@Suite struct ModelHubTests {
  private final class Events: Sendable {
    let list = Mutex<[ModelHub.PullProgress]>([])
  }

  @Test func aModelComesAndGoes() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/maest-hub-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let bench = try InstallationBench(folder: folder)
    let hub = ModelHub(
      catalogue: bench.catalogue, store: bench.store, cache: bench.cache, baseURL: bench.server.baseURL)
    #expect(try hub.models().map(\.path) == [nil])
    #expect(throws: CatalogueError.notInstalled(name: "5s-tiny-2", folder: folder)) {
      try hub.locate("5s-tiny-2")
    }
    #expect(throws: CatalogueError.self) { try hub.locate("6s-tiny-2") }
    await #expect(throws: CatalogueError.self) { try await hub.pull("5s-tiny-2", acceptsLicence: false) }

    let events = Events()
    let path = try await hub.pull("5s-tiny-2", acceptsLicence: true) { event in
      events.list.withLock { $0.append(event) }
    }
    #expect(try MAESTModel(path: path).labels.count == 400)
    #expect(try hub.locate("5s-tiny-2") == path && hub.models().map(\.path) == [path])
    let seen = events.list.withLock { $0 }
    #expect(seen.contains(.converting(name: "5s-tiny-2")))

    #expect(try hub.remove("5s-tiny-2").contains(path))
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(throws: CatalogueError.self) { try hub.remove("5s-tiny-2") }
  }

  @Test func theDemoModelIsThere() throws {
    #expect(try MAESTModel.demo().labels.isEmpty == false)
  }
}
