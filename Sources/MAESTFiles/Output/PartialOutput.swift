#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A temporary file that is being written.
///
/// Next to its target it is named `TARGET.maest-partial`, and locked (`flock`) while it is written. The next writer of
/// the same target can lock and reuse the leftover file of a killed process. If another process is writing to it, or
/// the file system has no locks, a unique name is used.
/// now, or the file system has no locks, it has a name that nobody else uses.
struct PartialOutput {
  let path: String
  /// Open for reading and writing; it holds the lock.
  let descriptor: Int32

  private static let ending = ".maest-partial"
  private static let attemptLimit = 16

  /// Opens a temporary file for `target` that no other writer uses.
  ///
  /// - Returns: nil if it cannot be created; see `errno`.
  static func open(for target: OutputTarget) -> PartialOutput? {
    switch target {
    case .file(let path):
      usual(path + ending) ?? exclusive("\(path)\(ending)-\(unique)", permissions: 0o644)
    case .stream, .descriptor:
      exclusive("\(target.temporaryFolder)/maest-\(unique)", permissions: 0o600)
    }
  }

  /// Creates a new file at a path; an existing one is removed.
  static func replacing(_ path: String) -> PartialOutput? {
    FileSystemCalls.unlinkFile(path)
    return exclusive(path, permissions: 0o644)
  }

  private static var unique: String { "\(getpid())-\(UInt32.random(in: .min ... .max))" }

  private static func exclusive(_ path: String, permissions: UInt16) -> PartialOutput? {
    let descriptor = FileSystemCalls.openFile(path, O_RDWR | O_CREAT | O_EXCL, permissions: permissions)
    return descriptor >= 0 ? PartialOutput(path: path, descriptor: descriptor) : nil
  }

  /// Opens the file at `path`, locked and empty; nil if another writer has locked it, or it is not safe to reuse.
  private static func usual(_ path: String) -> PartialOutput? {
    for _ in 0..<attemptLimit {
      let made = exclusive(path, permissions: 0o644)
      guard let file = made ?? leftover(path) else { return nil }
      guard FileSystemCalls.lockFile(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
        // If the file cannot be locked, it is removed: no later writer could take it over.
        if errno != EWOULDBLOCK, made != nil { FileSystemCalls.unlinkFile(path) }
        close(file.descriptor)
        return nil
      }
      // Its last writer may have renamed or removed it between opening and locking it here.
      guard let status = file.status(), isAt(path, status) else {
        close(file.descriptor)
        continue
      }
      // With a second hard link, truncating it would also empty the other name.
      if status.st_nlink == 1,
        status.st_size == 0 || FileSystemCalls.truncateFile(file.descriptor, to: 0) == 0
      {
        return file
      }
      close(file.descriptor)
      return nil
    }
    return nil
  }

  /// Opens the leftover file of an earlier writer; nil if it is not safe to overwrite.
  private static func leftover(_ path: String) -> PartialOutput? {
    guard errno == EEXIST else { return nil }
    let descriptor = FileSystemCalls.openFile(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    let file = PartialOutput(path: path, descriptor: descriptor)
    guard let status = file.status(), status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
      close(descriptor)
      return nil
    }
    return file
  }

  private func status() -> stat? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? status : nil
  }

  private static func isAt(_ path: String, _ file: stat) -> Bool {
    guard let status = PathCalls.statusOfLink(path) else { return false }
    return (status.st_dev, status.st_ino) == (file.st_dev, file.st_ino)
  }
}

/// A folder next to a temporary output, for code that writes to a path and may leave other files there.
struct PartialFolder {
  let path: String
  /// The path of the output.
  var file: String { path + "/output" }

  /// Creates the folder, with an empty file for the output. Existing contents are those of a killed process, since the
  /// caller holds the lock.
  ///
  /// - Returns: nil if it cannot be created; see `errno`.
  init?(beside file: PartialOutput) {
    path = file.path + ".folder"
    remove()
    guard FileSystemCalls.makeFolder(path) == 0 else { return nil }
    let descriptor = FileSystemCalls.openFile(self.file, O_WRONLY | O_CREAT | O_EXCL)
    guard descriptor >= 0 else {
      let code = errno
      FileSystemCalls.removeFolder(path)
      errno = code
      return nil
    }
    close(descriptor)
  }

  func remove() {
    let names = PathCalls.names(inFolder: path) ?? []
    for name in names { FileSystemCalls.unlinkFile("\(path)/\(name)") }
    FileSystemCalls.removeFolder(path)
  }
}
