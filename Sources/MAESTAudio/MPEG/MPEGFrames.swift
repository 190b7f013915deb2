/// Finds the frames of MPEG audio in a source of bytes, also behind damage, tags and padding.
struct MPEGFrames {
  /// What comes next in the source.
  enum Step {
    /// A whole frame, which was made available; the caller skips it.
    case frame(MPEGHeader)
    /// Bytes of no use were skipped.
    case skipped(byteCount: Int)
    /// A frame of which only the first bytes are there; they were skipped.
    case cutFrame
    /// The sound has ended: no more frames follow. What is left are neither tags nor padding.
    case end(unreadByteCount: Int)
  }

  /// Frames in a row that make up a stream, if nothing is known of it.
  static let chainLength = 3

  private let source: ByteSource

  /// The header of the last frame.
  private var last: MPEGHeader?

  init(_ source: ByteSource) {
    self.source = source
  }

  mutating func next() -> Step {
    if let header = source.mpegHeader(at: 0), isNext(header) { return frame(header) }
    let start = source.position
    var tagLength = 0
    let first = source.look(1) == 1 ? source[0] : 0
    var isUniform = true
    while !source.isAtEnd {
      if let header = source.mpegHeader(at: 0), isStream(header) {
        let uselessCount = source.position - start - tagLength
        // What comes before the first frame, and the room between tags, is no damage.
        let isHarmless = last == nil || uselessCount == 0 || tagLength > 0 && isUniform
        return isHarmless ? frame(header) : .skipped(byteCount: uselessCount)
      }
      // Another format follows.
      if last != nil, isUniform || source.position == start, PartOpening.isMarked(source) {
        return .end(unreadByteCount: 0)
      }
      if let length = AudioTags.length(at: source) {
        source.skip(length)
        tagLength += length
      } else {
        isUniform = isUniform && source[0] == first
        source.skip(1)
      }
    }
    // A row of equal bytes fills the last block of a disc.
    return .end(unreadByteCount: isUniform ? 0 : source.position - start - tagLength)
  }

  private mutating func frame(_ header: MPEGHeader) -> Step {
    last = header
    guard source.look(header.frameLength) == header.frameLength else {
      source.skip(header.frameLength)
      return .cutFrame
    }
    return .frame(header)
  }

  /// Whether a header that directly follows the last frame is one: of the same stream, or the first of a new one.
  private func isNext(_ header: MPEGHeader) -> Bool {
    if let last, header.isCompatible(with: last) { return true }
    return isStream(header)
  }

  private func isStream(_ header: MPEGHeader) -> Bool {
    // A frame like the last one needs one more only.
    let isAlike = last.map { header.isCompatible(with: $0) } ?? false
    return Self.areNext(in: source, at: 0, count: isAlike ? 2 : Self.chainLength)
  }

  /// Whether frames begin at an offset from the next byte of a source.
  ///
  /// - Parameter count: how many frames have to follow each other, unless the sound ends before.
  static func areNext(in source: ByteSource, at start: Int, count: Int = chainLength) -> Bool {
    guard let first = source.mpegHeader(at: start) else { return false }
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
