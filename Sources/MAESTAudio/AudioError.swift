/// Everything that can be wrong with audio, its file, or the numbers of the front end.
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

  /// A signal without samples; `path` is nil for samples from memory.
  case noSamples(path: String?)

  /// A sample is NaN or infinite. `index` counts from 0, `time` is in seconds.
  case nonFiniteSample(index: Int, time: Double)

  /// A sample is beyond what single precision can take the power of.
  case sampleOutOfRange(index: Int, time: Double, value: Float, limit: Float)

  /// A signal of fewer than 1 or more than 1024 channels.
  case invalidChannelCount(Int)

  /// The header of a WAV stream cannot be.
  case invalidWAVHeader(field: String, found: String, expected: String)

  /// A WAV stream ended before its data began; in bytes.
  case wavHeaderCutShort(byteCount: Int)

  /// A change of sample rate that cannot be made; rates in hertz.
  case unsupportedSampleRates(from: Int, to: Int)

  /// The resampler failed; `message` is libsamplerate's.
  case resamplingFailed(message: String)

  /// The signal has another sample rate than the front end; in hertz.
  case sampleRateMismatch(found: Int, expected: Int)

  /// A single frame of the wrong size, in samples.
  case wrongFrameLength(found: Int, expected: Int)

  /// A number of the front end is out of range.
  case invalidConfiguration(parameter: String, found: String, expected: String)

  /// The signal fills no patch; in samples.
  case tooShort(sampleCount: Int, neededSampleCount: Int, sampleRate: Int)

  /// A patch of fewer frames than 1, or more than 2^20.
  case invalidPatchSize(Int)

  /// A patch hop below 0; in frames.
  case invalidPatchHop(Int)

  /// A hop that would skip frames; in frames.
  case hopLargerThanPatch(hop: Int, patchSize: Int)

  /// A hop that is no frame, or too many; both in seconds.
  case invalidHopTime(Double, frameTime: Double)

  /// Fewer windows than 1.
  case invalidWindowCount(Int)

  /// Windows at given places, and no place.
  case noWindowPlaces

  /// A place of a window outside the track; 0 is its beginning, 1 its end.
  case invalidWindowPlace(Double)

  /// A stretch of a track that cannot be; in seconds, to the track's end where `end` is nil.
  case invalidTimeRange(start: Double, end: Double?)

  /// A stretch that reaches beyond the track's end; in seconds.
  case rangeBeyondEnd(start: Double, end: Double?, duration: Double)

  /// Windows that depend on the track's length, and it is not known before its end.
  case unknownLength

  /// A file had another length when it was read again; in samples at the rate of the front end.
  case lengthChanged(found: Int, expected: Int)
}
