import Foundation
import MAEST
import MAESTFiles
import MAESTHub
import MAESTTestSupport
import MAESTWeights
import Synchronization
import Testing

/// A folder, a catalogue of one model, and a server that gives its files as the test wants.
final class InstallationBench: Sendable {
  static let graphBytes = bytes("graphs/discogs-maest-5s-tiny-2.pb")
  static let metadataBytes = bytes("graphs/discogs-maest-5s-tiny-2.json")
  static let graphName = "discogs-maest-5s-tiny-2.pb"
  static let graphDigest = graphBytes.withUnsafeBytes { SHA256Digest.hash($0) }

  let store: ModelStore
  let server: LoopbackServer
  /// Empty.
  var cache: CacheInventory { CacheInventory(folder: store.folder.appendingPathComponent("cache")) }
  let catalogue: ModelCatalogue
  private let events = Mutex<[String]>([])

  /// - Parameters:
  ///   - byteCount: the graph's size in the catalogue.
  ///   - sha256: the graph's hash in the catalogue.
  ///   - graph: the answer to a request for the graph.
  init(
    folder: String, byteCount: Int? = nil, sha256: String? = nil,
    graph: @escaping @Sendable (LoopbackServer.Request, _ earlierRequests: Int) -> LoopbackServer.Answer = {
      request, _ in .file(InstallationBench.graphBytes, to: request)
    }
  ) throws {
    Self.keepLocal
    store = ModelStore(folder: URL(filePath: folder))
    server = try LoopbackServer { request, earlier in
      if request.path == "/maest/discogs-maest-5s-tiny-2.json" {
        return .file(Self.metadataBytes, to: request)
      }
      guard request.path == "/maest/\(Self.graphName)" else { return LoopbackServer.Answer(status: 404) }
      return graph(request, earlier)
    }
    catalogue = try ModelCatalogue(
      json: Self.catalogueJSON(byteCount: byteCount, sha256: sha256), origin: "test")
  }

  deinit { server.stop() }

  static func catalogueJSON(byteCount: Int? = nil, sha256: String? = nil) -> Data {
    let known =
      (byteCount.map { ", \"byteCount\": \($0)" } ?? "") + (sha256.map { ", \"sha256\": \"\($0)\"" } ?? "")
    let text = """
      {"baseURL": "http://127.0.0.1:1", "aliases": {"5s-tiny": "5s-tiny-2"}, "heads": [],
       "licence": {"name": "L", "url": "http://127.0.0.1/l", "owner": "O", "summary": "S"},
       "models": [{"name": "5s-tiny-2", "labelCount": 400, "seconds": 5,
         "graph": {"path": "maest/discogs-maest-5s-tiny-2.pb"\(known)},
         "metadata": {"path": "maest/discogs-maest-5s-tiny-2.json"}}]}
      """
    return Data(text.utf8)
  }

  /// Installs with short pauses.
  @discardableResult
  func install(
    accepts: Bool = true, keepsGraph: Bool = false, retries: Int = 3, stallLimit: Duration = .seconds(5)
  ) throws -> ModelInstaller.Result {
    let policy = DownloadPolicy(
      stallLimit: stallLimit, pauses: [Duration](repeating: .milliseconds(5), count: retries))
    let installer = try ModelInstaller(
      catalogue: catalogue, store: store, baseURL: server.baseURL, policy: policy)
    return try installer.install("5s-tiny", acceptsLicence: accepts, keepsGraph: keepsGraph) { event in
      switch event {
      case .startingOver: self.events.withLock { $0.append("starting over") }
      case .retrying: self.events.withLock { $0.append("retrying") }
      default: break
      }
    }
  }

  /// Retries and fresh starts, in order.
  var hitches: [String] { events.withLock(\.self) }

  /// Start and validator of each request for the graph: "0", "600000 of \"1\"".
  var graphRequests: [String] {
    server.requests(Self.graphName).map { request in
      let start = request.fields["range"].map { $0.dropFirst("bytes=".count).dropLast() } ?? "0"
      return start + (request.fields["if-range"].map { " of \($0)" } ?? "")
    }
  }

  /// Paths below the folder.
  var files: [String] {
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: store.folder.path)) ?? []
    return paths.sorted()
  }

  /// Expects exactly what an installation leaves, and weights that work.
  func expectInstalled(sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(
      files == ["5s-tiny-2.safetensors", "5s-tiny-2.source.json", "accepted-licences.json"],
      sourceLocation: sourceLocation)
    let file = try WeightFile(path: store.weightFile("5s-tiny-2").path)
    #expect(file.description.provenance.sourceSHA256 == Self.graphDigest, sourceLocation: sourceLocation)
    #expect(file.description.labels.first == "Blues---Boogie Woogie", sourceLocation: sourceLocation)
    #expect(store.record("5s-tiny-2")?.graph.sha256 == Self.graphDigest, sourceLocation: sourceLocation)
  }

  /// Where the tests are run behind a proxy, it is not for them.
  private static let keepLocal: Void = {
    let environment = ProcessInfo.processInfo.environment
    if environment.keys.contains(where: { $0.lowercased().hasSuffix("_proxy") }) {
      setenv("no_proxy", "*", 1)
    }
  }()

  private static func bytes(_ fixture: String) -> Data {
    (try? Data(contentsOf: URL(filePath: Fixtures.path(fixture)))) ?? Data()
  }
}
