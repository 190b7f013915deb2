package import Foundation
package import Logging
import MAESTConverter
import MAESTFiles
package import MAESTWeights

/// Weight files of graphs that were given as `.pb` and the like: each is converted and verified once.
///
/// The key is the SHA-256 of the graph, of the metadata beside it, and the converter's version.
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

  /// The weights of the graph at `path`: from the cache, converted and put there now if they were not before; in memory
  /// where the cache cannot be written.
  ///
  /// - Throws: `ConversionError`, `VerificationError`, for a graph that cannot be used: then nothing is kept.
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

  /// What is in the cache, if it is as it was made; anything else is told and made anew.
  private func stored(_ file: CachedFile) -> WeightFile? {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
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

  /// The cache's folder cannot be written.
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
      // The weights are right and mapped; without a record they are converted again next time.
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

  /// The files that a conversion depends on, the graph's own first.
  private static func sources(_ path: String) throws -> [String] {
    try SourceReader.files(of: path)
      + [GraphConverter.metadataPath(besideGraphAt: path)].compactMap(\.self)
  }
}
