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

/// A file that is being written, under a name of its own.
///
/// Beside its target it is `TARGET.maest-partial`, and locked (`flock`) while it is written: what a process left there
/// that was killed, the next writer of the same target can lock, and takes. Where another process is writing there just
/// now, or the file system has no locks, it has a name that nobody else uses.
struct PartialOutput {
  let path: String
  /// Open for reading and writing; the lock is on it.
  let descriptor: Int32

  private static let ending = ".maest-partial"
  private static let attemptLimit = 16

  /// A file that nobody else has, on its way to `target`.
  ///
  /// - Returns: nil where it cannot be made; `errno` tells why.
  static func open(for target: OutputTarget) -> PartialOutput? {
    switch target {
    case .file(let path):
      usual(path + ending) ?? exclusive("\(path)\(ending)-\(unique)", permissions: 0o644)
    case .stream, .descriptor:
      exclusive("\(target.temporaryFolder)/maest-\(unique)", permissions: 0o600)
    }
  }

  /// A new file at a path; one that is there is removed.
  static func replacing(_ path: String) -> PartialOutput? {
    FileSystemCalls.unlinkFile(path)
    return exclusive(path, permissions: 0o644)
  }

  private static var unique: String { "\(getpid())-\(UInt32.random(in: .min ... .max))" }

  private static func exclusive(_ path: String, permissions: UInt16) -> PartialOutput? {
    let descriptor = FileSystemCalls.openFile(path, O_RDWR | O_CREAT | O_EXCL, permissions: permissions)
    return descriptor >= 0 ? PartialOutput(path: path, descriptor: descriptor) : nil
  }

  /// The file at `path`, locked and empty; nil where somebody else has it, or it is not to be trusted.
  private static func usual(_ path: String) -> PartialOutput? {
    for _ in 0..<attemptLimit {
      let made = exclusive(path, permissions: 0o644)
      guard let file = made ?? leftover(path) else { return nil }
      guard FileSystemCalls.lockFile(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
        // Where nothing can be locked, nothing is left that nobody could take.
        if errno != EWOULDBLOCK, made != nil { FileSystemCalls.unlinkFile(path) }
        close(file.descriptor)
        return nil
      }
      // Its last writer may have given it its final name, or removed it, between our opening and locking it.
      guard let status = file.status(), isAt(path, status) else {
        close(file.descriptor)
        continue
      }
      // A second name would lose its bytes too.
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

  /// What an earlier writer left; nil for what is not ours to overwrite.
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
    var status = stat()
    return lstat(path, &status) == 0 && (status.st_dev, status.st_ino) == (file.st_dev, file.st_ino)
  }
}

/// A folder beside a partial output, for what others write who want a path and may leave files of their own there.
struct PartialFolder {
  let path: String
  /// Where the output is to be.
  var file: String { path + "/output" }

  /// Makes it, with an empty file for the output. Whatever is there is a killed process's: the caller has the lock.
  ///
  /// - Returns: nil where it cannot be made; `errno` tells why.
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
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    for name in names { FileSystemCalls.unlinkFile("\(path)/\(name)") }
    FileSystemCalls.removeFolder(path)
  }
}
