import Foundation
import MAESTFiles

/// Reads the lines of a file or of standard input one by one; skips empty lines. Lines are paths, in the form of
/// `PathBytes`.
public struct LineList: ~Copyable {
  private static let pieceLength = 65536

  private let path: String
  private let descriptor: Int32
  private var bytes: [UInt8] = []
  private var start = 0
  private var hasEnded = false

  /// - Parameter path: "-" is standard input.
  /// - Throws: ``TrackSearchError/unreadableList(path:reason:)``.
  public init(_ path: String) throws(TrackSearchError) {
    self.path = path
    descriptor = path == "-" ? STDIN_FILENO : PathCalls.open(path, O_RDONLY)
    guard descriptor >= 0 else { throw Self.failure(path) }
  }

  deinit { if descriptor != STDIN_FILENO, descriptor >= 0 { close(descriptor) } }

  /// Returns the next line; nil after the last one.
  public mutating func next() throws(TrackSearchError) -> String? {
    while true {
      if let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = Self.text(bytes[start..<end])
        start = end + 1
        if let line { return line }
      } else if hasEnded {
        let line = Self.text(bytes[start...])
        start = bytes.count
        return line
      } else {
        try readPiece()
      }
    }
  }

  private mutating func readPiece() throws(TrackSearchError) {
    bytes.removeFirst(start)
    start = 0
    var piece = [UInt8](repeating: 0, count: Self.pieceLength)
    let count = read(descriptor, &piece, Self.pieceLength)
    if count < 0 && errno == EINTR { return }
    guard count >= 0 else { throw Self.failure(path) }
    bytes += piece[..<count]
    hasEnded = count == 0
  }

  /// The line without a trailing carriage return; nil if it is empty.
  private static func text(_ line: ArraySlice<UInt8>) -> String? {
    let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    return line.isEmpty ? nil : PathBytes.text(line)
  }

  private static func failure(_ path: String) -> TrackSearchError {
    .unreadableList(path: path, reason: systemReason())
  }
}
