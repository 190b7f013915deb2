import Foundation
import GRDB

/// The place of a merge's output, locked where there is a file, so that nobody writes what is about to be replaced.
struct ExistingOutput {
  /// Without symbolic links, where there is a file.
  let path: String
  private let lock: OutputLock?

  /// - Throws: `exists` where the file is neither an input nor to be replaced; `busy`; `cannotWrite`.
  init(_ path: String, inputs: [String], replaces: Bool) throws(RecordOutputError) {
    guard let file = FileIdentity(path: path) else {
      (self.path, lock) = (path, nil)
      return
    }
    guard replaces || inputs.contains(where: { FileIdentity(path: $0) == file }) else {
      throw .exists(path: path)
    }
    guard let resolved = realpath(path, nil) else { throw .cannotWrite(path: path, reason: systemReason()) }
    defer { free(resolved) }
    self.path = String(cString: resolved)
    let lock = try OutputLock(path: self.path)
    self.lock = lock
    let header = try DatabaseHeader(descriptor: lock.descriptor, path: path)
    guard case .database(DatabaseSchema.applicationID, _) = header else { return }
    try Self.completeDatabase(self.path, name: path)
  }

  /// Moves what is in the log into the database: the log would be taken for that of the next one.
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
