import MAESTFrontEnd

/// The arrangement of interleaved samples.
struct SampleLayout: Equatable, Sendable, Codable {
  /// Frames per second.
  var sampleRate: Int

  /// The number of channels.
  var channelCount: Int

  /// "44100 Hz, 2 channels".
  var words: String { "\(sampleRate) Hz, \(channelCount) channel\(channelCount == 1 ? "" : "s")" }
}

/// An open audio file that is read forwards, chunk by chunk.
protocol AudioDecoder: AnyObject {
  /// The decoder's name, for `AudioSource.decoder`.
  var name: String { get }

  /// The arrangement of the samples that the last `read` returned; before the first one, of those that it will return.
  var layout: SampleLayout { get }

  /// What is missing of the sound that was read so far; complete at the end.
  var warnings: [AudioWarning] { get }

  /// Container and encoding in words.
  var formatName: String { get }

  /// The frame count in the file's header; nil if there is none.
  var expectedFrameCount: Int? { get }

  /// Reads the next samples.
  ///
  /// - Parameters:
  ///   - interleaved: `[frame, channel]`; its beginning is overwritten.
  ///   - deadline: how long a decoder may wait for another process.
  /// - Returns: the number of samples of all channels now at its beginning, all of one layout, which may end with a
  ///   partial frame; 0 at the end.
  func read(into interleaved: inout [Float], before deadline: Deadline?) throws(AudioError) -> Int
}

/// Opens a file or pipe with the library of its format, in this process or in a helper process, or with ffmpeg if none of
/// them can read it.
///
/// - Throws: `AudioError.fileNotFound`, `.isFolder`, `.emptyFile`, `.undecodableFile`, `.encodedAsPCM`,
///   `.noSuchAudioStream`, `.spoolingFailed`, `.ffmpegNotFound`, `.ffmpegNotStarted`, `.ffmpegFailed`,
///   `.ffmpegStalled`, `.decodingTookTooLong`, `.decoderCrashed`, `.isolatedDecoderNotStarted`,
///   `.isolatedDecoderFailed`.
func openDecoder(
  path: String, loader: AudioLoader, before deadline: Deadline?
) throws(AudioError) -> any AudioDecoder {
  try within(deadline, path) { () throws(AudioError) in try FileFacts.check(path) }
  guard !FileFacts.mayBeReadTwice(path) else {
    return try openFile(path: path, location: path, spooled: nil, loader: loader, before: deadline)
  }
  // A helper process reads files only.
  let (stream, spooled) = try FileOpening.openPipe(
    path, before: deadline, streams: loader.isolation == nil && loader.audioStream == 1)
  if let stream { return stream }
  guard let spooled else { preconditionFailure("neither stream nor copy") }
  return try openFile(
    path: path, location: spooled.location, spooled: spooled, loader: loader, before: deadline)
}

/// - Parameters:
///   - path: the file's name in errors.
///   - location: where its bytes are.
///   - spooled: the temporary file that must live as long as the decoder.
private func openFile(
  path: String, location: String, spooled: SpooledStream?, loader: AudioLoader, before deadline: Deadline?
) throws(AudioError) -> any AudioDecoder {
  let file: any AudioDecoder
  do {
    file = try openLibrary(path: path, location: location, loader: loader, before: deadline)
  } catch {
    guard let message = messageForFFmpeg(error) else { throw error }
    guard let ffmpeg = loader.ffmpeg, FileFacts.isReadableFile(location) else { throw error }
    if case .encodedAsPCM = error, ffmpeg.locate() == nil { throw error }
    let file = try FFmpegFile(
      path: path, location: location, audioStream: loader.audioStream, ffmpeg: ffmpeg,
      isTolerant: loader.damaged == .keep, trustsDuration: !isEncodedAsPCM(error), soundFileMessage: message,
      before: deadline)
    return spooled.map { SpooledFile(file, $0) } ?? file
  }
  guard loader.audioStream == 1 else {
    throw .noSuchAudioStream(path: path, stream: loader.audioStream, streamCount: 1)
  }
  return spooled.map { SpooledFile(file, $0) } ?? file
}

private func isEncodedAsPCM(_ error: AudioError) -> Bool {
  if case .encodedAsPCM = error { true } else { false }
}

/// Why no library reads a file that ffmpeg may read; nil if ffmpeg would not help.
private func messageForFFmpeg(_ error: AudioError) -> String? {
  if case .undecodableFile(_, let message) = error { return message }
  if case .encodedAsPCM(_, let encoding) = error { return "the samples are a \(encoding) stream" }
  return nil
}

/// Opens a file with the library of its format, in this process or in a helper process.
private func openLibrary(
  path: String, location: String, loader: AudioLoader, before deadline: Deadline?
) throws(AudioError) -> any AudioDecoder {
  guard let isolation = loader.isolation else {
    return try within(deadline, path) { () throws(AudioError) in try FileOpening.open(path, at: location) }
  }
  return try IsolatedFile(path: path, location: location, isolation: isolation, before: deadline)
}

/// A decoder of a temporary file, which is removed with it.
private final class SpooledFile: AudioDecoder {
  private let file: any AudioDecoder
  private let spooled: SpooledStream

  init(_ file: any AudioDecoder, _ spooled: SpooledStream) {
    self.file = file
    self.spooled = spooled
  }

  var name: String { file.name }
  var formatName: String { file.formatName }
  var layout: SampleLayout { file.layout }
  var warnings: [AudioWarning] { file.warnings }
  var expectedFrameCount: Int? { file.expectedFrameCount }

  func read(into interleaved: inout [Float], before deadline: Deadline?) throws(AudioError) -> Int {
    try file.read(into: &interleaved, before: deadline)
  }
}
