/// Computes mel bands from samples.
///
/// Four frames are computed at a time, one per vector lane. A frame's bands are bit-identical for every range of frames
/// that it is computed in, and on every processor.
///
/// An extractor is immutable: many threads may use it at the same time.
public struct MelSpectrogramExtractor: Sendable {
  /// The parameters of the extractor.
  public let configuration: MelSpectrogramConfiguration

  /// The positions of the frames of a signal.
  package let frameCutter: FrameCutter

  let window: [Float]
  let transform: RealFourierTransform
  let filterbank: MelFilterbank

  /// - Throws: `SignalError.invalidConfiguration`.
  public init(configuration: MelSpectrogramConfiguration = .maest) throws(SignalError) {
    self.configuration = configuration
    frameCutter = try configuration.frameCutter
    window = hannWindow(length: configuration.frameLength)
    transform = RealFourierTransform(length: configuration.frameLength)
    filterbank = MelFilterbank(
      bandCount: configuration.bandCount, binCount: transform.binCount,
      sampleRate: configuration.sampleRate,
      frequencies: configuration.lowestFrequency...configuration.highestFrequency)
  }

  /// Returns the bands of a whole signal.
  ///
  /// - Throws: `SignalError.sampleRateMismatch` unless the signal has the configuration's sample rate, and
  ///   the errors of `spectrogram(of: [Float])`.
  public func spectrogram(of signal: AudioSignal) throws(SignalError) -> MelSpectrogram {
    guard signal.sampleRate == configuration.sampleRate else {
      throw .sampleRateMismatch(found: signal.sampleRate, expected: configuration.sampleRate)
    }
    return try spectrogram(of: signal.samples)
  }

  /// Returns the bands of a whole signal.
  ///
  /// - Parameter samples: at the configuration's sample rate, usually from -1 to 1.
  /// - Returns: `frameCutter.frameCount(sampleCount:)` frames.
  /// - Throws: `SignalError.noSamples`, `.nonFiniteSample`, `.sampleOutOfRange`.
  public func spectrogram(of samples: [Float]) throws(SignalError) -> MelSpectrogram {
    let frameCount = frameCutter.frameCount(sampleCount: samples.count)
    return try spectrogram(of: samples, frames: 0..<frameCount)
  }

  /// Returns the bands of a range of frames.
  ///
  /// - Parameters:
  ///   - samples: the whole signal, or the part of it that begins at sample `firstSample`. Samples outside count as
  ///     zero, so a part must contain all samples of the signal that the frames cover.
  ///   - firstSample: the index in the signal of the first of `samples`.
  ///   - frames: frames that `samples` covers.
  /// - Returns: one frame for each of `frames`.
  /// - Throws: `SignalError.noSamples`, `.nonFiniteSample`, `.sampleOutOfRange` (only the samples of these frames are
  ///   checked), `.invalidConfiguration` for frames that the samples do not cover.
  public func spectrogram(
    of samples: [Float], firstSample: Int = 0, frames: Range<Int>
  ) throws(SignalError) -> MelSpectrogram {
    guard !samples.isEmpty else { throw .noSamples }
    guard firstSample >= 0, firstSample <= Int.max - samples.count else {
      throw .invalidConfiguration(
        parameter: "firstSample", found: "\(firstSample)", expected: "0 to \(Int.max - samples.count)")
    }
    let frameCount = frameCutter.frameCount(sampleCount: firstSample + samples.count)
    guard frames.lowerBound >= 0, frames.upperBound <= frameCount else {
      throw .invalidConfiguration(
        parameter: "frames", found: "\(frames)", expected: "some of 0..<\(frameCount)")
    }
    try checkSamples(samples, from: firstSample, of: frames)
    var values = [Float](repeating: 0, count: frames.count * configuration.bandCount)
    var workspace = MelWorkspace(extractor: self)
    var output = values.mutableSpan
    workspace.compute(
      frames, of: samples, firstSample: firstSample, with: self, into: &output, at: 0)
    return MelSpectrogram(
      frameCount: frames.count, bandCount: configuration.bandCount, values: values)
  }

  /// Returns the bands of one frame that the caller has cut.
  ///
  /// - Parameter samples: `[frameLength]`, not windowed.
  /// - Returns: `[bandCount]`.
  /// - Throws: `SignalError.wrongFrameLength`, `.nonFiniteSample`, `.sampleOutOfRange`.
  public func bands(ofFrame samples: [Float]) throws(SignalError) -> [Float] {
    guard samples.count == configuration.frameLength else {
      throw .wrongFrameLength(found: samples.count, expected: configuration.frameLength)
    }
    try SampleCheck(sampleRate: configuration.sampleRate).check(samples[...], from: 0)
    var bands = [Float](repeating: 0, count: configuration.bandCount)
    var workspace = MelWorkspace(extractor: self)
    var output = bands.mutableSpan
    workspace.gather(samples.span, from: 0, of: 0..<1)
    workspace.computeBands(of: self)
    workspace.write(0..<1, to: &output, at: 0)
    return bands
  }

  private func checkSamples(
    _ samples: [Float], from firstSample: Int, of frames: Range<Int>
  ) throws(SignalError) {
    guard let last = frames.last else { return }
    let start = frameCutter.firstSample(ofFrame: frames.lowerBound) - firstSample
    let end = frameCutter.firstSample(ofFrame: last) + configuration.frameLength - firstSample
    let lower = min(max(0, start), samples.count)
    let upper = min(max(lower, end), samples.count)
    let check = SampleCheck(sampleRate: configuration.sampleRate)
    try check.check(samples[lower..<upper], from: firstSample + lower)
  }
}
