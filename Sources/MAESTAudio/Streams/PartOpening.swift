/// Finds the decoder of what comes next in a file or pipe.
enum PartOpening {
  /// How far MPEG audio is searched behind bytes of no format.
  private static let searchLimit = 1 << 20

  /// The first part of a file or pipe, of a format that can be read forwards.
  ///
  /// - Parameters:
  ///   - source: at the beginning.
  ///   - isSearched: whether MPEG audio is also searched behind bytes of no known format.
  ///   - takesWAVE: whether WAVE is read too.
  /// - Returns: nil if it has none of these formats; the source is then at the beginning again.
  static func firstPart(_ source: ByteSource, isSearched: Bool, takesWAVE: Bool) -> (any StreamPart)? {
    source.setMark()
    defer { source.releaseMark() }
    if takesWAVE, let part = WAVPart(source) { return part }
    if let part = streamedPart(source, isSearched: isSearched) { return part }
    source.returnToMark()
    return nil
  }

  /// The part that begins at the next byte, behind another one.
  ///
  /// - Parameter file: nil for a pipe.
  static func part(_ source: ByteSource, of file: RandomAccessFile?) -> (any StreamPart)? {
    if let part = streamedPart(source) { return part }
    guard let file else { return WAVPart(source) }
    guard OtherFormats.areNext(in: source) else { return nil }
    return try? SoundFile(location: nil, file, from: source.position)
  }

  private static func streamedPart(_ source: ByteSource, isSearched: Bool) -> (any StreamPart)? {
    let hasTags = AudioTags.skip(source)
    if let part = streamedPart(source) { return part }
    // Formats with a mark of their own are not searched: their bytes may look like frames.
    guard isSearched || hasTags, !OtherFormats.areNext(in: source),
      let offset = MPEGFrames.offset(in: source, limit: searchLimit)
    else { return nil }
    source.skip(offset)
    return MPEGAudio(source)
  }

  private static func streamedPart(_ source: ByteSource) -> (any StreamPart)? {
    if source.begins(with: "fLaC") { return FLACAudio(source, isOgg: false) }
    if source.begins(with: "OggS") {
      switch OggPages.encoding(at: source) {
      case .vorbis: return VorbisAudio(source)
      case .opus: return OpusAudio(source)
      case .flac: return FLACAudio(source, isOgg: true)
      case nil: return nil
      }
    }
    return MPEGFrames.areNext(in: source) ? MPEGAudio(source) : nil
  }
}
