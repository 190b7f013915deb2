/// Why samples cannot be converted to patches: invalid samples, or front-end settings that are out of range.
public enum SignalError: Error, Equatable, Sendable {
  /// The signal has no samples.
  case noSamples

  /// A sample is NaN or infinite. `index` counts from 0, `time` is in seconds.
  case nonFiniteSample(index: Int, time: Double)

  /// A sample is so large that its power overflows single precision.
  case sampleOutOfRange(index: Int, time: Double, value: Float, limit: Float)

  /// The signal has fewer than 1 or more than 1024 channels.
  case invalidChannelCount(Int)

  /// The sample rates cannot be converted; in hertz.
  case unsupportedSampleRates(from: Int, to: Int)

  /// The resampler failed; `message` is libsamplerate's message.
  case resamplingFailed(message: String)

  /// The signal's sample rate differs from that of the front end; in hertz.
  case sampleRateMismatch(found: Int, expected: Int)

  /// A single frame has the wrong length; in samples.
  case wrongFrameLength(found: Int, expected: Int)

  /// A front-end parameter is out of range.
  case invalidConfiguration(parameter: String, found: String, expected: String)

  /// The signal is shorter than one patch; in samples.
  case tooShort(sampleCount: Int, neededSampleCount: Int, sampleRate: Int)

  /// The patch size is less than 1 or more than 2^20 frames.
  case invalidPatchSize(Int)

  /// The patch hop is negative; in frames.
  case invalidPatchHop(Int)

  /// The patch hop is larger than the patch and would skip frames; in frames.
  case hopLargerThanPatch(hop: Int, patchSize: Int)

  /// The hop is less than one frame or too large; both in seconds.
  case invalidHopTime(Double, frameTime: Double)

  /// The number of windows is less than 1.
  case invalidWindowCount(Int)

  /// Windows at given positions were requested without any position.
  case noWindowPlaces

  /// A window position is outside the track; 0 is its beginning, 1 its end.
  case invalidWindowPlace(Double)

  /// The time range is invalid; in seconds, to the track's end if `end` is nil.
  case invalidTimeRange(start: Double, end: Double?)

  /// The time range extends beyond the track's end; in seconds.
  case rangeBeyondEnd(start: Double, end: Double?, duration: Double)

  /// Window positions depend on the track's length, which is not known before its end.
  case unknownLength

  /// The file's length changed between two reads; in samples at the rate of the front end.
  case lengthChanged(found: Int, expected: Int)
}
