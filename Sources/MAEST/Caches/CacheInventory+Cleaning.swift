package import Foundation
package import MAESTFiles

extension CacheInventory {
  /// Selects the files to remove. Unfinished files of ended processes are always selected.
  package enum Selection: Sendable, Equatable {
    case all
    /// Files whose model is gone.
    case gone
    /// Files that have not been used since a date.
    case unused(since: Date)

    fileprivate func contains(_ item: Item) -> Bool {
      if item.state == .leftover { return true }
      return switch self {
      case .all: true
      case .gone: item.state == .gone
      case .unused(let date): item.lastUse < date
      }
    }
  }

  /// The files in a selection.
  package func items(_ selection: Selection) throws(FolderError) -> [Item] {
    try items().filter(selection.contains)
  }

  /// Removes files and the records beside them.
  ///
  /// A process that has mapped a file can use it until the process ends.
  ///
  /// - Throws: `FolderError` at the first file that cannot be removed.
  package func remove(_ items: [Item]) throws(FolderError) {
    for item in items {
      for path in [item.path, item.path + CachedFile.recordEnding] where unlink(path) != 0 && errno != ENOENT
      {
        throw FolderError(folder: folder.path, reason: "\(path): \(String(cString: strerror(errno)))")
      }
    }
    try removeUselessNotes()
  }

  /// Removes source files and the cache files that were made from these only.
  ///
  /// - Parameters:
  ///   - paths: the source files to be removed.
  ///   - removal: removes the source files.
  /// - Returns: the cache files that were removed.
  package func removingItems(
    madeOf paths: [String], while removal: () throws -> Void
  ) throws -> [Item] {
    let resolved = Set(
      paths.map { URL(filePath: $0).resolvingSymlinksInPath().standardizedFileURL.path })
    let concerned = Set(try items().filter { !resolved.isDisjoint(with: $0.sources) }.map(\.path))
    try removal()
    // Also remove packed weights that were made from a removed conversion.
    let gone = try items().filter { item in
      item.state == .gone && (concerned.contains(item.path) || !concerned.isDisjoint(with: item.sources))
    }
    try remove(gone)
    return gone
  }

  /// Removes digest notes without matching packed weights, and records without a file.
  private func removeUselessNotes() throws(FolderError) {
    let packed = folder.appendingPathComponent(Self.packedFolder)
    let names = Set(try FolderNames.list(packed))
    for name in names {
      let url = packed.appendingPathComponent(name)
      if name.hasSuffix(Self.noteEnding) {
        // An unreadable note counts as useless.
        let digest = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        if !digest.isEmpty, names.contains(where: { $0.hasPrefix(digest + "-") }) { continue }
      } else if name.hasSuffix(Self.weightEnding + CachedFile.recordEnding) {
        if names.contains(String(name.dropLast(CachedFile.recordEnding.count))) { continue }
      } else {
        continue
      }
      unlink(url.path)
    }
  }
}
