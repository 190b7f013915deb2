import Foundation
import GRDB
import MAESTFiles

/// The output path of a merge. An existing file is locked, so that no other program writes it before it is replaced.
struct ExistingOutput {
  /// For an existing file: the path with symbolic links resolved.
  let path: String
  private let lock: OutputLock?

  /// - Throws: `exists` if the file is not an input and must not be replaced; `busy`; `cannotWrite`.
  init(_ path: String, inputs: [String], replaces: Bool) throws(RecordOutputError) {
    guard let file = FileIdentity(path: path) else {
      (self.path, lock) = (path, nil)
      return
    }
    guard replaces || inputs.contains(where: { FileIdentity(path: $0) == file }) else {
      throw .exists(path: path)
    }
    guard let resolved = PathCalls.realPath(path) else {
      throw .cannotWrite(path: path, reason: systemReason())
    }
    self.path = resolved
    let lock = try OutputLock(path: self.path)
    self.lock = lock
    let header = try DatabaseHeader(descriptor: lock.descriptor, path: path)
    guard case .database(DatabaseSchema.applicationID, _) = header else { return }
    try Self.completeDatabase(self.path, name: path)
  }

  /// Checkpoints the write-ahead log: SQLite would apply a leftover log to the new database.
  private static func completeDatabase(_ path: String, name: String) throws(RecordOutputError) {
    do {
      let queue = try DatabaseConnection.open(path)
      try queue.inDatabase(DatabaseConnection.endLog)
      try queue.close()
    } catch {
      throw RecordOutputError(error, path: name)
    }
  }
}
