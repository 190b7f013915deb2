package import Foundation
import MAESTTensor
import MAESTWeights

/// The folder of installed models: a weight file `NAME.safetensors` for each, beside it `NAME.source.json`.
package struct ModelStore: Sendable {
  package let folder: URL

  package init(folder: URL) { self.folder = folder }

  /// The user's model folder.
  package static var standard: ModelStore { ModelStore(folder: UserFolders().models) }

  package func weightFile(_ name: String) -> URL { folder.appendingPathComponent(name + ".safetensors") }
  package func recordFile(_ name: String) -> URL { folder.appendingPathComponent(name + Self.recordEnding) }

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
    try FolderNames.list(folder).filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }
      .map { String($0.dropLast(".safetensors".count)) }
  }

  package func isInstalled(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: weightFile(name).path)
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
    try Self.write(try SortedJSON.data(record, isIndented: true), to: recordFile(record.model))
  }

  /// Makes the folders for models and downloads.
  func makeFolders() throws(CatalogueError) {
    do { try Folders.make(downloads.path) } catch {
      throw .unusableFolder(folder: folder.path, reason: error.reason)
    }
  }

  /// Removes the folder for downloads if nothing is in it.
  func tidy() { FileSystemCalls.removeFolder(downloads.path) }

  static func write(_ data: Data, to url: URL) throws {
    let file = try AtomicFile(path: url.path)
    try file.write(data)
    try file.commit()
  }
}

extension ModelStore {
  /// Whether the user accepted a licence before.
  package func hasAccepted(_ licence: ModelLicence) -> Bool { accepted().contains(licence.name) }

  /// Remembers that the user accepts a licence.
  func accept(_ licence: ModelLicence) throws {
    guard !hasAccepted(licence) else { return }
    let names = (accepted() + [licence.name]).sorted()
    try Self.write(try JSONEncoder().encode(names), to: acceptedLicences)
  }

  private func accepted() -> [String] {
    // A list that cannot be read counts as none: the user is asked once more.
    guard let data = try? Data(contentsOf: acceptedLicences) else { return [] }
    return (try? JSONDecoder().decode([String].self, from: data)) ?? []
  }
}
