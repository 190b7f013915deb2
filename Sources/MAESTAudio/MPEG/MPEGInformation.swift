/// What the first frame of an mp3 stream says of the stream: a frame with the mark `Xing`, `Info` or `VBRI` instead of
/// sound.
///
/// Source: the description of the Xing header in LAME's `doc/` and "MP3 Info Tag rev 1" (Gabriel Bouvigne).
struct MPEGInformation {
  /// The number of frames, this one not counted; nil: not given.
  var frameCount: Int?
  /// The number of bytes of all frames, this one included; nil: not given.
  var byteCount: Int?
  /// The samples of each channel that the encoder added at the beginning and at the end; nil: not given.
  var addition: (start: Int, end: Int)?

  /// - Parameters:
  ///   - source: at the beginning of the frame, all of which was made available.
  /// - Returns: nil if the frame has sound.
  init?(_ source: ByteSource, _ header: MPEGHeader) {
    guard header.layer == 3 else { return nil }
    let start = MPEGHeader.byteCount + header.sideInformationLength
    if let place = [start, start + 2].first(where: {
      source.begins(with: "Xing", at: $0) || source.begins(with: "Info", at: $0)
    }) {
      readXing(source, at: place, end: header.frameLength)
    } else if header.frameLength >= 36 + 18, source.begins(with: "VBRI", at: 36) {
      byteCount = source.bigEndian(at: 36 + 10)
      frameCount = source.bigEndian(at: 36 + 14)
    } else {
      return nil
    }
  }

  private mutating func readXing(_ source: ByteSource, at start: Int, end: Int) {
    guard start + 8 <= end else { return }
    let flags = source.bigEndian(at: start + 4)
    var place = start + 8
    func next(_ length: Int) -> Int? {
      place += length
      return place <= end ? place - length : nil
    }
    if flags & 1 != 0 { frameCount = next(4).map { source.bigEndian(at: $0) } }
    if flags & 2 != 0 { byteCount = next(4).map { source.bigEndian(at: $0) } }
    if flags & 4 != 0 { _ = next(100) }
    if flags & 8 != 0 { _ = next(4) }
    // The encoder's name and its settings; zeros if another program wrote the header.
    guard place + 24 <= end, source[place] != 0 else { return }
    let numbers = (place + 21..<place + 24).reduce(0) { $0 << 8 | Int(source[$1]) }
    addition = (numbers >> 12, numbers & 0xFFF)
  }
}

extension ByteSource {
  /// A big-endian 32-bit number in bytes that were made available.
  fileprivate func bigEndian(at offset: Int) -> Int {
    (offset..<offset + 4).reduce(0) { $0 << 8 | Int(self[$1]) }
  }
}
