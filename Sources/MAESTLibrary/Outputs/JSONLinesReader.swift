package import Foundation

/// A line of a file of JSON lines.
package struct JSONLine: Sendable, Equatable {
  /// Counted from 1.
  package var number: Int
  /// Of its first byte in the file.
  package var offset: Int
  /// Without its end, "\n".
  package var bytes: Data
  /// Whether it has its end; without, it is the file's last, and whoever wrote it may have been stopped in the middle.
  package var isComplete: Bool

  /// Where the next line begins.
  package var endOffset: Int { offset + bytes.count + (isComplete ? 1 : 0) }
}

/// Goes through a file's lines, one in memory at a time.
package final class JSONLinesReader {
  package let path: String
  private let descriptor: Int32
  private let longestLine: Int
  private let pieceSize: Int
  /// Bytes read and not yet given out, from `used` on.
  private var buffer: [UInt8] = []
  private var used = 0
  /// Of `buffer[used]` in the file.
  private var offset = 0
  private var lineNumber = 0
  private var isAtEnd = false

  /// Opens the file at `path`.
  ///
  /// - Parameters:
  ///   - longestLine: a longer one is taken for something else than a record.
  ///   - pieceSize: how much is read at once.
  /// - Throws: `cannotRead`, where it is no file too.
  package init(
    path: String, longestLine: Int = 1 << 30, pieceSize: Int = 1 << 18
  ) throws(RecordOutputError) {
    self.path = path
    self.longestLine = longestLine
    self.pieceSize = pieceSize
    descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotRead(path: path, reason: systemReason()) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .cannotRead(path: path, reason: systemReason()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .cannotRead(path: path, reason: "not a file") }
  }

  deinit { close(descriptor) }

  /// The next line; nil at the end.
  ///
  /// - Throws: `cannotRead`; `notRecords` at a line longer than any record.
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

  /// The bytes of a line that ``next()`` gave, once more.
  ///
  /// - Throws: `cannotRead`, where they are no longer there too.
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

  /// Drops what was given out, and reads on.
  private func fill() throws(RecordOutputError) {
    buffer.removeSubrange(..<used)
    used = 0
    let piece = try readBytes(pieceSize, at: offset + buffer.count)
    isAtEnd = piece.isEmpty
    buffer += piece
  }

  /// Fewer only at the end of the file.
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
