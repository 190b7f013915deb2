public import MAESTFrontEnd

/// Why an audio file or stream cannot be decoded.
public enum AudioError: Error, Equatable, Sendable {
  /// There is no file at the path.
  case fileNotFound(path: String)

  /// The path is that of a folder.
  case isFolder(path: String)

  /// The file has no byte.
  case emptyFile(path: String)

  /// The file is there and libsndfile cannot open it; `message` is the library's.
  case undecodableFile(path: String, message: String)

  /// The file has `streamCount` audio streams, and not the one that was asked for, counted from 1.
  case noSuchAudioStream(path: String, stream: Int, streamCount: Int)

  /// Decoding broke off after `frameCount` frames; the file claims `expectedFrameCount`, if it says so.
  case decodingFailed(path: String, frameCount: Int, expectedFrameCount: Int?, message: String)

  /// Decoding took more time than `AudioLoader.decodingTimeLimit`, for `frameCount` frames.
  case decodingTookTooLong(path: String, frameCount: Int, limit: Duration)

  /// The helper process that decoded the file crashed after `frameCount` frames.
  case decoderCrashed(path: String, frameCount: Int, signal: Int)

  /// The helper process of `DecoderIsolation` could not be started; `program` is its path.
  case isolatedDecoderNotStarted(path: String, program: String, message: String)

  /// The program of `DecoderIsolation` did not do, after `frameCount` frames, what a decoding helper does.
  case isolatedDecoderFailed(path: String, frameCount: Int, message: String)

  /// A program that decoded has ended after `frameCount` frames, and the system does not tell how: this process ignores
  /// the signal SIGCHLD, or another part of it has waited for the program. What it gave may not be all.
  case exitStatusUnknown(path: String, program: String, frameCount: Int)

  /// libsndfile cannot open the file, and there is no ffmpeg to try.
  case ffmpegNotFound(path: String, libsndfileMessage: String)

  /// ffmpeg is needed for the file and could not be run; `program` is its path.
  case ffmpegNotStarted(path: String, program: String, message: String)

  /// Neither libsndfile nor ffmpeg can decode the file; `message` is ffmpeg's.
  case ffmpegFailed(path: String, libsndfileMessage: String, message: String)

  /// ffmpeg gave up after `frameCount` frames; `message` is its own.
  case ffmpegBrokeOff(path: String, frameCount: Int, message: String)

  /// ffmpeg gave `frameCount` frames, then nothing for the time allowed.
  case ffmpegStalled(path: String, frameCount: Int, limit: Duration)

  /// The file has no sample.
  case noSamples(path: String)

  /// The header of a WAV stream cannot be.
  case invalidWAVHeader(field: String, found: String, expected: String)

  /// A WAV stream ended before its data began; in bytes.
  case wavHeaderCutShort(byteCount: Int)

  /// What was decoded cannot be used: a sample that is NaN, a sample rate that cannot be converted, and the like.
  case signal(SignalError)
}
