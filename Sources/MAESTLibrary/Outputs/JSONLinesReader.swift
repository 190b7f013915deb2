package import Foundation
import MAESTFiles

/// A line of a JSON Lines file.
package struct JSONLine: Sendable, Equatable {
  /// Line number, from 1.
  package var number: Int
  /// Byte offset of the line in the file.
  package var offset: Int
  /// Bytes without the line end, "
  /// ".
  package var bytes: Data
  /// Whether the line has its line end. If not, it is the last line, and its writer may have been interrupted.
  package var isComplete: Bool

  /// Byte offset of the next line.
  package var endOffset: Int { offset + bytes.count + (isComplete ? 1 : 0) }
}

/// Reads a file line by line, one line in memory at a time.
package final class JSONLinesReader {
  package let path: String
  private let descriptor: Int32
  private let longestLine: Int
  private let pieceSize: Int
  /// Bytes read from the file; those before `used` were already returned.
  private var buffer: [UInt8] = []
  private var used = 0
  /// Byte offset of `buffer[used]` in the file.
  private var offset = 0
  private var lineNumber = 0
  private var isAtEnd = false

  /// Opens the file at `path`.
  ///
  /// - Parameters:
  ///   - longestLine: maximum length of a line; a longer one cannot be a record.
  ///   - pieceSize: number of bytes per read.
  /// - Throws: `cannotRead`, also if `path` is not a regular file.
  package init(
    path: String, longestLine: Int = 1 << 30, pieceSize: Int = 1 << 18
  ) throws(RecordOutputError) {
    self.path = path
    self.longestLine = longestLine
    self.pieceSize = pieceSize
    descriptor = PathCalls.open(path, O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else { throw .cannotRead(path: path, reason: systemReason()) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .cannotRead(path: path, reason: systemReason()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .cannotRead(path: path, reason: "not a file") }
  }

  deinit { close(descriptor) }

  /// Returns the next line; nil at the end.
  ///
  /// - Throws: `cannotRead`; `notRecords` for a line longer than any record.
  package func next() throws(RecordOutputError) -> JSONLine? {
    var searched = used
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        return take(upTo: end, isComplete: true)
      }
      searched = buffer.endIndex
      guard searched - used <= longestLine else {
        throw .notRecords(path: path, found: "line \(lineNumber + 1) is longer than \(longestLine) bytes")
      }
      if isAtEnd { return used == buffer.endIndex ? nil : take(upTo: buffer.endIndex, isComplete: false) }
      searched -= used
      try fill()
      searched += used
    }
  }

  /// Reads again the bytes of a line that ``next()`` returned.
  ///
  /// - Throws: `cannotRead`, also if the file has been truncated.
  package func read(offset: Int, count: Int) throws(RecordOutputError) -> Data {
    let data = try readBytes(count, at: offset)
    guard data.count == count else {
      throw .cannotRead(path: path, reason: "it became shorter while it was read")
    }
    return data
  }

  private func take(upTo end: Int, isComplete: Bool) -> JSONLine {
    lineNumber += 1
    let line = JSONLine(
      number: lineNumber, offset: offset, bytes: Data(buffer[used..<end]), isComplete: isComplete)
    offset = line.endOffset
    used = isComplete ? end + 1 : end
    return line
  }

  /// Discards returned bytes and reads more.
  private func fill() throws(RecordOutputError) {
    buffer.removeSubrange(..<used)
    used = 0
    let piece = try readBytes(pieceSize, at: offset + buffer.count)
    isAtEnd = piece.isEmpty
    buffer += piece
  }

  /// Returns fewer bytes only at the end of the file.
  private func readBytes(_ count: Int, at offset: Int) throws(RecordOutputError) -> Data {
    var data = Data(count: count)
    var done = 0
    while done < count {
      let got = data.withUnsafeMutableBytes { bytes in
        bytes.baseAddress.map { pread(descriptor, $0 + done, count - done, off_t(offset + done)) } ?? 0
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .cannotRead(path: path, reason: systemReason()) }
      if got == 0 { break }
      done += got
    }
    return data.prefix(done)
  }
}
