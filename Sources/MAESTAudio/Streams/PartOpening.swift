import MAESTFrontEnd

/// Finds the decoder of what comes next in a file or pipe.
enum PartOpening {
  /// How far sound is searched behind bytes of no format.
  static let searchLimit = 1 << 20

  /// Frames in a row that are MPEG audio in a file of any name; other formats have a few of them in a packet.
  private static let longChainLength = 16

  /// The first part of a file or pipe, of a format that can be read forwards.
  ///
  /// - Parameters:
  ///   - source: at the beginning.
  ///   - file: nil for a pipe.
  ///   - isSearched: whether sound is also searched behind bytes of no known format.
  ///   - isNamed: whether the file has the name of an mp3.
  ///   - damage: receives what is missing before it.
  /// - Returns: nil if it has none of these formats; the source of a pipe is then at the beginning again.
  static func firstPart(
    _ source: ByteSource, of file: RandomAccessFile?, isSearched: Bool, isNamed: Bool,
    damage: inout PartDamage
  ) -> (any StreamPart)? {
    guard file == nil else {
      return searchedPart(source, of: file, isSearched: isSearched, isNamed: isNamed, &damage)
    }
    source.setMark()
    defer { source.releaseMark() }
    if let part = WAVPart(source) { return part }
    if let part = searchedPart(source, of: nil, isSearched: isSearched, isNamed: isNamed, &damage) {
      return part
    }
    source.returnToMark()
    return nil
  }

  /// The part that begins at the next byte, behind another one.
  ///
  /// - Parameters:
  ///   - file: nil for a pipe.
  ///   - damage: receives what is missing before it.
  static func part(
    _ source: ByteSource, of file: RandomAccessFile?, damage: inout PartDamage
  ) -> (any StreamPart)? {
    if let part = streamedPart(source, of: file, &damage) { return part }
    guard let file else { return WAVPart(source) }
    guard OtherFormats.areNext(in: source) else { return nil }
    return try? SoundFile(location: nil, file, from: source.position)
  }

  /// Whether the next bytes are the mark of a format.
  static func isMarked(_ source: ByteSource) -> Bool {
    source.begins(with: "OggS") || source.begins(with: "fLaC") || OtherFormats.areNext(in: source)
  }

  private static func searchedPart(
    _ source: ByteSource, of file: RandomAccessFile?, isSearched: Bool, isNamed: Bool,
    _ damage: inout PartDamage
  ) -> (any StreamPart)? {
    let hasTags = AudioTags.skip(source, zeroLimit: searchLimit)
    if let part = streamedPart(source, of: file, &damage) { return part }
    // Formats with a mark of their own are not searched: their bytes may look like frames.
    guard isSearched || hasTags, !OtherFormats.areNext(in: source), !OtherFormats.isVideoNext(in: source),
      let offset = offset(
        in: source, frameCount: isNamed || hasTags ? MPEGFrames.chainLength : longChainLength)
    else { return nil }
    source.skip(offset)
    return streamedPart(source, of: file, &damage)
  }

  /// Where a stream begins behind bytes of no format; nil if there is none near.
  private static func offset(in source: ByteSource, frameCount: Int) -> Int? {
    var offset = 0
    while offset < searchLimit, source.look(offset + MPEGHeader.byteCount) == offset + MPEGHeader.byteCount {
      switch source[offset] {
      case 0xFF where MPEGFrames.areNext(in: source, at: offset, count: frameCount): return offset
      case UInt8(ascii: "O") where source.begins(with: "OggS\0\u{2}", at: offset): return offset
      case UInt8(ascii: "f") where source.begins(with: "fLaC\0\0\0\"", at: offset): return offset
      default: offset += 1
      }
    }
    return nil
  }

  private static func streamedPart(
    _ source: ByteSource, of file: RandomAccessFile?, _ damage: inout PartDamage
  ) -> (any StreamPart)? {
    if source.begins(with: "fLaC") { return FLACAudio(source, isOgg: false) }
    while source.begins(with: "OggS") {
      if let part = oggPart(source, of: file) { return part }
      guard file != nil || OggEncoding(at: source) == nil else { return nil }
      // Another link may follow.
      let start = source.position
      let count = OggPages(source).skipRest() - start
      guard count > 0 else { return nil }
      guard source.begins(with: "OggS") else { continue }
      damage.add(.damaged, at: 0, seconds: nil, "\(count) bytes of Ogg have no headers that can be read")
    }
    return MPEGFrames.areNext(in: source, at: 0) ? MPEGAudio(source) : nil
  }

  private static func oggPart(_ source: ByteSource, of file: RandomAccessFile?) -> (any StreamPart)? {
    switch OggEncoding(at: source) {
    case .vorbis: VorbisAudio(source)
    case .opus(let inputRate): opusPart(source, of: file, inputRate: inputRate)
    case .flac: FLACAudio(source, isOgg: true)
    case nil: nil
    }
  }

  /// libsndfile decodes speech of up to 24 kHz at that rate, which a file of it always had here; libopusfile decodes
  /// all at 48 kHz.
  private static func opusPart(
    _ source: ByteSource, of file: RandomAccessFile?, inputRate: Int
  ) -> (any StreamPart)? {
    guard (1...24000).contains(inputRate) else { return OpusAudio(source) }
    guard let file else { return nil }
    return try? SoundFile(opus: source, file)
  }
}
