import Foundation
import MAESTFiles
import MAESTWeights
import Synchronization

/// An exclusive lock of a file or folder, held for the lifetime of this object.
///
/// Uses `flock` on its own descriptor: the system releases the lock when the process ends, and no lock file remains.
/// The lock is advisory: it does not prevent reading.
package final class OutputLock {
  /// The locked file, independent of its name.
  private let file: FileIdentity
  /// Open for the lock's lifetime; its file offset is unspecified.
  let descriptor: Int32

  /// The files that this process has locked. A locked file must not be opened again: closing any descriptor of a file
  /// releases the POSIX locks that SQLite holds on it in this process.
  private static let held = Mutex<Set<FileIdentity>>([])

  /// Locks the file or folder at `path`, which must exist.
  ///
  /// - Throws: `busy` if this or another process holds the lock; `cannotWrite`.
  package init(path: String) throws(RecordOutputError) {
    (descriptor, file) = try Self.acquire(path)
  }

  deinit {
    close(descriptor)
    Self.release(file)
  }

  /// Whether this process holds a lock on the file at `path`.
  static func isHeldHere(_ path: String) -> Bool {
    guard let file = FileIdentity(path: path) else { return false }
    return held.withLock { $0.contains(file) }
  }

  /// Does not hold the mutex during file system calls, which can block.
  private static func acquire(_ path: String) throws(RecordOutputError) -> (Int32, FileIdentity) {
    while true {
      guard let file = FileIdentity(path: path) else {
        throw .cannotWrite(path: path, reason: systemReason())
      }
      guard held.withLock({ $0.insert(file).inserted }) else { throw .busy(path: path) }
      do throws(RecordOutputError) {
        if let descriptor = try lock(path, file) { return (descriptor, file) }
      } catch {
        release(file)
        throw error
      }
      release(file)
    }
  }

  private static func release(_ file: FileIdentity) {
    held.withLock { held in
      _ = held.remove(file)
    }
  }

  /// - Returns: nil if the file at the path was replaced meanwhile: the lock would be on an unlinked file.
  private static func lock(_ path: String, _ file: FileIdentity) throws(RecordOutputError) -> Int32? {
    let descriptor = try open(path)
    guard FileSystemCalls.lockFile(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let error: RecordOutputError =
        errno == EWOULDBLOCK ? .busy(path: path) : .cannotWrite(path: path, reason: systemReason())
      close(descriptor)
      throw error
    }
    if FileIdentity(path: path) == file, FileIdentity(descriptor: descriptor) == file { return descriptor }
    close(descriptor)
    return nil
  }

  /// Tries write access first: network file systems lock only files open for writing. Folders and read-only files need
  /// read access.
  private static func open(_ path: String) throws(RecordOutputError) -> Int32 {
    for access in [O_RDWR, O_RDONLY] {
      let descriptor = PathCalls.open(path, access | O_NONBLOCK)
      if descriptor >= 0 { return descriptor }
    }
    throw .cannotWrite(path: path, reason: systemReason())
  }
}
