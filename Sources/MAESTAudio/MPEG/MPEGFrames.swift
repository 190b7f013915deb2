/// Finds the frames of MPEG audio in a source of bytes, also behind damage, tags and padding.
struct MPEGFrames {
  /// What comes next in the source.
  enum Step {
    /// A whole frame, which was made available; the caller skips it.
    case frame(MPEGHeader)
    /// Bytes of no use were skipped.
    case skipped(byteCount: Int)
    /// A frame of which only the first bytes are there; they were skipped.
    case cutFrame(MPEGHeader)
    /// The sound has ended: no more frames follow. What is left are neither tags nor padding.
    case end(unreadByteCount: Int)
  }

  /// Frames in a row that make up a stream, if nothing is known of it.
  private static let chainLength = 3

  /// Bytes that are looked at together.
  private static let windowLength = 1 << 14

  private let source: ByteSource

  /// The header of the last frame.
  private var last: MPEGHeader?

  init(_ source: ByteSource) {
    self.source = source
  }

  /// Whether frames begin at the next byte of a source.
  static func areNext(in source: ByteSource) -> Bool {
    chain(in: source, at: 0, after: nil)
  }

  /// Finds where frames begin.
  ///
  /// - Returns: the number of bytes before them; nil if there are none in the first `limit` bytes.
  static func offset(in source: ByteSource, limit: Int) -> Int? {
    var offset = 0
    while offset < limit, source.look(offset + MPEGHeader.byteCount) == offset + MPEGHeader.byteCount {
      if source[offset] == 0xFF, chain(in: source, at: offset, after: nil) { return offset }
      offset += 1
    }
    return nil
  }

  mutating func next() -> Step {
    if let header = source.mpegHeader(at: 0), isNext(header) { return frame(header) }
    let start = source.position
    var uselessCount = 0
    var isPadding = true
    while !source.isAtEnd {
      if let header = source.mpegHeader(at: 0), isStream(header) {
        return uselessCount == 0 || isPadding ? frame(header) : .skipped(byteCount: uselessCount)
      }
      let byte = source[0]
      if AudioTags.skip(source) { continue }
      isPadding = isPadding && source[0] == byte
      uselessCount += 1
      source.skip(1)
    }
    return .end(unreadByteCount: isPadding && source.position > start ? 0 : uselessCount)
  }

  private mutating func frame(_ header: MPEGHeader) -> Step {
    last = header
    guard source.look(header.frameLength) == header.frameLength else {
      source.skip(header.frameLength)
      return .cutFrame(header)
    }
    return .frame(header)
  }

  /// Whether a header that directly follows the last frame is one: of the same stream, or the first of a new one.
  private func isNext(_ header: MPEGHeader) -> Bool {
    if let last, header.isCompatible(with: last) { return true }
    return isStream(header)
  }

  private func isStream(_ header: MPEGHeader) -> Bool {
    Self.chain(in: source, at: 0, after: last)
  }

  /// Whether enough frames follow each other, or all up to the end or a tag.
  ///
  /// - Parameter last: a frame like it needs one more only.
  private static func chain(in source: ByteSource, at start: Int, after last: MPEGHeader?) -> Bool {
    guard let first = source.mpegHeader(at: start) else { return false }
    let count = last.map { first.isCompatible(with: $0) } == true ? 2 : chainLength
    var offset = start
    for index in 0..<count {
      guard let header = source.mpegHeader(at: offset), header.isCompatible(with: first) else {
        return index > 0 && ends(source, at: offset)
      }
      offset += header.frameLength
    }
    return true
  }

  /// Whether the source, or its sound, ends at an offset.
  private static func ends(_ source: ByteSource, at offset: Int) -> Bool {
    if source.look(offset + 1) <= offset { return true }
    return source.begins(with: "TAG", at: offset) || source.begins(with: "APETAGEX", at: offset)
      || source.begins(with: "LYRICSBEGIN", at: offset) || source.begins(with: "ID3", at: offset)
  }
}
