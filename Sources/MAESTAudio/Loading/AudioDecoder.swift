/// An open audio file that is read forwards, chunk by chunk.
protocol AudioDecoder: AnyObject {
  /// What decodes, for `AudioSource.decoder`.
  var name: String { get }

  /// Samples in a second, of each channel.
  var sampleRate: Int { get }

  /// The number of channels.
  var channelCount: Int { get }

  /// Container and encoding in words.
  var formatName: String { get }

  /// Frames that the file claims to have; nil if it does not say.
  var expectedFrameCount: Int? { get }

  /// Reads the next samples.
  ///
  /// - Parameters:
  ///   - interleaved: `[frame, channel]`; its beginning is overwritten.
  ///   - deadline: a decoder that waits for another process waits no longer than that.
  /// - Returns: the number of samples of all channels now at its beginning, perhaps with a part of a frame last;
  ///   0 at the end.
  func read(into interleaved: inout [Float], before deadline: Deadline?) throws(AudioError) -> Int
}

/// Opens a file with libsndfile, here or in a helper process, or with ffmpeg if that cannot read it. Pipes go to
/// libsndfile only, which has eaten their beginning.
///
/// - Throws: `AudioError.fileNotFound`, `.isFolder`, `.emptyFile`, `.undecodableFile`, `.noSuchAudioStream`,
///   `.ffmpegNotFound`, `.ffmpegNotStarted`, `.ffmpegFailed`, `.ffmpegStalled`, `.decodingTookTooLong`, `.decoderCrashed`,
///   `.isolatedDecoderNotStarted`, `.isolatedDecoderFailed`.
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

/// libsndfile goes back in some files, which it cannot do in a pipe.
private let noteOnPipes = " (the input is a pipe; some formats, such as flac, need a file)"

/// Opens a file with libsndfile, here or in a helper process.
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
