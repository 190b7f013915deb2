import Foundation
import Logging
import MAESTFiles
import MAESTTensor
import MAESTWeights

/// A file in the cache and its record.
struct CachedFile {
  let path: String
  let logger: Logger

  static let recordEnding = ".json"
  private var recordURL: URL { URL(filePath: path + Self.recordEnding) }

  /// The record beside the file; nil if it is missing or unreadable.
  var record: CacheRecord? {
    // Treat an unreadable record as missing: the file is then made again.
    guard let data = try? Data(contentsOf: recordURL) else { return nil }
    return try? JSONDecoder().decode(CacheRecord.self, from: data)
  }

  /// When the file was last used.
  var lastUse: Date? { FileStatus(path: recordURL.path)?.lastChange ?? FileStatus(path: path)?.lastChange }

  /// Checks that the file is unchanged and returns its record.
  ///
  /// Compares the file's identity. If that has changed, compares the SHA-256 and stores the new identity.
  ///
  /// - Throws: ``CacheFlaw``, `MappedFileError`.
  func intactRecord() throws -> CacheRecord {
    guard var record else { throw CacheFlaw.noRecord(path: path) }
    let file = try MappedFile(path: path)
    guard file.byteCount == record.byteCount else {
      throw CacheFlaw.wrongSize(path: path, found: file.byteCount, expected: record.byteCount)
    }
    guard file.identity.description != record.identity else { return record }
    let digest = file.withUnsafeBytes { SHA256Digest.hash($0) }
    guard digest == record.sha256 else {
      throw CacheFlaw.wrongContent(path: path, found: digest, expected: record.sha256)
    }
    record.identity = file.identity.description
    keep(record)
    return record
  }

  /// Updates the time of the file's last use and adds `source` to its record.
  func noteUse(_ record: CacheRecord, by source: CacheRecord.Source? = nil) {
    var record = record
    if record.add(source) {
      keep(record)
    } else if utimes(recordURL.path, nil) != 0 {
      logger.debug("\(recordURL.path): the time of use cannot be noted: \(String(cString: strerror(errno)))")
    }
  }

  /// Writes the record of a newly made file.
  ///
  /// - Parameter describe: makes the record from the file's size, SHA-256 and identity.
  func writeRecord(
    _ describe: (_ byteCount: Int, _ sha256: String, _ identity: String) -> CacheRecord
  ) throws {
    let file = try MappedFile(path: path)
    let digest = file.withUnsafeBytes { SHA256Digest.hash($0) }
    try write(describe(file.byteCount, digest, file.identity.description))
  }

  /// Writes a record and ignores errors: the file remains usable and is checked again next time.
  private func keep(_ record: CacheRecord) {
    do { try write(record) } catch { logger.debug("\(error)") }
  }

  private func write(_ record: CacheRecord) throws {
    try AtomicFile.write(try SortedJSON.data(record, isIndented: true), to: recordURL.path)
  }
}
