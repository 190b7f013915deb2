/// Finds the decoder of what comes next in a file or pipe.
enum PartOpening {
  /// How far MPEG audio is searched behind bytes of no format.
  private static let searchLimit = 1 << 20

  /// The first part of a file or pipe, of a format that can be read forwards.
  ///
  /// - Parameters:
  ///   - source: at the beginning.
  ///   - file: nil for a pipe.
  ///   - isSearched: whether MPEG audio is also searched behind bytes of no known format.
  /// - Returns: nil if it has none of these formats; the source is then at the beginning again.
  static func firstPart(
    _ source: ByteSource, of file: RandomAccessFile?, isSearched: Bool
  ) -> (any StreamPart)? {
    source.setMark()
    defer { source.releaseMark() }
    if file == nil, let part = WAVPart(source) { return part }
    if let part = streamedPart(source, of: file, isSearched: isSearched) { return part }
    source.returnToMark()
    return nil
  }

  /// The part that begins at the next byte, behind another one.
  ///
  /// - Parameter file: nil for a pipe.
  static func part(_ source: ByteSource, of file: RandomAccessFile?) -> (any StreamPart)? {
    if let part = streamedPart(source, of: file) { return part }
    guard let file else { return WAVPart(source) }
    guard OtherFormats.areNext(in: source) else { return nil }
    return try? SoundFile(location: nil, file, from: source.position)
  }

  private static func streamedPart(
    _ source: ByteSource, of file: RandomAccessFile?, isSearched: Bool
  ) -> (any StreamPart)? {
    let hasTags = AudioTags.skip(source)
    if let part = streamedPart(source, of: file) { return part }
    // Formats with a mark of their own are not searched: their bytes may look like frames.
    guard isSearched || hasTags, !OtherFormats.areNext(in: source),
      let offset = MPEGFrames.offset(in: source, limit: searchLimit)
    else { return nil }
    source.skip(offset)
    return MPEGAudio(source)
  }

  private static func streamedPart(_ source: ByteSource, of file: RandomAccessFile?) -> (any StreamPart)? {
    if source.begins(with: "fLaC") { return FLACAudio(source, isOgg: false) }
    if source.begins(with: "OggS") {
      switch OggPages.encoding(at: source) {
      case .vorbis: return VorbisAudio(source)
      case .opus(let inputRate): return opusPart(source, of: file, inputRate: inputRate)
      case .flac: return FLACAudio(source, isOgg: true)
      case nil: return nil
      }
    }
    return MPEGFrames.areNext(in: source) ? MPEGAudio(source) : nil
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
