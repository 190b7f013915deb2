public import MAESTFrontEnd

/// Why an audio file or stream cannot be decoded.
public enum AudioError: Error, Equatable, Sendable {
  /// There is no file at the path.
  case fileNotFound(path: String)

  /// The path is a folder.
  case isFolder(path: String)

  /// The file is empty (0 bytes).
  case emptyFile(path: String)

  /// The file exists but no library can open it; `message` is that of libsndfile, which was asked last.
  case undecodableFile(path: String, message: String)

  /// The file has `streamCount` audio streams; the requested `stream` (counted from 1) is not among them.
  case noSuchAudioStream(path: String, stream: Int, streamCount: Int)

  /// Decoding failed after `frameCount` frames; `expectedFrameCount` is the count in the file's header, if any.
  case decodingFailed(path: String, frameCount: Int, expectedFrameCount: Int?, message: String)

  /// A part of the file cannot be decoded, and `AudioLoader.damaged` is `refuse`.
  case damaged(path: String, AudioWarning)

  /// Less than half of the file's sound can be decoded.
  case mostlyLost(path: String, decodedSeconds: Double, lostSeconds: Double)

  /// A file of PCM samples whose bytes are those of another encoding, such as DTS, and no ffmpeg to decode it.
  case encodedAsPCM(path: String, encoding: String)

  /// A stream that cannot be read twice could not be copied to a temporary file, which its format needs.
  case spoolingFailed(path: String, message: String)

  /// Decoding `frameCount` frames took longer than `AudioLoader.decodingTimeLimit`.
  case decodingTookTooLong(path: String, frameCount: Int, limit: Duration)

  /// The helper process that decoded the file crashed after `frameCount` frames.
  case decoderCrashed(path: String, frameCount: Int, signal: Int)

  /// The helper process of `DecoderIsolation` could not be started; `program` is the program's path.
  case isolatedDecoderNotStarted(path: String, program: String, message: String)

  /// The program of `DecoderIsolation` violated the helper protocol after `frameCount` frames.
  case isolatedDecoderFailed(path: String, frameCount: Int, message: String)

  /// A decoding program ended after `frameCount` frames, and its exit status is not available, because this process
  /// ignores SIGCHLD or another part of it has already waited for the program. The program's output may be incomplete.
  case exitStatusUnknown(path: String, program: String, frameCount: Int)

  /// No library can open the file, and no ffmpeg was found.
  case ffmpegNotFound(path: String, libsndfileMessage: String)

  /// The file needs ffmpeg, which could not be run; `program` is its path.
  case ffmpegNotStarted(path: String, program: String, message: String)

  /// Neither a library nor ffmpeg can decode the file; `message` is ffmpeg's message.
  case ffmpegFailed(path: String, libsndfileMessage: String, message: String)

  /// ffmpeg failed after `frameCount` frames; `message` is ffmpeg's message.
  case ffmpegBrokeOff(path: String, frameCount: Int, message: String)

  /// ffmpeg wrote `frameCount` frames, then nothing for `limit`.
  case ffmpegStalled(path: String, frameCount: Int, limit: Duration)

  /// The file contains no samples.
  case noSamples(path: String)

  /// A field of a WAV stream's header is invalid.
  case invalidWAVHeader(field: String, found: String, expected: String)

  /// A WAV stream ended after `byteCount` bytes, before its data began.
  case wavHeaderCutShort(byteCount: Int)

  /// The decoded samples cannot be used, for example because of a NaN sample or a sample rate that cannot be converted.
  case signal(SignalError)
}
