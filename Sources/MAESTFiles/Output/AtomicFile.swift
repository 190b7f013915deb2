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

/// A file that appears at its path only when it is complete.
///
/// It is written under a temporary name, by default in the same folder, synchronised to disk, then renamed. The folder
/// is synchronised too, so that after a power failure either the old or the new file is there. Symbolic links are
/// followed: their target is replaced or created. Devices and pipes are never replaced: the complete file's bytes are
/// written to them on commit.
/// file's bytes at the commit.
package final class AtomicFile {
  package let path: String
  private let target: OutputTarget
  private var part: PartialOutput?
  /// The temporary folder of a file written by ``make(at:_:)``.
  private var folder: PartialFolder?

  /// Opens the temporary file.
  ///
  /// - Parameter temporaryPath: on the same file system and not used by others: an existing file is replaced. Nil: next
  ///   to the target of `path`; the leftover file of a killed process is replaced.
  package init(path: String, temporaryPath: String? = nil) throws(FileWriteError) {
    self.path = path
    target = try OutputTarget(path: path)
    part = temporaryPath.map(PartialOutput.replacing) ?? PartialOutput.open(for: target)
    guard part != nil else { throw Self.failure(path) }
  }

  deinit { discard() }

  /// Appends `data`.
  package func write(_ data: Data) throws(FileWriteError) {
    let part = openPart
    let written = data.withUnsafeBytes { FileSystemCalls.write($0, to: part.descriptor) }
    guard written == data.count else { throw Self.failure(path) }
  }

  private var openPart: PartialOutput {
    guard let part else { preconditionFailure("\(path) is committed or discarded") }
    return part
  }

  /// Synchronises the file to disk and renames it, or writes its bytes to the device or pipe at the path.
  ///
  /// - Parameter synchronizingFolder: whether the new name is on disk when this returns. To commit many files in one
  ///   folder, pass false and call `FileSystemCalls.synchronizeFolder` after the last.
  /// - Throws: `FileWriteError`. The path's old file is kept, unless the failure occurs after the renaming, when
  ///   closing the file or synchronising the folder.
  package func commit(synchronizingFolder: Bool = true) throws(FileWriteError) {
    let part = openPart
    do throws(FileWriteError) {
      guard synchronize() else { throw Self.failure(path) }
      switch target {
      case .file(let place):
        // Keeps the lock until after the renaming, so that no other writer can take the temporary file.
        guard FileSystemCalls.renameFile(completePath, to: place) == 0 else { throw Self.failure(path) }
      case .stream(let place): try copy(to: PathCalls.open(place, O_WRONLY | O_NOCTTY))
      case .descriptor(let number): try copy(to: fcntl(number, F_DUPFD_CLOEXEC, 3))
      }
    } catch {
      discard()
      throw error
    }
    if case .file(let place) = target {
      try finish(part, in: synchronizingFolder ? Folders.parent(of: place) : nil)
    } else {
      discard()
    }
  }

  /// Completes the commit after the renaming.
  ///
  /// - Parameter parent: the folder to synchronise; nil: none.
  private func finish(_ part: PartialOutput, in parent: String?) throws(FileWriteError) {
    if let folder {
      folder.remove()
      FileSystemCalls.unlinkFile(part.path)
      self.folder = nil
    }
    self.part = nil
    // `close` frees the descriptor even when it fails: a second call could close another file's descriptor.
    guard FileSystemCalls.closeFile(part.descriptor) == 0,
      parent.map(FileSystemCalls.synchronizeFolder) ?? 0 == 0
    else { throw Self.failure(path) }
  }

  /// The path of the file until it is committed.
  package var temporaryPath: String { completePath }

  /// Overwrites bytes that were written before; later writes still append at the end.
  package func overwrite(_ data: Data, at offset: Int) throws(FileWriteError) {
    let descriptor = openPart.descriptor
    let written = data.withUnsafeBytes { FileSystemCalls.write($0, to: descriptor, at: offset) }
    guard written == data.count else { throw Self.failure(path) }
  }

  /// Lets `write` create the whole file under a temporary name, and commits it. Other files that it leaves in the
  /// temporary folder are removed.
  ///
  /// If `write` throws, nothing is left.
  package static func make(
    at path: String, _ write: (_ temporaryPath: String) throws -> Void
  ) throws {
    let file = try AtomicFile(path: path)
    do {
      guard let folder = PartialFolder(beside: file.openPart) else { throw failure(path) }
      file.folder = folder
      try write(folder.file)
      try file.commit()
    } catch {
      file.discard()
      throw error
    }
  }

  /// Removes the temporary file; does nothing after `commit`.
  package func discard() {
    guard let part else { return }
    folder?.remove()
    FileSystemCalls.unlinkFile(part.path)
    close(part.descriptor)
    self.part = nil
    folder = nil
  }

  // MARK: - The complete file

  private var completePath: String { folder?.file ?? openPart.path }

  private func synchronize() -> Bool {
    guard let descriptor = openComplete() else { return false }
    defer { close(descriptor) }
    return FileSystemCalls.synchronizeFile(descriptor) == 0
  }

  /// A new descriptor of the complete file, which the caller must close; positioned at the start if others wrote the
  /// file.
  private func openComplete() -> Int32? {
    let descriptor =
      folder.map { FileSystemCalls.openFile($0.file, O_RDWR) }
      ?? fcntl(openPart.descriptor, F_DUPFD_CLOEXEC, 3)
    return descriptor >= 0 ? descriptor : nil
  }

  /// Copies the bytes to a descriptor and closes it.
  private func copy(to sink: Int32) throws(FileWriteError) {
    guard sink >= 0 else { throw Self.failure(path) }
    defer { close(sink) }
    guard let source = openComplete() else { throw Self.failure(path) }
    defer { close(source) }
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    var offset = 0
    while true {
      let count = pread(source, &piece, piece.count, off_t(offset))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Self.failure(path) }
      if count == 0 { return }
      let written = piece[..<count].withUnsafeBytes { FileSystemCalls.write($0, to: sink) }
      guard written == count else { throw Self.failure(path) }
      offset += count
    }
  }

  private static func failure(_ path: String) -> FileWriteError {
    FileWriteError(path: path, code: errno)
  }
}

extension AtomicFile {
  /// Writes a whole file.
  package static func write(_ data: Data, to path: String) throws {
    let file = try AtomicFile(path: path)
    try file.write(data)
    try file.commit()
  }
}
