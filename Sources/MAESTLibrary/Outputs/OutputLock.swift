import Foundation
import MAESTFiles
import MAESTWeights
import Synchronization

/// Keeps a file or folder for one owner at a time, from the making of this object to its end.
///
/// It is `flock` on a descriptor of its own: the system releases it however a program ends, and it leaves nothing
/// behind. Only those who ask for it notice it; it hinders nobody's reading.
package final class OutputLock {
  /// What the lock is on, whatever its name.
  private let file: FileIdentity
  /// Open for the lock's lifetime, at no particular place.
  let descriptor: Int32

  /// The files that this process has locked. Among them one is never opened again by the next who asks: closing any
  /// descriptor of a file takes from the process the other kind of locks that SQLite has on it.
  private static let held = Mutex<Set<FileIdentity>>([])

  /// Locks the file or folder at `path`, which must exist.
  ///
  /// - Throws: `busy` where somebody holds the lock, in this process or another; `cannotWrite`.
  package init(path: String) throws(RecordOutputError) {
    (descriptor, file) = try Self.acquire(path)
  }

  deinit {
    close(descriptor)
    Self.release(file)
  }

  /// Whether this process holds the lock of the file at `path`.
  static func isHeldHere(_ path: String) -> Bool {
    guard let file = FileIdentity(path: path) else { return false }
    return held.withLock { $0.contains(file) }
  }

  /// The table of locks is never held while the file system is asked: it may not answer, and others go on.
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

  /// - Returns: nil where another file has come to the path meanwhile: the lock would be on one without a name.
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

  /// Network file systems lock only what is open for writing; folders and read-only files cannot be.
  private static func open(_ path: String) throws(RecordOutputError) -> Int32 {
    for access in [O_RDWR, O_RDONLY] {
      let descriptor = Foundation.open(path, access | O_NONBLOCK | O_CLOEXEC)
      if descriptor >= 0 { return descriptor }
    }
    throw .cannotWrite(path: path, reason: systemReason())
  }
}
