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
  /// - Parameter interleaved: `[frame, channel]`; its beginning is overwritten.
  /// - Returns: the number of samples of all channels now at its beginning, perhaps with a part of a frame last;
  ///   0 at the end.
  func read(into interleaved: inout [Float]) throws(AudioError) -> Int
}

/// Opens a file with libsndfile, or with ffmpeg if that cannot read it.
///
/// - Parameter ffmpeg: nil: libsndfile only. Pipes go to libsndfile only too, which has eaten their beginning.
/// - Throws: `AudioError.fileNotFound`, `.isFolder`, `.emptyFile`, `.undecodableFile`, `.ffmpegNotFound`,
///   `.ffmpegNotStarted`, `.ffmpegFailed`, `.ffmpegStalled`.
func openDecoder(path: String, ffmpeg: FFmpeg?) throws(AudioError) -> any AudioDecoder {
  do {
    return try SoundFile(path: path)
  } catch {
    guard case .undecodableFile(_, let message) = error, let ffmpeg, FileFacts.isReadableFile(path) else {
      throw error
    }
    return try FFmpegFile(path: path, ffmpeg: ffmpeg, soundFileMessage: message)
  }
}
