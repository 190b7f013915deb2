#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// System calls that change files; all writing uses them.
///
/// Paths are text in the form of `PathBytes`. They return the results of the system calls and set `errno`. A test may bind ``interceptor`` to make any of them
/// fail, or all from one call on, as if the process had been killed at that point.
package enum FileSystemCalls {
  package enum Operation: String, Sendable, CaseIterable {
    case open, lock, write, truncate, synchronize, close, rename, unlink, makeFolder, removeFolder
    case synchronizeFolder
  }

  /// A system call to be intercepted.
  package struct Call: Sendable, Equatable {
    package let operation: Operation
    /// The call's path argument; nil for a call on a descriptor. For `rename`, the new name.
    package let path: String?
  }

  /// The outcome of an intercepted call.
  package enum Outcome: Sendable, Equatable {
    case performed
    /// The call is not made and fails with `code` (an `errno`); a write writes the first `byteCount` bytes before.
    /// (`close` still closes the descriptor.)
    case failed(code: Int32, afterBytes: Int = 0)
  }

  /// Decides the outcome of calls.
  package final class Interceptor: Sendable {
    let outcome: @Sendable (Call) -> Outcome

    package init(_ outcome: @escaping @Sendable (Call) -> Outcome) {
      self.outcome = outcome
    }
  }

  /// The interceptor of the current task or thread; nil outside of tests: no call is intercepted.
  @TaskLocal package static var interceptor: Interceptor?

  /// The `errno` to fail with, and the bytes that a write writes before; nil: the call is made.
  private static func failure(
    _ operation: Operation, _ path: String? = nil
  ) -> (code: Int32, byteCount: Int)? {
    guard let interceptor else { return nil }
    switch interceptor.outcome(Call(operation: operation, path: path)) {
    case .performed: return nil
    case .failed(let code, let byteCount): return (code, byteCount)
    }
  }

  private static func perform(
    _ operation: Operation, _ path: String? = nil, _ call: () -> Int32
  ) -> Int32 {
    if let failure = failure(operation, path) {
      errno = failure.code
      return -1
    }
    while true {
      let result = call()
      guard result < 0, errno == EINTR else { return result }
    }
  }
}

// MARK: - Files

extension FileSystemCalls {
  /// `open` for writing.
  package static func openFile(_ path: String, _ flags: Int32, permissions: UInt16 = 0o644) -> Int32 {
    perform(.open, path) {
      PathBytes.withPath(path) { open($0, flags | O_CLOEXEC, mode_t(permissions)) }
    }
  }

  /// `flock`.
  package static func lockFile(_ descriptor: Int32, _ operation: Int32) -> Int32 {
    perform(.lock) { flock(descriptor, operation) }
  }

  /// Writes all bytes, at the descriptor's position or at `offset` in the file.
  ///
  /// - Returns: the number of bytes written; fewer than given after a failure, see `errno`.
  package static func write(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int? = nil
  ) -> Int {
    guard let failure = failure(.write) else { return writeAll(bytes, to: descriptor, at: offset) }
    let beginning = UnsafeRawBufferPointer(rebasing: bytes.prefix(failure.byteCount))
    let count = writeAll(beginning, to: descriptor, at: offset)
    errno = failure.code
    return min(count, max(0, bytes.count - 1))
  }

  private static func writeAll(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int?
  ) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    var done = 0
    while done < bytes.count {
      let written =
        offset.map { pwrite(descriptor, base + done, bytes.count - done, off_t($0 + done)) }
        ?? systemWrite(descriptor, base + done, bytes.count - done)
      if written < 0, errno == EINTR { continue }
      if written == 0 { errno = EIO }
      guard written > 0 else { return done }
      done += written
    }
    return done
  }

  /// `ftruncate`.
  package static func truncateFile(_ descriptor: Int32, to byteCount: Int) -> Int32 {
    perform(.truncate) { ftruncate(descriptor, off_t(byteCount)) }
  }

  /// Synchronises a file's bytes to disk: `fsync`, on Darwin `F_FULLFSYNC` if the file system supports it.
  package static func synchronizeFile(_ descriptor: Int32) -> Int32 {
    perform(.synchronize) { synchronize(descriptor) }
  }

  /// `close`: the descriptor is freed even if this fails.
  package static func closeFile(_ descriptor: Int32) -> Int32 {
    let failure = failure(.close)
    let result = close(descriptor)
    guard let failure else { return result }
    errno = failure.code
    return -1
  }

  package static func renameFile(_ path: String, to newPath: String) -> Int32 {
    perform(.rename, newPath) {
      PathBytes.withPath(path) { old in PathBytes.withPath(newPath) { rename(old, $0) } }
    }
  }

  @discardableResult
  package static func unlinkFile(_ path: String) -> Int32 {
    perform(.unlink, path) { PathBytes.withPath(path) { unlink($0) } }
  }
}

// MARK: - Folders

extension FileSystemCalls {
  package static func makeFolder(_ path: String) -> Int32 {
    perform(.makeFolder, path) { PathBytes.withPath(path) { mkdir($0, 0o777) } }
  }

  @discardableResult
  package static func removeFolder(_ path: String) -> Int32 {
    perform(.removeFolder, path) { PathBytes.withPath(path) { rmdir($0) } }
  }

  /// Synchronises a folder's entries to disk: names of files that were created, renamed or removed.
  ///
  /// - Returns: 0 also if the file system or the folder's permissions do not allow folders to be synchronised.
  package static func synchronizeFolder(_ path: String) -> Int32 {
    let result = perform(.synchronizeFolder, path) {
      let descriptor = PathCalls.open(path, O_RDONLY | O_DIRECTORY)
      guard descriptor >= 0 else { return -1 }
      let result = synchronize(descriptor)
      let code = errno
      close(descriptor)
      errno = code
      return result
    }
    return result < 0 && foldersAreNotSynchronized.contains(errno) ? 0 : result
  }

  /// Error codes of file systems that cannot synchronise a folder, and of folders that cannot be opened.
  private static let foldersAreNotSynchronized: Set<Int32> = [
    EINVAL, ENOTSUP, EOPNOTSUPP, ENOSYS, EBADF, EROFS, EACCES, EPERM,
  ]

  private static func synchronize(_ descriptor: Int32) -> Int32 {
    #if canImport(Darwin)
      if fcntl(descriptor, F_FULLFSYNC) == 0 { return 0 }
    #endif
    return fsync(descriptor)
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
