#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file could not be written.
public struct FileWriteError: Error, Equatable, CustomStringConvertible {
  public let path: String
  public let reason: String

  package init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String { "\(path): cannot write: \(reason)" }
}

/// A file that appears at its path only when it is complete.
///
/// It is written under a temporary name, by default in the same folder, brought to disk, then renamed.
package final class AtomicFile {
  package let path: String
  /// Where it stands until it is committed.
  package let temporaryPath: String
  private var descriptor: Int32

  /// Opens the temporary file.
  ///
  /// - Parameter temporaryPath: on the same file system, of nobody else: a file there is replaced. Nil: beside `path`,
  ///   under a name that nothing has.
  package init(path: String, temporaryPath: String? = nil) throws(FileWriteError) {
    self.path = path
    self.temporaryPath = temporaryPath ?? "\(path).partial-\(getpid())-\(UInt32.random(in: .min ... .max))"
    if temporaryPath != nil { unlink(self.temporaryPath) }
    descriptor = open(self.temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.failure(path) }
  }

  deinit { discard() }

  /// Appends `data`.
  package func write(_ data: Data) throws(FileWriteError) {
    var offset = 0
    while offset < data.count {
      let written = data.withUnsafeBytes { bytes in
        bytes.baseAddress.map { systemWrite(descriptor, $0 + offset, data.count - offset) } ?? 0
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw Self.failure(path) }
      offset += written
    }
  }

  /// Brings the file to disk and gives it its name.
  package func commit() throws(FileWriteError) {
    guard fsync(descriptor) == 0 else { throw Self.failure(path) }
    // Closed it is even where closing fails: once more would hit somebody else's file.
    let isClosed = close(descriptor) == 0
    descriptor = -1
    guard isClosed, rename(temporaryPath, path) == 0 else {
      let failure = Self.failure(path)
      unlink(temporaryPath)
      throw failure
    }
  }

  /// Writes `data` over the file's first bytes; what is appended afterwards still goes to the end.
  package func overwriteStart(_ data: Data) throws(FileWriteError) {
    var offset = 0
    while offset < data.count {
      let written = data.withUnsafeBytes { bytes in
        bytes.baseAddress.map { pwrite(descriptor, $0 + offset, data.count - offset, off_t(offset)) } ?? 0
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw Self.failure(path) }
      offset += written
    }
  }

  /// Lets `write` make the whole file under the temporary name, in its own way, and commits it.
  ///
  /// Where `write` throws, nothing is left.
  package static func make(
    at path: String, _ write: (_ temporaryPath: String) throws -> Void
  ) throws {
    let file = try AtomicFile(path: path)
    do {
      try write(file.temporaryPath)
      try file.reopen()
      try file.commit()
    } catch {
      file.discard()
      throw error
    }
  }

  /// Opens what stands under the temporary name now, which may be another file.
  private func reopen() throws(FileWriteError) {
    let other = open(temporaryPath, O_WRONLY | O_CLOEXEC)
    guard other >= 0 else { throw Self.failure(path) }
    close(descriptor)
    descriptor = other
  }

  /// Removes what was written; does nothing after `commit`.
  package func discard() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
    unlink(temporaryPath)
  }

  private static func failure(_ path: String) -> FileWriteError {
    FileWriteError(path: path, reason: String(cString: strerror(errno)))
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
