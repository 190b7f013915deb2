package import Foundation
import MAEST
import MAESTFiles
import MAESTTensor
import MAESTWeights

/// The folder of installed models. Each model has a weight file `NAME.safetensors` and a record `NAME.source.json`. The
/// subfolder `heads` contains classification heads as they were published: `NAME.pb` and `NAME.json`.
package struct ModelStore: Sendable {
  package let folder: URL

  package init(folder: URL) { self.folder = folder }

  /// The user's model folder.
  package static var standard: ModelStore { ModelStore(folder: UserFolders().models) }

  package func weightFile(_ name: String) -> URL { folder.appendingPathComponent(name + ".safetensors") }
  package func recordFile(_ name: String) -> URL { folder.appendingPathComponent(name + Self.recordEnding) }

  package var heads: URL { folder.appendingPathComponent("heads") }
  package func headFile(_ name: String) -> URL { heads.appendingPathComponent(name + ".pb") }
  package func headLabelsFile(_ name: String) -> URL { heads.appendingPathComponent(name + ".json") }

  static let recordEnding = ".source.json"
  static let licencesName = "accepted-licences.json"

  /// The folder of downloads that are not yet converted.
  var downloads: URL { folder.appendingPathComponent("downloads") }
  private var acceptedLicences: URL { folder.appendingPathComponent(Self.licencesName) }

  /// Names of all installed models, official or not, sorted.
  ///
  /// - Throws: ``CatalogueError/unusableFolder(folder:reason:)`` if the folder cannot be read. A folder that does not
  ///   exist counts as empty.
  package func installedNames() throws(CatalogueError) -> [String] {
    try names(in: folder).filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }
      .map { String($0.dropLast(".safetensors".count)) }
  }

  package func isInstalled(_ name: String) -> Bool {
    PathCalls.exists(weightFile(name).path)
  }

  /// Names of all installed heads, sorted.
  ///
  /// - Throws: as ``installedNames()``.
  package func installedHeads() throws(CatalogueError) -> [String] {
    try names(in: heads).filter { $0.hasSuffix(".pb") && !$0.hasPrefix(".") }
      .map { String($0.dropLast(".pb".count)) }
  }

  package func isHeadInstalled(_ name: String) -> Bool {
    PathCalls.exists(headFile(name).path)
  }

  /// The installed or official model with this name or alias.
  ///
  /// - Throws: ``CatalogueError/unknownModel(name:nearest:)``.
  package func resolve(
    _ name: String, in catalogue: ModelCatalogue
  ) throws(CatalogueError) -> (name: String, model: OfficialModel?) {
    let model = catalogue.model(named: name)
    if ModelCatalogue.isName(name), isInstalled(name) { return (name, model?.name == name ? model : nil) }
    guard let model else { throw try catalogue.unknownModel(name, among: self) }
    return (model.name, model)
  }

  /// The path of the weight file of the installed model with this name or alias.
  ///
  /// - Throws: ``CatalogueError/unknownModel(name:nearest:)``, ``CatalogueError/notInstalled(name:folder:)``.
  package func installedPath(of name: String, in catalogue: ModelCatalogue) throws(CatalogueError) -> String {
    let name = try resolve(name, in: catalogue).name
    guard isInstalled(name) else { throw .notInstalled(name: name, folder: folder.path) }
    return weightFile(name).path
  }

  /// Resolves the name of an installed head to its path; returns a path unchanged.
  ///
  /// The argument is a path if the file exists or if it contains a slash or a dot, which names cannot contain.
  package func headPath(of name: String, catalogue: ModelCatalogue) throws(CatalogueError) -> String {
    guard ModelCatalogue.isName(name), !PathCalls.exists(name) else { return name }
    if isHeadInstalled(name) { return headFile(name).path }
    guard let head = catalogue.head(named: name) else { throw try catalogue.unknownHead(name, among: self) }
    guard isHeadInstalled(head.name) else { throw .notInstalled(name: head.name, folder: heads.path) }
    return headFile(head.name).path
  }

  /// The result of reading the record beside an installed model.
  enum RecordFinding {
    case none
    case unreadable(reason: String)
    case read(InstallationRecord)
  }

  func readRecord(_ name: String) -> RecordFinding {
    let data: Data
    do { data = try Data(contentsOf: recordFile(name)) } catch CocoaError.fileReadNoSuchFile {
      return .none
    } catch {
      return .unreadable(reason: error.localizedDescription)
    }
    do { return .read(try JSONDecoder().decode(InstallationRecord.self, from: data)) } catch {
      return .unreadable(reason: "it is no record of an installation")
    }
  }

  /// The record beside an installed model; nil if it is missing or unreadable.
  package func record(_ name: String) -> InstallationRecord? {
    if case .read(let record) = readRecord(name) { record } else { nil }
  }

  func write(_ record: InstallationRecord) throws {
    try AtomicFile.write(try SortedJSON.data(record, isIndented: true), to: recordFile(record.model).path)
  }

  /// Makes the folders for models and downloads, and the folder for heads if `forHeads` is true.
  func makeFolders(forHeads: Bool = false) throws(CatalogueError) {
    do {
      try Folders.make(downloads.path)
      if forHeads { try Folders.make(heads.path) }
    } catch {
      throw .unusableFolder(folder: folder.path, reason: error.reason)
    }
  }

  /// Removes the folder for downloads if it is empty.
  func tidy() { FileSystemCalls.removeFolder(downloads.path) }

  /// Names in a folder, sorted.
  func names(in folder: URL) throws(CatalogueError) -> [String] {
    do { return try FolderNames.list(folder) } catch {
      throw .unusableFolder(folder: error.folder, reason: error.reason)
    }
  }
}

extension ModelStore {
  /// Whether the user has accepted a licence.
  package func hasAccepted(_ licence: ModelLicence) -> Bool { accepted().contains(licence.name) }

  /// Records that the user has accepted a licence.
  func accept(_ licence: ModelLicence) throws {
    guard !hasAccepted(licence) else { return }
    let names = (accepted() + [licence.name]).sorted()
    try AtomicFile.write(try JSONEncoder().encode(names), to: acceptedLicences.path)
  }

  private func accepted() -> [String] {
    // An unreadable list counts as empty, so the user has to accept the licence again.
    guard let data = try? Data(contentsOf: acceptedLicences) else { return [] }
    return (try? JSONDecoder().decode([String].self, from: data)) ?? []
  }
}
