package import Foundation
package import MAESTFiles

extension CacheInventory {
  /// Which files are removed. What is left over of processes that ended always is.
  package enum Selection: Sendable, Equatable {
    case all
    /// Those whose model is gone.
    case gone
    /// Those that were not used since.
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

  /// The files that a cleaning removes.
  package func items(_ selection: Selection) throws(FolderError) -> [Item] {
    try items().filter(selection.contains)
  }

  /// Removes files, with the records beside them.
  ///
  /// A process that uses one keeps it until it ends.
  ///
  /// - Throws: `FolderError` for the first file that cannot be removed.
  package func remove(_ items: [Item]) throws(FolderError) {
    for item in items {
      for path in [item.path, item.path + CachedFile.recordEnding] where unlink(path) != 0 && errno != ENOENT
      {
        throw FolderError(folder: folder.path, reason: "\(path): \(String(cString: strerror(errno)))")
      }
    }
    try removeUselessNotes()
  }

  /// Removes what was made of files that are about to go and of nothing else.
  ///
  /// - Parameters:
  ///   - paths: the files that go.
  ///   - removal: lets them go.
  /// - Returns: what was removed of the cache.
  package func removingItems(
    madeOf paths: [String], while removal: () throws -> Void
  ) throws -> [Item] {
    let resolved = Set(
      paths.map { URL(filePath: $0).resolvingSymlinksInPath().standardizedFileURL.path })
    let concerned = Set(try items().filter { !resolved.isDisjoint(with: $0.sources) }.map(\.path))
    try removal()
    // What was packed of a conversion goes with it.
    let gone = try items().filter { item in
      item.state == .gone && (concerned.contains(item.path) || !concerned.isDisjoint(with: item.sources))
    }
    try remove(gone)
    return gone
  }

  /// Removes notes of digests that no packed weights are named by, and records without a file.
  private func removeUselessNotes() throws(FolderError) {
    let packed = folder.appendingPathComponent(Self.packedFolder)
    let names = Set(try FolderNames.list(packed))
    for name in names {
      let url = packed.appendingPathComponent(name)
      if name.hasSuffix(Self.noteEnding) {
        // A note that cannot be read is of no use either.
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
