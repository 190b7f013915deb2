import Foundation
package import MAEST
import MAESTFiles

extension ModelStore {
  /// A file that was removed.
  package struct Removal: Sendable, Equatable {
    package var path: String
    package var byteCount: Int
  }

  /// Removes all files of a model: weight file, record, graph, unfinished downloads, and the cache files that were made
  /// from this model only.
  ///
  /// - Returns: the files that were removed.
  /// - Throws: ``CatalogueError/notInstalled(name:folder:)`` if there are no files to remove.
  package func remove(
    _ name: String, model: OfficialModel?, cache: CacheInventory
  ) throws -> [Removal] {
    let files = try files(of: name, model: model)
    var removals: [Removal] = []
    let cached: [CacheInventory.Item]
    do {
      cached = try cache.removingItems(madeOf: files.map(\.path)) { removals = try remove(files) }
    } catch let error as FolderError {
      throw CatalogueError.unusableFolder(folder: error.folder, reason: error.reason)
    }
    tidy()
    guard !removals.isEmpty else { throw CatalogueError.notInstalled(name: name, folder: folder.path) }
    return removals + cached.map { Removal(path: $0.path, byteCount: $0.byteCount) }
  }

  /// Removes a head: graph, labels and unfinished downloads.
  ///
  /// - Returns: the files that were removed.
  /// - Throws: ``CatalogueError/notInstalled(name:folder:)`` if there are no files to remove.
  package func removeHead(_ name: String, head: OfficialHead?) throws(CatalogueError) -> [Removal] {
    var files = [headFile(name), headLabelsFile(name)]
    for name in [head?.graph.name, head?.metadata.name].compactMap(\.self) { files += unfinishedFiles(name) }
    let removals = try remove(files)
    FileSystemCalls.removeFolder(heads.path)
    tidy()
    guard !removals.isEmpty else { throw .notInstalled(name: name, folder: heads.path) }
    return removals
  }

  /// The files that a download may have left.
  private func unfinishedFiles(_ name: String) -> [URL] {
    ["", ".part", ".part.json"].map { downloads.appendingPathComponent(name + $0) }
  }

  /// Removes files. Skips folders with these names: the installer never creates them.
  private func remove(_ files: [URL]) throws(CatalogueError) -> [Removal] {
    var removals: [Removal] = []
    for file in files {
      guard let status = FileStatus(path: file.path), !status.isFolder else { continue }
      guard unlink(file.path) == 0 else {
        throw .unusableFolder(folder: folder.path, reason: "\(file.path): \(DownloadError.reason(errno))")
      }
      removals.append(Removal(path: file.path, byteCount: status.byteCount))
    }
    return removals
  }

  private func files(of name: String, model: OfficialModel?) throws(CatalogueError) -> [URL] {
    var files = [weightFile(name), recordFile(name)]
    let unfinished = try names(in: folder).map(folder.appendingPathComponent).filter { file in
      files.contains { file.lastPathComponent.hasPrefix($0.lastPathComponent + ".partial-") }
        && FileStatus(path: file.path).map { UnfinishedFile.isLeftOver(file.lastPathComponent, $0) } == true
    }
    files += unfinished
    if case .read(let record) = readRecord(name), record.keepsGraph {
      files += [record.graph.name, record.metadata.name].filter(Self.isGraphFile)
        .map(folder.appendingPathComponent)
    }
    for name in [model?.graph.name, model?.metadata.name].compactMap(\.self) {
      files += unfinishedFiles(name)
    }
    return files
  }

  /// Whether a name in a record can only be that of a graph or its metadata. A record may have been edited by anybody,
  /// so it must not cause other files of the folder to be removed.
  private static func isGraphFile(_ name: String) -> Bool {
    !name.contains("/") && !name.hasPrefix(".") && (name.hasSuffix(".pb") || name.hasSuffix(".json"))
      && !name.hasSuffix(recordEnding) && name != licencesName
  }
}
