import MAESTFrontEnd

/// The encodings of sound in Ogg that have a decoder here.
enum OggEncoding: Equatable {
  case vorbis, flac
  /// - Parameter inputRate: the sample rate of what was encoded, in hertz; 0: not given.
  case opus(inputRate: Int)

  /// The encoding of the first stream of sound of the link that begins at the next byte of a source; nil if none of its
  /// streams has one with a decoder here.
  init?(at source: ByteSource) {
    let (headerLength, firstPageFlag) = (27, UInt8(2))
    var offset = 0
    while source.look(offset + headerLength) == offset + headerLength,
      source.begins(with: "OggS", at: offset),
      source[offset + 5] & firstPageFlag != 0
    {
      let segmentCount = Int(source[offset + headerLength - 1])
      let start = offset + headerLength + segmentCount
      guard source.look(start) == start else { return nil }
      if source.begins(with: "\u{1}vorbis", at: start) {
        self = .vorbis
        return
      }
      if source.begins(with: "OpusHead", at: start), source.look(start + 16) == start + 16 {
        self = .opus(inputRate: Int(source.littleEndian(at: start + 12)))
        return
      }
      if source.begins(with: "\u{7F}FLAC", at: start) {
        self = .flac
        return
      }
      offset = (offset + headerLength..<start).reduce(start) { $0 + Int(source[$1]) }
    }
    return nil
  }
}

/// How a link ended, as warnings.
extension PartDamage {
  /// - Parameters:
  ///   - at: the end, in seconds of the part.
  ///   - isReported: whether the decoder has reported damage.
  mutating func addEnd(of pages: OggPages, at: Double, isReported: Bool) {
    if pages.strayByteCount > 0 {
      add(.damaged, at: at, seconds: nil, "\(pages.strayByteCount) bytes are no Ogg pages, or damaged ones")
    } else if pages.hasHole, !isReported {
      add(.damaged, at: at, seconds: nil, "pages of the stream are missing or damaged")
    }
    if !pages.hasLastPage || pages.isCut {
      add(.cutShort, at: at, seconds: nil, "the stream ends without its last page")
    }
  }
}
