package import Foundation
import Logging
import MAESTConverter
package import MAESTFiles
import MAESTTensor
import MAESTWeights

/// Lists the files in the user's cache, the models they belong to, and whether they can still be used.
package struct CacheInventory: Sendable {
  package let folder: URL

  /// Name of the subfolder of packed weights.
  static let packedFolder = "packed"
  static let noteEnding = ".sha256"
  static let weightEnding = ".safetensors"

  package init(folder: URL) { self.folder = folder.resolvingSymlinksInPath().standardizedFileURL }

  /// The user's cache.
  package static var standard: CacheInventory { CacheInventory(folder: UserFolders().cache) }

  /// Whether the files that a cache file was made from still exist.
  package enum State: String, Codable, Sendable {
    /// The model exists and is unchanged.
    case present
    /// The model no longer exists, has changed, or this version makes the file differently.
    case gone
    /// The file has no record: an earlier version made it.
    case unknown
    /// An unfinished file of a process that ended.
    case leftover
  }

  /// A file in the cache.
  package struct Item: Sendable, Equatable {
    package var path: String
    /// Nil for unfinished files and files of unknown origin.
    package var kind: CacheRecord.Kind?
    /// File name of the graph or weight file that it was made from.
    package var model: String?
    package var precision: String?
    /// Paths of the files that it was made from.
    package var sources: [String]
    package var byteCount: Int
    package var lastUse: Date
    package var state: State
  }

  /// All files in the cache, the largest first.
  ///
  /// - Throws: `FolderError` if the folder cannot be read. A folder that does not exist counts as empty.
  package func items() throws(FolderError) -> [Item] {
    let conversions = try items(in: folder) { record, name in conversionState(record, name) }
    let gone = Set(conversions.filter { $0.state == .gone }.map(\.path))
    let packed = try items(in: folder.appendingPathComponent(Self.packedFolder)) { record, _ in
      packedState(record, goneConversions: gone)
    }
    return (conversions + packed).sorted { ($1.byteCount, $0.path) < ($0.byteCount, $1.path) }
  }

  private func items(
    in folder: URL, state: (CacheRecord, _ name: String) -> State
  ) throws(FolderError) -> [Item] {
    var items: [Item] = []
    for name in try FolderNames.list(folder) {
      let path = folder.appendingPathComponent(name).path
      guard let status = FileStatus(path: path), status.isRegularFile else { continue }
      var item = Item(
        path: path, sources: [], byteCount: status.byteCount, lastUse: status.lastChange, state: .unknown)
      if UnfinishedFile.isLeftOver(path, status) {
        item.state = .leftover
      } else if name.hasSuffix(Self.weightEnding) {
        let file = CachedFile(path: path, logger: .silent)
        item.lastUse = file.lastUse ?? item.lastUse
        if let record = file.record {
          (item.kind, item.model, item.precision) = (record.kind, record.model, record.precision)
          item.sources = record.sources.map(\.path)
          item.state = state(record, name)
        }
      } else {
        continue
      }
      items.append(item)
    }
    return items
  }

  // MARK: - States

  private func conversionState(_ record: CacheRecord, _ name: String) -> State {
    guard record.maker == GraphConverter.version, let graph = record.sources.first else { return .gone }
    if record.sources.allSatisfy(\.isUnchanged) { return .present }
    // The files' identity has changed, so compare their content. An unreadable graph counts as gone.
    return (try? ConversionCache.fileName(graph.path)) == name ? .present : .gone
  }

  private func packedState(_ record: CacheRecord, goneConversions: Set<String>) -> State {
    guard record.maker == PackedWeightCache.maker else { return .gone }
    let isThere = record.sources.contains { source in
      guard !goneConversions.contains(source.path) else { return false }
      return source.isUnchanged || Self.digest(source.path).map { $0 == record.weightsSHA256 } ?? false
    }
    return isThere ? .present : .gone
  }

  /// SHA-256 of a file; nil if it cannot be read.
  private static func digest(_ path: String) -> String? {
    // No error is needed: an unreadable file counts as gone.
    try? MappedFile(path: path).withUnsafeBytes { SHA256Digest.hash($0) }
  }
}
