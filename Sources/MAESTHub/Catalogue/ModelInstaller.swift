import Foundation
import MAESTConverter
import MAESTFiles
import MAESTTensor
import MAESTWeights

/// Downloads an official model, converts it into a weight file and verifies it against the graph.
package struct ModelInstaller {
  package let catalogue: ModelCatalogue
  package let store: ModelStore
  package let baseURL: String
  package let policy: DownloadPolicy

  /// Size limits in bytes: no MAEST graph is larger than 2 GB, no metadata file larger than 16 MB.
  static let (graphLimit, metadataLimit) = (2_000_000_000, 16_000_000)

  /// - Parameter baseURL: base URL of the catalogue's files; nil for the official one.
  /// - Throws: ``DownloadError/badAddress(_:)``.
  package init(
    catalogue: ModelCatalogue, store: ModelStore, baseURL: String? = nil, policy: DownloadPolicy
  ) throws(DownloadError) {
    self.catalogue = catalogue
    self.store = store
    self.baseURL = baseURL ?? catalogue.baseURL
    self.policy = policy
    _ = try Self.url(self.baseURL)
  }

  /// The result of an installation.
  package struct Result: Sendable {
    package let name: String
    /// The weight file.
    package let path: String
    /// Nil if the model was already installed.
    package let record: InstallationRecord?
  }

  /// Installs a model, unless it is already installed.
  ///
  /// - Parameters:
  ///   - name: a name or alias of the catalogue.
  ///   - acceptsLicence: whether the user accepts the licence now; required once for each model folder.
  ///   - keepsGraph: whether to keep the graph and its metadata beside the weight file.
  /// - Throws: ``CatalogueError``, ``DownloadError``, `ConversionError`, `VerificationError`. A partial download is
  ///   kept for the next attempt if it can be resumed; the weight file is either complete or absent.
  package func install(
    _ name: String, acceptsLicence: Bool, keepsGraph: Bool = false,
    notify: (InstallationEvent) -> Void = { _ in }
  ) throws -> Result {
    guard let model = catalogue.model(named: name) else {
      throw try catalogue.unknownModel(name, among: store)
    }
    if let result = installed(model) { return result }
    return try withLicenceAndLock(
      model.name, acceptsLicence: acceptsLicence, installed: { installed(model) },
      install: {
        try withoutActuallyEscaping(notify) { try install(model, keepsGraph: keepsGraph, notify: $0) }
      })
  }

  /// Checks the licence, takes the installation lock of `name` and installs it.
  ///
  /// - Parameters:
  ///   - installed: returns the existing installation, if any.
  ///   - install: downloads and installs the files.
  func withLicenceAndLock<Result>(
    _ name: String, acceptsLicence: Bool, forHeads: Bool = false, installed: () -> Result?,
    install: () throws -> Result
  ) throws -> Result {
    guard acceptsLicence || store.hasAccepted(catalogue.licence) else {
      let licence = catalogue.licence
      throw CatalogueError.licenceNotAccepted(
        model: name, licence: licence.name, url: licence.url, summary: licence.summary)
    }
    try store.makeFolders(forHeads: forHeads)
    defer { store.tidy() }
    let lock = try InstallationLock(name: name, in: store.downloads)
    return try withExtendedLifetime(lock) {
      if let result = installed() { return result }
      do {
        try store.accept(catalogue.licence)
        return try install()
      } catch let error as FileWriteError {
        throw DownloadError.cannotWrite(path: error.path, reason: error.reason)
      }
    }
  }

  /// The installed model, if its weight file exists and is valid.
  private func installed(_ model: OfficialModel) -> Result? {
    let path = store.weightFile(model.name).path
    guard store.isInstalled(model.name), (try? WeightFile(path: path)) != nil else { return nil }
    return Result(name: model.name, path: path, record: nil)
  }

  private func install(
    _ model: OfficialModel, keepsGraph: Bool, notify: @escaping (InstallationEvent) -> Void
  ) throws -> Result {
    let metadata = try download(model.metadata, limit: Self.metadataLimit, notify: notify)
    let graph = try download(model.graph, limit: Self.graphLimit, notify: notify)
    notify(.converting(name: model.name))
    let weights = store.weightFile(model.name).path
    let report = try convert(model, to: weights)
    for text in report.notices { notify(.notice(text)) }
    if report.description.labels.count != model.labelCount {
      notify(.notice("it has \(report.description.labels.count) labels, expected \(model.labelCount)"))
    }
    let (byteCount, digest) = try MappedFile(path: weights).withUnsafeBytes {
      ($0.count, SHA256Digest.hash($0))
    }
    let record = InstallationRecord(
      model: model.name, graph: graph, metadata: metadata, weightByteCount: byteCount, weightSHA256: digest,
      converterVersion: GraphConverter.version, licence: catalogue.licence.name, keepsGraph: keepsGraph)
    try store.write(record)
    try clear(model, keepsGraph: keepsGraph)
    return Result(name: model.name, path: weights, record: record)
  }

  /// Converts the downloaded files and verifies the result. Removes the downloads if that fails, so that a later
  /// attempt fetches them again.
  private func convert(_ model: OfficialModel, to path: String) throws -> ConversionReport {
    do {
      return try GraphConverter.convert(
        graphAt: downloaded(model.graph), metadataAt: downloaded(model.metadata), verifying: true, to: path)
    } catch  where error is ConversionError || error is VerificationError {
      for file in [model.graph, model.metadata] { FileSystemCalls.unlinkFile(downloaded(file)) }
      throw error
    }
  }

  func download(
    _ file: OfficialFile, limit: Int, notify: @escaping (InstallationEvent) -> Void
  ) throws -> InstallationRecord.Source {
    try FileDownload(
      file: file, url: Self.url(file.address(below: baseURL)), path: downloaded(file), byteLimit: limit,
      policy: policy, notify: notify
    ).run()
  }

  func downloaded(_ file: OfficialFile) -> String {
    store.downloads.appendingPathComponent(file.name).path
  }

  /// Removes the downloaded files, or moves them beside the weight file.
  private func clear(_ model: OfficialModel, keepsGraph: Bool) throws {
    for file in [model.graph, model.metadata] {
      let target = store.folder.appendingPathComponent(file.name).path
      let failed =
        keepsGraph
        ? FileSystemCalls.renameFile(downloaded(file), to: target)
        : FileSystemCalls.unlinkFile(downloaded(file))
      guard failed == 0 else {
        throw DownloadError.cannotWrite(
          path: keepsGraph ? target : downloaded(file), reason: DownloadError.reason(errno))
      }
    }
    guard !keepsGraph || FileSystemCalls.synchronizeFolder(store.folder.path) == 0 else {
      throw DownloadError.cannotWrite(path: store.folder.path, reason: DownloadError.reason(errno))
    }
  }

  private static func url(_ text: String) throws(DownloadError) -> URL {
    guard let url = URL(string: text), ["http", "https"].contains(url.scheme?.lowercased()),
      url.host?.isEmpty == false, url.query == nil, url.fragment == nil
    else { throw .badAddress(text) }
    return url
  }
}
