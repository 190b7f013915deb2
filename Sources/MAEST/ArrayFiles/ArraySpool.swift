import Foundation
import MAESTFiles
import MAESTWeights

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Stores bytes in an unlinked temporary file that disappears with this object or with the process.
final class ArraySpool {
  private static let pieceLength = 1 << 20

  /// The output path, for errors.
  private let path: String
  private let descriptor: Int32
  /// Number of bytes appended.
  private(set) var byteCount = 0

  /// Creates an empty spool.
  ///
  /// - Parameters:
  ///   - folder: folder of the temporary file.
  ///   - path: path of the final output, for errors.
  init(folder: String, path: String) throws(FileWriteError) {
    self.path = path
    let name = "\(folder)/.maest-\(getpid())-\(UInt64.random(in: .min ... .max))"
    descriptor = FileSystemCalls.openFile(name, O_RDWR | O_CREAT | O_EXCL, permissions: 0o600)
    guard descriptor >= 0 else { throw Self.failure(path) }
    FileSystemCalls.unlinkFile(name)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Adds bytes to the end.
  func append(_ data: Data) throws(FileWriteError) {
    let written = data.withUnsafeBytes { FileSystemCalls.write($0, to: descriptor, at: byteCount) }
    guard written == data.count else { throw Self.failure(path) }
    byteCount += data.count
  }

  /// Passes all bytes to `body` in pieces. The length of each piece except the last is a multiple of 8.
  func forEachPiece(_ body: (Data) throws -> Void) throws {
    var offset = 0
    while offset < byteCount {
      var piece = Data(count: min(Self.pieceLength, byteCount - offset))
      try fill(&piece, from: offset)
      try body(piece)
      offset += piece.count
    }
  }

  private func fill(_ piece: inout Data, from start: Int) throws(FileWriteError) {
    var offset = 0
    while offset < piece.count {
      let (length, position) = (piece.count - offset, off_t(start + offset))
      let count = piece.withUnsafeMutableBytes { bytes in
        bytes.baseAddress.map { pread(descriptor, $0 + offset, length, position) } ?? 0
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Self.failure(path) }
      offset += count
    }
  }

  private static func failure(_ path: String) -> FileWriteError {
    FileWriteError(path: path, code: errno)
  }
}
