import MAESTFrontEnd

/// The arrangement of interleaved samples.
struct SampleLayout: Equatable, Sendable, Codable {
  /// Frames per second.
  var sampleRate: Int

  /// The number of channels.
  var channelCount: Int
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

/// Opens a file with libsndfile, in this process or in a helper process, or with ffmpeg if libsndfile cannot read it.
/// Pipes go to libsndfile only, because it has already consumed the first bytes.
///
/// - Throws: `AudioError.fileNotFound`, `.isFolder`, `.emptyFile`, `.undecodableFile`, `.noSuchAudioStream`,
///   `.ffmpegNotFound`, `.ffmpegNotStarted`, `.ffmpegFailed`, `.ffmpegStalled`, `.decodingTookTooLong`,
///   `.decoderCrashed`, `.isolatedDecoderNotStarted`, `.isolatedDecoderFailed`.
func openDecoder(
  path: String, loader: AudioLoader, before deadline: Deadline?
) throws(AudioError) -> any AudioDecoder {
  let file: any AudioDecoder
  do { file = try openSoundFile(path: path, loader: loader, before: deadline) } catch {
    guard case .undecodableFile(_, let message) = error else { throw error }
    if FileFacts.isPipe(path) { throw .undecodableFile(path: path, message: message + noteOnPipes) }
    guard let ffmpeg = loader.ffmpeg, FileFacts.isReadableFile(path) else { throw error }
    return try FFmpegFile(
      path: path, audioStream: loader.audioStream, ffmpeg: ffmpeg, soundFileMessage: message,
      before: deadline)
  }
  guard loader.audioStream == 1 else {
    throw .noSuchAudioStream(path: path, stream: loader.audioStream, streamCount: 1)
  }
  return file
}

/// Some formats need seeking, which pipes do not support.
private let noteOnPipes = " (the input is a pipe; some formats, such as flac, need a file)"

/// Opens a file with libsndfile, in this process or in a helper process.
private func openSoundFile(
  path: String, loader: AudioLoader, before deadline: Deadline?
) throws(AudioError) -> any AudioDecoder {
  guard let isolation = loader.isolation else {
    return try within(deadline, path) { () throws(AudioError) in
      try SoundFile(path: path, before: deadline)
    }
  }
  return try IsolatedFile(path: path, isolation: isolation, before: deadline)
}
