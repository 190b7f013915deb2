extension SignalError: CustomStringConvertible {
  /// The error message: what was found, what was expected, and what to do.
  ///
  /// One switch over all cases, so that a case without a text does not compile.
  public var description: String {
    switch self {
    case .noSamples:
      "the signal has no samples, at least one was expected. Check where the audio comes from."
    case .nonFiniteSample(let index, let time):
      "sample \(index) (at \(time) s) is NaN or infinite, finite numbers were expected. Repair the audio "
        + "or the program that made it."
    case .sampleOutOfRange(let index, let time, let value, let limit):
      "sample \(index) (at \(time) s) is \(value), magnitudes up to \(limit) were expected (full scale is "
        + "1). Scale the audio down."
    case .invalidChannelCount(let count):
      "the signal has \(count) channels, 1 to 1024 were expected. Check where the audio comes from."
    case .unsupportedSampleRates(let from, let to):
      "cannot resample from \(from) Hz to \(to) Hz: both must be at least 1 Hz and neither above 256 times "
        + "the other. Check the file's sample rate."
    case .resamplingFailed(let message):
      "resampling failed (libsamplerate: \(message)). Convert the audio to the wanted sample rate first."
    case .sampleRateMismatch(let found, let expected):
      "the signal has \(found) Hz, \(expected) Hz was expected. Resample it to \(expected) Hz first."
    case .wrongFrameLength(let found, let expected):
      "the frame has \(found) samples, \(expected) were expected. Cut frames of \(expected) samples."
    case .invalidConfiguration(let parameter, let found, let expected):
      "\(parameter) is \(found), expected \(expected). Correct it."
    case .tooShort(let sampleCount, let neededSampleCount, let sampleRate):
      "the signal is too short: it has \(sampleCount) samples (\(seconds(sampleCount, sampleRate)) s), one "
        + "patch needs \(neededSampleCount) (\(seconds(neededSampleCount, sampleRate)) s). Use "
        + "a longer signal, or let the last patch be filled by repetition."
    case .invalidPatchSize(let size):
      "the patch size is \(size) frames, 1 to \(PatchLayout.patchSizes.upperBound) were expected. Use the model's own patch size."
    case .invalidPatchHop(let hop):
      "the patch hop is \(hop) frames, 0 (no overlap) or more was expected."
    case .hopLargerThanPatch(let hop, let patchSize):
      "the patch hop of \(hop) frames is larger than the patch of \(patchSize) frames and would skip "
        + "frames. Use a hop from 1 to \(patchSize), or 0 for no overlap."
    case .invalidHopTime(let seconds, let frameTime):
      "a hop of \(seconds) s cannot be: it is rounded to frames of \(frameTime) s, and at least one was expected. "
        + "Use a longer hop, at most a patch."
    case .invalidWindowCount(let count):
      "\(count) windows were asked for, at least 1 was expected."
    case .noWindowPlaces:
      "no window positions were given. Give at least one, from 0 (the beginning) to 1 (the "
        + "end)."
    case .invalidWindowPlace(let place):
      "a window at \(place) of the track was asked for, places from 0 (its beginning) to 1 (its end) were expected."
    case .invalidTimeRange(let start, let end):
      "the range from \(start) s to \(end.map { "\($0) s" } ?? "the end") cannot be: it has to begin at 0 s or later "
        + "and to end after that."
    case .rangeBeyondEnd(let start, let end, let duration):
      "the range from \(start) s to \(end.map { "\($0) s" } ?? "the end") is not in the track, which is \(duration) s "
        + "long. Take a range within."
    case .unknownLength:
      "windows by number or place need the length of the track, which of a stream or a pipe is not known before its "
        + "end. Place windows by hop, or write the audio to a file first."
    case .lengthChanged(let found, let expected):
      "the file had \(expected) samples, and \(found) when it was read again. Wait until the file is complete."
    }
  }

  private func seconds(_ sampleCount: Int, _ sampleRate: Int) -> Double {
    (1000 * Double(sampleCount) / Double(sampleRate)).rounded() / 1000
  }
}

extension SignalError {
  /// A machine-readable name of the error: the name of its case, the same in every version.
  public var code: String {
    switch self {
    case .noSamples: "noSamples"
    case .nonFiniteSample: "nonFiniteSample"
    case .sampleOutOfRange: "sampleOutOfRange"
    case .invalidChannelCount: "invalidChannelCount"
    case .unsupportedSampleRates: "unsupportedSampleRates"
    case .resamplingFailed: "resamplingFailed"
    case .sampleRateMismatch: "sampleRateMismatch"
    case .wrongFrameLength: "wrongFrameLength"
    case .invalidConfiguration: "invalidConfiguration"
    case .tooShort: "tooShort"
    case .invalidPatchSize: "invalidPatchSize"
    case .invalidPatchHop: "invalidPatchHop"
    case .hopLargerThanPatch: "hopLargerThanPatch"
    case .invalidHopTime: "invalidHopTime"
    case .invalidWindowCount: "invalidWindowCount"
    case .noWindowPlaces: "noWindowPlaces"
    case .invalidWindowPlace: "invalidWindowPlace"
    case .invalidTimeRange: "invalidTimeRange"
    case .rangeBeyondEnd: "rangeBeyondEnd"
    case .unknownLength: "unknownLength"
    case .lengthChanged: "lengthChanged"
    }
  }
}
