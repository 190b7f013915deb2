package import Foundation
import MAEST
import MAESTFiles
import MAESTTensor
import MAESTWeights

/// The folder of installed models: a weight file `NAME.safetensors` for each, beside it `NAME.source.json`; and in the
/// folder `heads` classification heads, the files as they were published, `NAME.pb` and `NAME.json`.
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

  /// Where downloads lie until they are converted.
  var downloads: URL { folder.appendingPathComponent("downloads") }
  private var acceptedLicences: URL { folder.appendingPathComponent(Self.licencesName) }

  /// Names of all weight files in the folder, in order; official ones and others.
  ///
  /// - Throws: ``CatalogueError/unusableFolder(folder:reason:)`` for a folder that cannot be read; one that does not
  ///   exist has no models.
  package func installedNames() throws(CatalogueError) -> [String] {
    try names(in: folder).filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }
      .map { String($0.dropLast(".safetensors".count)) }
  }

  package func isInstalled(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: weightFile(name).path)
  }

  /// Names of all heads in the folder, in order.
  ///
  /// - Throws: as ``installedNames()``.
  package func installedHeads() throws(CatalogueError) -> [String] {
    try names(in: heads).filter { $0.hasSuffix(".pb") && !$0.hasPrefix(".") }
      .map { String($0.dropLast(".pb".count)) }
  }

  package func isHeadInstalled(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: headFile(name).path)
  }

  /// A path as it is; the name of a head as the path of the installed one.
  ///
  /// What exists is a path, and so is everything with a slash or a dot, which no name has.
  package func headPath(of name: String, catalogue: ModelCatalogue) throws(CatalogueError) -> String {
    guard ModelCatalogue.isName(name), !FileManager.default.fileExists(atPath: name) else { return name }
    if isHeadInstalled(name) { return headFile(name).path }
    guard let head = catalogue.head(named: name) else { throw try catalogue.unknownHead(name, among: self) }
    guard isHeadInstalled(head.name) else { throw .notInstalled(name: head.name, folder: heads.path) }
    return headFile(head.name).path
  }

  /// What stands beside an installed model.
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

  /// The record beside an installed model; nil where there is none, or none that can be read.
  package func record(_ name: String) -> InstallationRecord? {
    if case .read(let record) = readRecord(name) { record } else { nil }
  }

  func write(_ record: InstallationRecord) throws {
    try AtomicFile.write(try SortedJSON.data(record, isIndented: true), to: recordFile(record.model).path)
  }

  /// Makes the folders for models and downloads, and for heads where one is to be installed.
  func makeFolders(forHeads: Bool = false) throws(CatalogueError) {
    do {
      try Folders.make(downloads.path)
      if forHeads { try Folders.make(heads.path) }
    } catch {
      throw .unusableFolder(folder: folder.path, reason: error.reason)
    }
  }

  /// Removes the folder for downloads if nothing is in it.
  func tidy() { FileSystemCalls.removeFolder(downloads.path) }

  /// Names in a folder, in order.
  func names(in folder: URL) throws(CatalogueError) -> [String] {
    do { return try FolderNames.list(folder) } catch {
      throw .unusableFolder(folder: error.folder, reason: error.reason)
    }
  }
}

extension ModelStore {
  /// Whether the user accepted a licence before.
  package func hasAccepted(_ licence: ModelLicence) -> Bool { accepted().contains(licence.name) }

  /// Remembers that the user accepts a licence.
  func accept(_ licence: ModelLicence) throws {
    guard !hasAccepted(licence) else { return }
    let names = (accepted() + [licence.name]).sorted()
    try AtomicFile.write(try JSONEncoder().encode(names), to: acceptedLicences.path)
  }

  private func accepted() -> [String] {
    // A list that cannot be read counts as none: the user is asked once more.
    guard let data = try? Data(contentsOf: acceptedLicences) else { return [] }
    return (try? JSONDecoder().decode([String].self, from: data)) ?? []
  }
}
