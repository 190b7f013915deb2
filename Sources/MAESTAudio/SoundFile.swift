import CSndfile

/// An audio file opened with libsndfile, read forwards in chunks.
///
/// Nothing is allocated on the word of the file's header: the reader asks for chunk after chunk until the
/// data ends.
final class SoundFile: AudioDecoder {
  /// Samples, of all channels together, that are decoded at a time.
  private static let chunkLength = 65536

  let name = "libsndfile"
  let path: String
  let sampleRate: Int
  let channelCount: Int
  let formatName: String

  /// Frames read so far.
  private var frameCount = 0

  private let handle: OpaquePointer

  /// Frames that the file claims to have; nil if it does not say. Trusted for nothing but the end: what
  /// follows the last frame (tags, padding) is no damage.
  let expectedFrameCount: Int?

  /// - Throws: `AudioError.fileNotFound`, `.isFolder`, `.emptyFile`, `.undecodableFile`.
  init(path: String) throws(AudioError) {
    try FileFacts.check(path)
    var info = SF_INFO()
    // The library takes "-" for the standard input.
    guard let handle = sf_open(path == "-" ? "./-" : path, Int32(SFM_READ), &info) else {
      throw .undecodableFile(path: path, message: Self.message(nil))
    }
    guard info.samplerate >= 1, info.channels >= 1 else {
      sf_close(handle)
      throw .undecodableFile(
        path: path, message: "\(info.channels) channels at \(info.samplerate) Hz in the header")
    }
    self.path = path
    self.handle = handle
    expectedFrameCount = info.frames == sf_count_t.max ? nil : Int(info.frames)
    sampleRate = Int(info.samplerate)
    channelCount = Int(info.channels)
    formatName = Self.formatName(info.format)
  }

  deinit {
    sf_close(handle)
  }

  /// - Throws: `AudioError.decodingFailed`.
  func read(into interleaved: inout [Float], before deadline: Deadline?) throws(AudioError) -> Int {
    let capacity = max(1, Self.chunkLength / channelCount)
    if interleaved.count < capacity * channelCount {
      interleaved = Array(repeating: 0, count: capacity * channelCount)
    }
    let handle = handle
    let count = interleaved.withUnsafeMutableBufferPointer { target in
      guard let base = target.baseAddress else { return 0 }
      return Int(sf_readf_float(handle, base, sf_count_t(capacity)))
    }
    frameCount += max(0, count)
    let isShort = count < capacity && frameCount < expectedFrameCount ?? .max
    if isShort, sf_error(handle) != 0 {
      throw .decodingFailed(
        path: path, frameCount: frameCount, expectedFrameCount: expectedFrameCount,
        message: Self.message(handle))
    }
    return max(0, count) * channelCount
  }

  /// The library's last error; that of opening if there is no handle.
  private static func message(_ handle: OpaquePointer?) -> String {
    guard let text = sf_strerror(handle) else { return "unknown error" }
    let message = String(cString: text)
    return String(message.drop { $0.isWhitespace }.split(whereSeparator: \.isNewline).joined(separator: " "))
  }

  /// Container and encoding, in the library's words.
  private static func formatName(_ format: Int32) -> String {
    let parts = [format & Int32(SF_FORMAT_TYPEMASK), format & Int32(SF_FORMAT_SUBMASK)]
    return parts.compactMap(partName).joined(separator: ", ")
  }

  private static func partName(_ format: Int32) -> String? {
    var info = SF_FORMAT_INFO()
    info.format = format
    let size = Int32(MemoryLayout<SF_FORMAT_INFO>.size)
    let code = sf_command(nil, Int32(SFC_GET_FORMAT_INFO), &info, size)
    return code == 0 ? info.name.map { String(cString: $0) } : nil
  }
}
