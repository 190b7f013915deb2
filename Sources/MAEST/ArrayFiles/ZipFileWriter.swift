import Foundation
import MAESTFiles
import MAESTWeights

/// Writes a zip archive of uncompressed entries, one after the other.
struct ZipFileWriter {
  private let file: AtomicFile
  private var entries: [ZipEntry] = []
  private var end = 0

  /// - Parameter file: an empty file; the caller commits it after ``finish()``.
  init(_ file: AtomicFile) { self.file = file }

  /// Adds an entry whose bytes arrive in any number of pieces.
  ///
  /// - Parameter byteCount: total size of all pieces.
  mutating func add(
    _ name: String, byteCount: Int, _ forEachPiece: (TensorSource.Sink) throws -> Void
  ) throws {
    var entry = ZipEntry(name: name, byteCount: byteCount, headerOffset: end)
    let headerLength = entry.localHeader.count
    try file.write(entry.localHeader)
    var checksum = CRC32(.zip)
    var written = 0
    try forEachPiece { piece in
      piece.withUnsafeBytes { checksum.add($0) }
      written += piece.count
      try file.write(piece)
    }
    precondition(written == byteCount, "\(written) bytes of \(byteCount) in \(name)")
    entry.checksum = checksum.value
    try file.overwrite(entry.localHeader, at: entry.headerOffset)
    entries.append(entry)
    end += headerLength + byteCount
  }

  /// Writes the directory.
  func finish() throws(FileWriteError) {
    var directory = entries.reduce(into: Data()) { $0.append($1.directoryEntry) }
    directory.append(ZipEntry.end(entryCount: entries.count, directory: end..<end + directory.count))
    try file.write(directory)
  }
}
