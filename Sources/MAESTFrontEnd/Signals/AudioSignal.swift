/// A mono signal.
public struct AudioSignal: Sendable, Equatable {
  /// The samples, full scale from -1 to 1 (decoded compressed audio may go beyond).
  public var samples: [Float]

  /// The sample rate in hertz.
  public var sampleRate: Int

  /// The file that the samples were decoded from; nil for samples from elsewhere.
  public var source: AudioSource?

  /// What is missing of the file's sound, and what a mix to one channel loses.
  public var warnings: [AudioWarning]

  /// - Parameters:
  ///   - samples: `[sampleCount]`.
  ///   - sampleRate: in hertz, at least 1.
  ///   - source: the file that they were decoded from.
  ///   - warnings: what decoding the file found.
  public init(
    samples: [Float], sampleRate: Int, source: AudioSource? = nil, warnings: [AudioWarning] = []
  ) {
    self.samples = samples
    self.sampleRate = sampleRate
    self.source = source
    self.warnings = warnings
  }

  /// The length in seconds.
  public var duration: Double {
    sampleRate > 0 ? Double(samples.count) / Double(sampleRate) : 0
  }

  /// Checks all samples before any processing.
  ///
  /// - Throws: `SignalError.nonFiniteSample`, `SignalError.sampleOutOfRange` for the first invalid sample.
  public func requireFiniteSamples() throws(SignalError) {
    try SampleCheck(sampleRate: sampleRate).check(samples[...], from: 0)
  }

  /// Resamples the signal; returns it unchanged if it already has the rate.
  ///
  /// - Throws: `SignalError.unsupportedSampleRates`, `SignalError.resamplingFailed`.
  public func resampled(
    to sampleRate: Int, quality: ResampleQuality = .linear
  ) throws(SignalError) -> AudioSignal {
    var converter = try RateConverter(from: self.sampleRate, to: sampleRate, quality: quality)
    var output: [Float] = []
    try converter.convert(samples[...], appendingTo: &output)
    try converter.finish(appendingTo: &output)
    return AudioSignal(samples: output, sampleRate: sampleRate, source: source, warnings: warnings)
  }
}

/// Facts about a decoded audio file.
public struct AudioSource: Sendable, Hashable {
  /// The sample rate in hertz.
  public var sampleRate: Int

  /// The number of channels.
  public var channelCount: Int

  /// Container and encoding in words, such as "WAV (Microsoft), Signed 16 bit PCM".
  public var formatName: String

  /// The number of decoded samples of each channel.
  public var frameCount: Int

  /// The decoder: "libmpg123", "libFLAC", "libvorbis", "libopus", "libsndfile", "wav" (a pipe) or "ffmpeg".
  public var decoder: String

  public init(
    sampleRate: Int, channelCount: Int, formatName: String, frameCount: Int, decoder: String = "libsndfile"
  ) {
    self.sampleRate = sampleRate
    self.channelCount = channelCount
    self.formatName = formatName
    self.frameCount = frameCount
    self.decoder = decoder
  }

  /// The length in seconds.
  public var duration: Double {
    sampleRate > 0 ? Double(frameCount) / Double(sampleRate) : 0
  }
}

extension AudioSignal: CustomStringConvertible {
  /// "480000 samples at 16000 Hz, 30.0 s".
  public var description: String { "\(samples.count) samples at \(sampleRate) Hz, \(duration) s" }
}
