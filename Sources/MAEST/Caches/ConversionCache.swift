package import Foundation
package import Logging
import MAESTConverter
import MAESTFiles
package import MAESTWeights

/// Caches the weight files converted from graphs such as `.pb`, so that each graph is converted and verified once.
///
/// The key is the SHA-256 over the converter's version, the graph and the metadata beside it.
package struct ConversionCache {
  let folder: URL
  let logger: Logger

  package init(folder: URL, logger: Logger) {
    self.folder = folder
    self.logger = logger
  }

  /// `maest` in the user's cache folder.
  static func standard(logger: Logger) -> ConversionCache {
    ConversionCache(folder: UserFolders().cache, logger: logger)
  }

  /// Returns the weights of the graph at `path` from the cache. Converts and caches the graph if necessary; if the
  /// cache cannot be written, the weights stay in memory.
  ///
  /// - Throws: `ConversionError` or `VerificationError` for a graph that cannot be used; nothing is cached then.
  package func weights(ofGraphAt path: String) throws -> WeightFile {
    let file = CachedFile(path: folder.appendingPathComponent(try Self.fileName(path)).path, logger: logger)
    if let weights = stored(file) { return weights }
    do {
      return try converted(path, file)
    } catch let error as CannotKeep {
      logger.notice(
        """
        \(folder.path): cannot keep converted graphs here (\(error.reason)); the weights of \(path) stay in memory, for \
        this process alone
        """)
      return try convert(path, to: nil)
    }
  }

  /// The cached weights if they are intact; otherwise logs the reason and returns nil, so that they are converted
  /// again.
  private func stored(_ file: CachedFile) -> WeightFile? {
    guard PathCalls.exists(file.path) else { return nil }
    do {
      let record = try file.intactRecord()
      let weights = try WeightFile(path: file.path)
      file.noteUse(record)
      return weights
    } catch {
      logger.notice("\(error); the graph is converted again")
      return nil
    }
  }

  /// The error for a cache folder that cannot be written.
  private struct CannotKeep: Error {
    let reason: String
  }

  private func converted(_ path: String, _ file: CachedFile) throws -> WeightFile {
    do { try Folders.make(folder.path) } catch { throw CannotKeep(reason: error.reason) }
    let weights: WeightFile
    do {
      weights = try convert(path, to: file.path)
    } catch let error as FileWriteError {
      throw CannotKeep(reason: error.reason)
    }
    do {
      let sources = try Self.sources(path).compactMap { CacheRecord.Source(path: $0) }
      try file.writeRecord { byteCount, sha256, identity in
        CacheRecord(
          kind: .conversion, model: URL(filePath: path).lastPathComponent, precision: nil,
          maker: GraphConverter.version, sources: sources, weightsSHA256: nil, byteCount: byteCount,
          sha256: sha256, identity: identity)
      }
    } catch {
      // The weights are valid and mapped; without a record the graph is converted again next time.
      logger.notice("\(error); the graph is converted again next time")
    }
    return weights
  }

  private func convert(_ path: String, to target: String?) throws -> WeightFile {
    let whereTo = target.map { ", once; the weights go to \($0)" } ?? ""
    logger.info("converting \(path)\(whereTo)")
    let (weights, report) = try GraphConverter.convertVerified(graphAt: path, to: target) {
      logger.info("verifying: the graph runs operation by operation and must give what the weights give")
    }
    for notice in report.notices { logger.notice("\(notice)") }
    return weights
  }

  // MARK: - Names

  /// Name of the weight file for the graph at `path`.
  static func fileName(_ path: String) throws -> String {
    var digest = SHA256Digest()
    Array(GraphConverter.version.utf8).withUnsafeBytes { digest.update($0) }
    for file in try sources(path) {
      try SourceReader.withBytes(of: file) { digest.update($0) }
    }
    return digest.finalize() + ".safetensors"
  }

  /// The files that a conversion depends on; the graph's own files come first.
  private static func sources(_ path: String) throws -> [String] {
    try SourceReader.files(of: path)
      + [GraphConverter.metadataPath(besideGraphAt: path)].compactMap(\.self)
  }
}
