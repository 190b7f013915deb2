import CSndfile
import MAESTFrontEnd

/// An audio file opened with libsndfile, read forwards in chunks.
///
/// No memory is allocated based on the file's header: chunks are read until the data ends.
final class SoundFile: AudioDecoder {
  /// Samples of all channels that are decoded at a time.
  private static let chunkLength = 65536

  /// Frames per read of MPEG files: the length of every MPEG frame is a multiple of it.
  private static let pieceLength = 192

  let name = "libsndfile"
  let path: String
  let layout: SampleLayout
  private(set) var warnings: [AudioWarning] = []
  var formatName: String { handle.formatName }

  private var channelCount: Int { layout.channelCount }

  /// Frames read so far.
  private var frameCount = 0

  private let handle: SoundHandle

  /// The frame count in the file's header; nil if there is none. Used only to recognise the end: bytes after the last
  /// frame (tags, padding) are not damage.
  let expectedFrameCount: Int?

  /// - Parameter deadline: how long to wait for the writer of a pipe.
  /// - Throws: `AudioError.fileNotFound`, `.isFolder`, `.emptyFile`, `.undecodableFile`, `.decodingTookTooLong`.
  init(path: String, before deadline: Deadline? = nil) throws(AudioError) {
    try FileFacts.check(path)
    let handle = try Self.open(path, before: deadline)
    let info = handle.info
    guard info.samplerate >= 1, info.channels >= 1 else {
      throw .undecodableFile(
        path: path, message: "\(info.channels) channels at \(info.samplerate) Hz in the header")
    }
    self.path = path
    self.handle = Self.unbounded(handle, path: path) ?? handle
    let isUnknown = self.handle.bytes != nil || info.frames == sf_count_t.max || info.frames < 0
    expectedFrameCount = isUnknown ? nil : Int(info.frames)
    layout = SampleLayout(sampleRate: Int(info.samplerate), channelCount: Int(info.channels))
  }

  private static func open(_ path: String, before deadline: Deadline?) throws(AudioError) -> SoundHandle {
    do throws(OpeningFailure) {
      guard FileFacts.isPipe(path), let pipe = try SoundPipe.opened(path, before: deadline) else {
        return try SoundHandle(path: path)
      }
      return try SoundHandle(pipe: pipe)
    } catch {
      guard let message = error.message else {
        throw .decodingTookTooLong(path: path, frameCount: 0, limit: deadline?.limit ?? .zero)
      }
      throw .undecodableFile(path: path, message: message)
    }
  }

  /// Reopens an MPEG file so that it is read to the end of its bytes, if libsndfile only estimates its frame count. An
  /// estimate is recognised by its change when the file appears longer.
  private static func unbounded(_ handle: SoundHandle, path: String) -> SoundHandle? {
    func stretched(_ stretch: StretchedFile.Stretch) -> SoundHandle? {
      guard let bytes = StretchedFile(path: path, by: stretch), let other = try? SoundHandle(bytes) else {
        return nil
      }
      let isSame =
        (other.info.format, other.info.channels, other.info.samplerate)
        == (handle.info.format, handle.info.channels, handle.info.samplerate)
      return isSame && other.info.frames > handle.info.frames ? other : nil
    }
    return handle.isMPEG && stretched(.little) != nil ? stretched(.many) : nil
  }

  /// - Throws: `AudioError.decodingFailed`.
  func read(into interleaved: inout [Float], before deadline: Deadline?) throws(AudioError) -> Int {
    // Reads in small pieces: after an error libsndfile discards what it decoded of the current piece.
    let piece = handle.bytes == nil ? nil : Self.pieceLength
    let capacity = max(1, Self.chunkLength / channelCount / (piece ?? 1) * (piece ?? 1))
    if interleaved.count < capacity * channelCount {
      interleaved = Array(repeating: 0, count: capacity * channelCount)
    }
    let count = decode(into: &interleaved, frameCount: capacity, piece: piece ?? capacity)
    frameCount += count
    let isShort = count < capacity && frameCount < expectedFrameCount ?? .max
    // The last frame may be truncated; such a file gives the frames before it.
    let isCut = handle.bytes?.isAtEnd ?? false
    if isShort, handle.hasFailed, !isCut {
      throw .decodingFailed(
        path: path, frameCount: frameCount, expectedFrameCount: expectedFrameCount,
        message: handle.message)
    }
    return count * channelCount
  }

  /// - Parameter piece: the number of frames of each read.
  /// - Returns: the number of frames decoded; fewer than requested at the end, or after an error.
  private func decode(into interleaved: inout [Float], frameCount: Int, piece: Int) -> Int {
    var count = 0
    var isMore = true
    while isMore, count < frameCount {
      let wanted = min(piece, frameCount - count)
      let found = interleaved.withUnsafeMutableBufferPointer { target in
        target.baseAddress.map {
          Int(sf_readf_float(handle.pointer, $0 + count * channelCount, sf_count_t(wanted)))
        } ?? 0
      }
      count += max(0, found)
      isMore = found == wanted
    }
    return count
  }
}
