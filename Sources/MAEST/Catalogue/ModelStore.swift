package import Foundation
import MAESTTensor
import MAESTWeights

/// The folder of installed models: a weight file `NAME.safetensors` for each, beside it `NAME.source.json`.
package struct ModelStore: Sendable {
  package let folder: URL

  package init(folder: URL) { self.folder = folder }

  /// The user's model folder.
  package static var standard: ModelStore { ModelStore(folder: UserFolders.models) }

  package func weightFile(_ name: String) -> URL { folder.appendingPathComponent(name + ".safetensors") }
  package func recordFile(_ name: String) -> URL { folder.appendingPathComponent(name + ".source.json") }

  /// Where downloads lie until they are converted.
  var downloads: URL { folder.appendingPathComponent("downloads") }
  private var acceptedLicences: URL { folder.appendingPathComponent("accepted-licences.json") }

  /// Names of all weight files in the folder, in order; official ones and others.
  package func installedNames() -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }
      .map { String($0.dropLast(".safetensors".count)) }.sorted()
  }

  package func isInstalled(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: weightFile(name).path)
  }

  /// The record beside an installed model; nil where there is none, or none that can be read.
  package func record(_ name: String) -> InstallationRecord? {
    guard let data = try? Data(contentsOf: recordFile(name)) else { return nil }
    return try? JSONDecoder().decode(InstallationRecord.self, from: data)
  }

  func write(_ record: InstallationRecord) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try Self.write(try encoder.encode(record), to: recordFile(record.model))
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
    guard let data = try? Data(contentsOf: acceptedLicences) else { return [] }
    return (try? JSONDecoder().decode([String].self, from: data)) ?? []
  }
}
