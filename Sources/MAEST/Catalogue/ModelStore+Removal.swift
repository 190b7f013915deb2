import Foundation

extension ModelStore {
  /// A file that was removed.
  package struct Removal: Sendable, Equatable {
    package var path: String
    package var byteCount: Int
  }

  /// Removes everything of a model: weight file, record, graph and unfinished downloads.
  ///
  /// - Returns: what was removed.
  /// - Throws: ``CatalogueError/notInstalled(name:folder:)`` where there is nothing of it.
  package func remove(_ name: String, model: OfficialModel?) throws(CatalogueError) -> [Removal] {
    var files = [weightFile(name), recordFile(name)]
    if let record = record(name), record.keepsGraph {
      // Plain names only: the record is a file that anybody may have written.
      files += [record.graph.name, record.metadata.name].filter { !$0.contains("/") && !$0.hasPrefix(".") }
        .map(folder.appendingPathComponent)
    }
    for name in [model?.graph.name, model?.metadata.name].compactMap(\.self) {
      files += ["", ".part", ".part.json"].map { downloads.appendingPathComponent(name + $0) }
    }
    var removals: [Removal] = []
    for file in files {
      guard let byteCount = FileStatus(path: file.path)?.byteCount else { continue }
      do { try FileManager.default.removeItem(at: file) } catch {
        throw .unusableFolder(folder: folder.path, reason: error.localizedDescription)
      }
      removals.append(Removal(path: file.path, byteCount: byteCount))
    }
    tidy()
    guard !removals.isEmpty else { throw .notInstalled(name: name, folder: folder.path) }
    return removals
  }
}
