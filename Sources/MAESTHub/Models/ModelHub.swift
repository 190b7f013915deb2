import Foundation
package import MAEST

/// Lists, downloads, locates and removes the official models.
///
/// ```swift
/// import MAEST
///
/// let hub = ModelHub.standard
/// let path = try await hub.pull("30s-pw-519l", acceptsLicence: true) { print($0) }
/// let model = try MAESTModel(path: path)
/// ```
///
/// The weights are licensed under CC BY-NC-SA 4.0: non-commercial use only.
public struct ModelHub: Sendable {
  /// A model of the catalogue, or another model in the user's model folder.
  public struct Entry: Sendable, Hashable, Codable {
    /// The model's name, such as "30s-pw-519l-2".
    public let name: String
    /// Other names of the same model.
    public let aliases: [String]
    /// Nil for a model that is not in the catalogue.
    public let labelCount: Int?
    /// Length of a patch in seconds; nil for a model that is not in the catalogue.
    public let seconds: Int?
    /// The weight file; nil if the model is not installed.
    public let path: String?
  }

  /// Progress of pulling a model.
  public enum PullProgress: Sendable, Hashable, CustomStringConvertible {
    /// Bytes of a file received so far; `expectedByteCount` is nil if the size is unknown.
    case downloading(file: String, byteCount: Int, expectedByteCount: Int?)
    /// An attempt failed; the next one follows after the pause.
    case retrying(reason: String, pause: Duration)
    /// The graph is being converted and verified against the converted weights.
    case converting(name: String)
    /// Something that the user should know.
    case notice(String)

    public var description: String {
      switch self {
      case .downloading(let file, let byteCount, let expected):
        "\(file): \(byteCount)\(expected.map { " of \($0)" } ?? "") bytes"
      case .retrying(let reason, let pause): "\(reason); again in \(pause)"
      case .converting(let name): "converting and verifying \(name)"
      case .notice(let text): text
      }
    }
  }

  private let catalogue: ModelCatalogue
  private let store: ModelStore
  private let cache: CacheInventory
  private let baseURL: String?
  private let policy: DownloadPolicy

  /// The official models, downloaded from their publisher into the user's model folder.
  public static let standard = ModelHub(catalogue: .official, store: .standard, cache: .standard)

  package init(
    catalogue: ModelCatalogue, store: ModelStore, cache: CacheInventory, baseURL: String? = nil,
    policy: DownloadPolicy = .retrying(5, stallLimit: .seconds(60))
  ) {
    self.catalogue = catalogue
    self.store = store
    self.cache = cache
    self.baseURL = baseURL
    self.policy = policy
  }

  /// The models of the catalogue, then other models in the user's model folder.
  ///
  /// - Throws: ``CatalogueError`` if the folder cannot be read.
  public func models() throws(CatalogueError) -> [Entry] {
    let installed = try store.installedNames()
    let official = catalogue.models.map { model in
      Entry(
        name: model.name, aliases: catalogue.aliases(of: model), labelCount: model.labelCount,
        seconds: model.seconds,
        path: installed.contains(model.name) ? store.weightFile(model.name).path : nil)
    }
    let known = Set(official.map(\.name))
    return official
      + installed.filter { !known.contains($0) }.map {
        Entry(name: $0, aliases: [], labelCount: nil, seconds: nil, path: store.weightFile($0).path)
      }
  }

  /// The path of an installed model's weight file.
  ///
  /// - Parameter name: a name or alias.
  /// - Throws: ``CatalogueError/unknownModel(name:nearest:)``, ``CatalogueError/notInstalled(name:folder:)``.
  public func locate(_ name: String) throws(CatalogueError) -> String {
    try store.installedPath(of: name, in: catalogue)
  }

  /// Downloads, converts and verifies a model, unless it is installed. A partial download is kept for the next attempt.
  ///
  /// Runs on its own thread and does not block Swift's cooperative thread pool. Cancelling the task does not cancel the
  /// download.
  ///
  /// - Parameters:
  ///   - name: a name or alias of the catalogue.
  ///   - acceptsLicence: whether the user accepts the licence, CC BY-NC-SA 4.0; required only for the first download
  ///     into a model folder.
  ///   - progress: called from another thread.
  /// - Returns: the path of the weight file.
  /// - Throws: ``CatalogueError``, ``DownloadError``, `ConversionError`, `VerificationError`.
  public func pull(
    _ name: String, acceptsLicence: Bool, progress: @escaping @Sendable (PullProgress) -> Void = { _ in }
  ) async throws -> String {
    try await onWaitingThread {
      let installer = try ModelInstaller(
        catalogue: catalogue, store: store, baseURL: baseURL, policy: policy)
      return try installer.install(name, acceptsLicence: acceptsLicence) { event in
        if let event = PullProgress(event) { progress(event) }
      }.path
    }
  }

  /// Removes a model and the cache files made from it.
  ///
  /// - Returns: the paths that were removed.
  /// - Throws: ``CatalogueError``.
  @discardableResult
  public func remove(_ name: String) throws -> [String] {
    let (name, model) = try store.resolve(name, in: catalogue)
    return try store.remove(name, model: model, cache: cache).map(\.path)
  }
}

extension ModelHub.PullProgress {
  fileprivate init?(_ event: InstallationEvent) {
    switch event {
    case .progress(let meter):
      self = .downloading(
        file: meter.name, byteCount: meter.byteCount, expectedByteCount: meter.totalByteCount)
    case .retrying(let reason, let pause): self = .retrying(reason: reason, pause: pause)
    case .converting(let name): self = .converting(name: name)
    case .notice(let text): self = .notice(text)
    case .downloading, .startingOver, .downloaded: return nil
    }
  }
}
