/// Why samples cannot be turned into patches: bad samples, or settings of the front end that are out of range.
public enum SignalError: Error, Equatable, Sendable {
  /// The signal has no samples.
  case noSamples

  /// A sample is NaN or infinite. `index` counts from 0, `time` is in seconds.
  case nonFiniteSample(index: Int, time: Double)

  /// A sample is beyond what single precision can take the power of.
  case sampleOutOfRange(index: Int, time: Double, value: Float, limit: Float)

  /// A signal of fewer than 1 or more than 1024 channels.
  case invalidChannelCount(Int)

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
