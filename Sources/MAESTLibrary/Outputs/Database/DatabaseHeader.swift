import Foundation
import MAESTFiles

/// File type and table version, from the first bytes of a file. Does not use SQLite, which would create companion
/// files.
///
/// A ``RecordDatabase`` is renamed to its path when it is complete, so its header is always valid.
enum DatabaseHeader: Equatable {
  case empty
  case database(applicationID: Int, version: Int)
  /// Any other file; `isObject` if it begins like a JSON object.
  case other(isObject: Bool)

  private static let magic = Data("SQLite format 3\0".utf8)
  private static let byteCount = 100

  /// - Parameter bytes: the first 100 bytes of the file, or all if there are fewer.
  init(_ bytes: Data) {
    if bytes.isEmpty {
      self = .empty
    } else if bytes.starts(with: Self.magic), bytes.count >= Self.byteCount {
      self = .database(applicationID: Self.number(bytes, at: 68), version: Self.number(bytes, at: 60))
    } else {
      self = .other(isObject: bytes.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "{"))
    }
  }

  /// Reads the header of an open file.
  ///
  /// - Throws: `cannotRead`; `notRecords` for a folder or a device.
  init(descriptor: Int32, path: String) throws(RecordOutputError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .cannotRead(path: path, reason: systemReason()) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .notRecords(path: path, found: "a folder")
    default: throw .notRecords(path: path, found: "not a regular file")
    }
    var bytes = Data(count: Self.byteCount)
    let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    guard count >= 0 else { throw .cannotRead(path: path, reason: systemReason()) }
    self.init(bytes.prefix(count))
  }

  /// Reads the header of the file at `path`. This process must not have the file open in an SQLite connection.
  init(path: String) throws(RecordOutputError) {
    guard !OutputLock.isHeldHere(path) else { throw .busy(path: path) }
    let descriptor = PathCalls.open(path, O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else { throw .cannotRead(path: path, reason: systemReason()) }
    defer { close(descriptor) }
    try self.init(descriptor: descriptor, path: path)
  }

  /// Whether the file is a database of records; false if it is empty.
  ///
  /// - Throws: `notRecords`, `laterVersion`.
  func isRecords(path: String) throws(RecordOutputError) -> Bool {
    switch self {
    case .empty: return false
    case .database(DatabaseSchema.applicationID, let version):
      guard version <= DatabaseSchema.version else {
        throw .laterVersion(path: path, found: version, known: DatabaseSchema.version)
      }
      return true
    case .database(let applicationID, _):
      let hexadecimal = String(UInt32(truncatingIfNeeded: applicationID), radix: 16)
      throw .notRecords(
        path: path, found: "an SQLite database of another kind (application_id 0x\(hexadecimal))")
    case .other: throw .notRecords(path: path, found: "not an SQLite database")
    }
  }

  /// Version of the tables of a database of records.
  var version: Int? {
    guard case .database(DatabaseSchema.applicationID, let version) = self else { return nil }
    return version
  }

  /// Reads a big-endian 32-bit integer.
  private static func number(_ bytes: Data, at offset: Int) -> Int {
    bytes.dropFirst(offset).prefix(4).reduce(0) { $0 << 8 | Int($1) }
  }
}
