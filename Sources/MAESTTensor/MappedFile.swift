#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file mapped into memory: the system reads pages on first use. Nothing is copied.
///
/// Views of it keep the mapping alive. The file must not be shortened meanwhile: reading a page beyond its end kills
/// the process (SIGBUS).
package final class MappedFile: Sendable {
  private let memory: Memory
  /// The file's identity at the time of mapping.
  package let identity: FileIdentity

  /// Maps a regular file, read-only.
  ///
  /// - Throws: ``MappedFileError`` if it is missing, not a regular file, empty, or unreadable.
  package init(path: String) throws(MappedFileError) {
    // Non-blocking, so that opening a named pipe returns at once; it has no effect on a regular file.
    let descriptor = PathBytes.withPath(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else {
      throw errno == ENOENT ? .missing(path: path) : Self.unreadable(path)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile(path: path) }
    guard status.st_size > 0 else { throw .empty(path: path) }
    let byteCount = Int(status.st_size)
    guard let base = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
      throw Self.unreadable(path)
    }
    memory = Memory(mapping: base, byteCount: byteCount)
    identity = FileIdentity(status)
  }

  /// Allocates memory of this process in place of a file, for content that cannot be stored in one.
  ///
  /// - Parameter fill: writes the bytes, which are zero before. If it throws, the initialiser throws the same error.
  package init<Failure: Error>(
    byteCount: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    memory = Memory(zeroedByteCount: byteCount)
    identity = .ofNoFile()
    try fill(UnsafeMutableRawBufferPointer(start: memory.base, count: byteCount))
  }

  private static func unreadable(_ path: String) -> MappedFileError {
    let code = errno
    return .unreadable(path: path, code: code, reason: String(cString: strerror(code)))
  }

  /// The file's size.
  package var byteCount: Int { memory.byteCount }

  /// Calls a function with all bytes, valid during the call.
  package func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: memory.base, count: byteCount))
  }

  /// A part of the file as a matrix `[rows, columns]`, row-major, without gaps.
  ///
  /// They are read as single-precision numbers in the machine's byte order.
  ///
  /// - Parameters:
  ///   - offset: where the first number starts; a multiple of 4.
  package func matrix(atByteOffset offset: Int, rows: Int, columns: Int) -> Matrix {
    let layout = MatrixLayout(
      offset: elementOffset(offset), rows: rows, columns: columns, rowStride: columns)
    return Matrix(memory: memory, layout: layout)
  }

  /// A part of the file as a vector `[count]`; see ``matrix(atByteOffset:rows:columns:)``.
  package func vector(atByteOffset offset: Int, count: Int) -> Vector {
    Vector(memory: memory, offset: elementOffset(offset), count: count)
  }

  private func elementOffset(_ offset: Int) -> Int {
    let size = MemoryLayout<Float>.stride
    precondition(offset >= 0 && offset % size == 0, "byte offset \(offset), expected a multiple of \(size)")
    return offset / size
  }
}
