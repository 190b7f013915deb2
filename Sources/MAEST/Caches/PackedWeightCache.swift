package import Foundation
package import Logging
import MAESTFiles
package import MAESTKernels
package import MAESTNetwork
import MAESTTensor
package import MAESTWeights

/// Caches files of packed weights. A model's weights are packed once per precision and memory-mapped from then on, so
/// that loading is fast and processes share the memory.
///
/// A file's name contains the SHA-256 of the weights, the precision and the layout version.
package struct PackedWeightCache {
  let folder: URL
  let logger: Logger
  /// Weight files smaller than this are not cached; each process packs them itself, which is fast.
  let smallestFile: Int

  package init(folder: URL, logger: Logger, smallestFile: Int = 16 << 20) {
    self.folder = folder
    self.logger = logger
    self.smallestFile = smallestFile
  }

  /// `maest/packed` in the user's cache folder.
  static func standard(logger: Logger) -> PackedWeightCache {
    PackedWeightCache(
      folder: UserFolders().cache.appendingPathComponent(CacheInventory.packedFolder), logger: logger)
  }

  /// Returns a model's packed weights from the cache, and packs and caches them if necessary. Small weights are packed
  /// into the process's own memory, as are all weights if the cache cannot be used.
  package func weights(of file: WeightFile, for kernels: TileKernels, on compute: Compute) -> PackedWeights {
    guard file.tensors.file.byteCount >= smallestFile else {
      return PackedWeights.pack(file, for: kernels, on: compute)
    }
    do {
      return try cached(file, kernels, compute)
    } catch {
      logger.notice(
        """
        \(folder.path): cannot keep packed weights here (\(error)); they are packed now, in memory of this process alone
        """)
      return PackedWeights.pack(file, for: kernels, on: compute)
    }
  }

  private func cached(_ file: WeightFile, _ kernels: TileKernels, _ compute: Compute) throws -> PackedWeights
  {
    let digest = digest(of: file)
    let name = "\(digest)-\(kernels.precision.rawValue)-\(PackedWeights.layoutVersion).safetensors"
    let path = folder.appendingPathComponent(name).path
    let cached = CachedFile(path: path, logger: logger)
    if let weights = stored(cached, of: file, digest, kernels) { return weights }
    try Folders.make(folder.path)
    logger.info(
      "packing the weights of \(file.tensors.path) for precision \(kernels.precision.rawValue), once: \(path)"
    )
    try PackedWeightFile.write(file, digest: digest, for: kernels, on: compute, to: path)
    try cached.writeRecord { byteCount, sha256, identity in
      CacheRecord(
        kind: .packedWeights, model: file.description.provenance.sourceName,
        precision: kernels.precision.rawValue, maker: Self.maker,
        sources: [source(file)].compactMap(\.self), weightsSHA256: digest, byteCount: byteCount,
        sha256: sha256, identity: identity)
    }
    guard let weights = stored(cached, of: file, digest, kernels) else {
      throw FileWriteError(path: path, reason: "what was written cannot be read again")
    }
    return weights
  }

  /// Version of the code that makes the files.
  static var maker: String { "\(PackedWeights.layoutVersion)" }

  /// The weight file as a source, if the file at its path is still the same.
  private func source(_ file: WeightFile) -> CacheRecord.Source? {
    let source = CacheRecord.Source(path: file.tensors.path)
    return source?.identity == file.tensors.file.identity.description ? source : nil
  }

  /// The cached weights if they are intact and belong to these weights; otherwise nil, so that they are packed again.
  /// Logs damaged files.
  private func stored(
    _ cached: CachedFile, of file: WeightFile, _ digest: String, _ kernels: TileKernels
  ) -> PackedWeights? {
    guard PathCalls.exists(cached.path) else { return nil }
    do {
      let record = try cached.intactRecord()
      let weights = try PackedWeightFile.read(
        path: cached.path, of: file.configuration, digest: digest, precision: kernels.precision)
      cached.noteUse(record, by: source(file))
      return weights
    } catch {
      logger.notice("\(error); the weights are packed again")
      return nil
    }
  }

  // MARK: - Digests

  /// The weight file's SHA-256, cached in a note for as long as the file's identity does not change.
  private func digest(of file: WeightFile) -> String {
    let mapped = file.tensors.file
    let note = folder.appendingPathComponent(
      SHA256Digest.hash(mapped.identity.description) + CacheInventory.noteEnding)
    // Treat an unreadable note as missing and compute the digest.
    if let text = try? String(contentsOf: note, encoding: .utf8), Self.isDigest(text) { return text }
    let digest = mapped.withUnsafeBytes { SHA256Digest.hash($0) }
    // Do not store the digest of a file that changed while it was read.
    guard FileIdentity(path: file.tensors.path) == mapped.identity else { return digest }
    do { try write(digest, to: note) } catch {
      logger.debug("\(error); the digest is computed anew each time")
    }
    return digest
  }

  private func write(_ digest: String, to note: URL) throws {
    try Folders.make(folder.path)
    try AtomicFile.write(Data(digest.utf8), to: note.path)
  }

  private static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
