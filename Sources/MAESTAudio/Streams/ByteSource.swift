#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The bytes of a file or pipe, read forwards once, with a look ahead of any length.
final class ByteSource {
  /// The least number of bytes that are read at a time.
  private static let pieceLength = 1 << 16

  /// The number of bytes of the file; nil for a pipe.
  let length: Int?

  /// The offset in the file of the next byte.
  private(set) var position: Int

  /// The `errno` of a read that failed; nil: none did. The bytes then seem to end there.
  private(set) var failure: Int32?

  /// How long to wait for the writer of a pipe; after that the bytes seem to end.
  var deadline: Deadline?

  private let descriptor: Descriptor
  private var buffer: [UInt8] = []
  private var start = 0
  private var end = 0
  private var hasEnded = false
  /// Where the marked byte is in the buffer; nil: none is marked.
  private var mark: Int?

  /// - Parameter position: the offset in the file of the first byte; 0 for a pipe.
  init(_ descriptor: Descriptor, length: Int?, position: Int = 0) {
    self.descriptor = descriptor
    self.length = length
    self.position = position
  }

  /// The number of bytes that can be looked at without reading.
  private var available: Int { end - start }

  /// Makes the next bytes available.
  ///
  /// - Returns: how many of the wanted bytes there are; fewer only at the end.
  @discardableResult
  func look(_ count: Int) -> Int {
    while available < count, !hasEnded { fill(count) }
    return min(count, available)
  }

  /// Whether there are no more bytes.
  var isAtEnd: Bool { look(1) == 0 }

  /// The byte at an offset from the next one, which was made available before.
  subscript(offset: Int) -> UInt8 { buffer[start + offset] }

  /// Whether the next bytes, from an offset on, are those of a text.
  func begins(with text: StaticString, at offset: Int = 0) -> Bool {
    guard look(offset + text.utf8CodeUnitCount) == offset + text.utf8CodeUnitCount else { return false }
    return (0..<text.utf8CodeUnitCount).allSatisfy { self[offset + $0] == text.utf8Start[$0] }
  }

  /// The next bytes, which are made available; fewer only at the end.
  func bytes(_ count: Int) -> ArraySlice<UInt8> {
    let count = look(count)
    return buffer[start..<start + count]
  }

  /// Calls `body` with bytes that were made available.
  func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    buffer.withUnsafeBytes {
      body(UnsafeRawBufferPointer(rebasing: $0[start + range.lowerBound..<start + range.upperBound]))
    }
  }

  /// Goes on by some bytes, or to the end.
  func skip(_ count: Int) {
    var rest = count
    while rest > 0, look(min(rest, Self.pieceLength)) > 0 {
      let step = min(rest, available)
      start += step
      position += step
      rest -= step
    }
  }

  /// Goes on to the next byte that is not 0, or to the end.
  ///
  /// - Parameter limit: after about so many zeros it stops.
  /// - Returns: whether it stopped for another reason than the limit.
  @discardableResult
  func skipZeros(limit: Int = .max) -> Bool {
    let start = position
    while look(1) == 1, self[0] == 0 {
      guard position - start < limit else { return false }
      let count = look(4096)
      skip((0..<count).first { self[$0] != 0 } ?? count)
    }
    return true
  }

  /// Keeps the next byte and those after it, so that `returnToMark` can go back.
  func setMark() { mark = start }

  /// Goes back to the marked byte.
  func returnToMark() {
    guard let mark else { return }
    position -= start - mark
    start = mark
  }

  /// Lets go of the marked byte.
  func releaseMark() { mark = nil }

  private func fill(_ count: Int) {
    let first = mark ?? start
    if first > 0 {
      buffer.replaceSubrange(0..<end - first, with: Array(buffer[first..<end]))
      (start, end) = (start - first, end - first)
      if mark != nil { mark = 0 }
    }
    let capacity = max(2 * Self.pieceLength, start + count + Self.pieceLength)
    if buffer.count < capacity { buffer += [UInt8](repeating: 0, count: capacity - buffer.count) }
    guard isThere else {
      hasEnded = true
      return
    }
    let found = buffer.withUnsafeMutableBytes { bytes in
      let target = UnsafeMutableRawBufferPointer(rebasing: bytes[end...])
      // Several sources may read one file.
      return length == nil
        ? descriptor.read(into: target) : descriptor.read(into: target, at: position + available)
    }
    if found < 0 { failure = errno }
    hasEnded = found <= 0
    end += max(0, found)
  }

  /// Waits for the writer of a pipe; false if the deadline passed.
  private var isThere: Bool {
    guard length == nil, let deadline else { return true }
    while !waitForInput(of: [descriptor], atMost: deadline.remaining)[0] {
      if deadline.remaining <= .zero { return false }
    }
    return true
  }
}
