/// One channel of samples.
public struct AudioSignal: Sendable, Equatable {
  /// The samples, full scale from -1 to 1 (decoded compressed audio may go beyond).
  public var samples: [Float]

  /// Samples in a second.
  public var sampleRate: Int

  /// What the samples were decoded from; nil for samples that come from elsewhere.
  public var source: AudioSource?

  /// - Parameters:
  ///   - samples: `[sampleCount]`.
  ///   - sampleRate: in hertz, at least 1.
  ///   - source: what they were decoded from.
  public init(samples: [Float], sampleRate: Int, source: AudioSource? = nil) {
    self.samples = samples
    self.sampleRate = sampleRate
    self.source = source
  }

  /// The length in seconds.
  public var duration: Double {
    sampleRate > 0 ? Double(samples.count) / Double(sampleRate) : 0
  }

  /// Checks every sample before work on any of them begins.
  ///
  /// - Throws: `SignalError.nonFiniteSample`, `SignalError.sampleOutOfRange` for the first bad one.
  public func requireFiniteSamples() throws(SignalError) {
    try SampleCheck(sampleRate: sampleRate).check(samples[...], from: 0)
  }

  /// The same sound at another sample rate, or the signal itself if it has that rate already.
  ///
  /// - Throws: `SignalError.unsupportedSampleRates`, `SignalError.resamplingFailed`.
  public func resampled(
    to sampleRate: Int, quality: ResampleQuality = .linear
  ) throws(SignalError) -> AudioSignal {
    var converter = try RateConverter(from: self.sampleRate, to: sampleRate, quality: quality)
    var output: [Float] = []
    try converter.convert(samples[...], appendingTo: &output)
    try converter.finish(appendingTo: &output)
    return AudioSignal(samples: output, sampleRate: sampleRate, source: source)
  }
}

/// Facts about a decoded audio file.
public struct AudioSource: Sendable, Hashable {
  /// Samples in a second, of each channel.
  public var sampleRate: Int

  /// The number of channels.
  public var channelCount: Int

  /// Container and encoding in words, such as "WAV (Microsoft), Signed 16 bit PCM".
  public var formatName: String

  /// Samples of each channel that were decoded.
  public var frameCount: Int

  /// What decoded it: "libsndfile" or "ffmpeg".
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
