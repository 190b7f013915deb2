/// Parameters of the front end, from samples to mel bands.
///
/// The defaults are MAEST's: 16 kHz, frames of 512 samples with a hop of 256, 96 bands from 0 to 8000 Hz,
/// `log10(10000 x + 1)`, and the mean and standard deviation of the training set.
///
/// Source: Essentia's `TensorflowInputMusiCNN` and `TensorflowPredictMAEST`.
public struct MelSpectrogramConfiguration: Sendable, Hashable {
  /// The sample rate in hertz.
  public var sampleRate: Int

  /// Samples in a frame: a power of two from 4 to 65,536.
  public var frameLength: Int

  /// Samples between the starts of two frames, 1 to 2^20.
  public var hopLength: Int

  /// Mel bands in a frame, 1 to 4096.
  public var bandCount: Int

  /// The lower edge of the first band in hertz, at least 0.
  public var lowestFrequency: Float

  /// The upper edge of the last band in hertz, above `lowestFrequency` and at most half the sample rate.
  public var highestFrequency: Float

  /// The factor `c` in the compression `log10(c x + 1)` of a band's energy x, above 0 and at most 1e6.
  public var compressionFactor: Float

  /// The normalisation of the compressed bands; nil: none.
  public var normalization: MelNormalization?

  /// The input bands of MAEST.
  public static let maest = MelSpectrogramConfiguration()

  /// The same bands without normalisation, as returned by Essentia's `TensorflowInputMusiCNN`.
  public static let musiCNN = MelSpectrogramConfiguration(normalization: nil)

  public init(
    sampleRate: Int = 16000,
    frameLength: Int = 512,
    hopLength: Int = 256,
    bandCount: Int = 96,
    lowestFrequency: Float = 0,
    highestFrequency: Float = 8000,
    compressionFactor: Float = 10000,
    normalization: MelNormalization? = .maest
  ) {
    self.sampleRate = sampleRate
    self.frameLength = frameLength
    self.hopLength = hopLength
    self.bandCount = bandCount
    self.lowestFrequency = lowestFrequency
    self.highestFrequency = highestFrequency
    self.compressionFactor = compressionFactor
    self.normalization = normalization
  }

  private static let bandCounts = 1...4096

  /// Seconds between the centres of two frames.
  public var secondsPerFrame: Double { Double(hopLength) / Double(sampleRate) }

  /// The `bandCount + 2` edges of the mel bands in hertz: band `b` reaches from edge `b` to edge `b + 2` and peaks at
  /// edge `b + 1`. Empty if the number of bands is out of range.
  public var bandEdges: [Float] {
    guard Self.bandCounts.contains(bandCount) else { return [] }
    return MelScale.frequencies(count: bandCount + 2, from: lowestFrequency, to: highestFrequency)
  }

  /// Converts a frequency to a position on the band axis: `b` is the lower end of band `b` in a picture, `b + 0.5` its
  /// peak.
  public func bandPosition(ofHertz hertz: Float) -> Double {
    let lowest = MelScale.mel(hertz: lowestFrequency)
    let step = (MelScale.mel(hertz: highestFrequency) - lowest) / (Float(bandCount) + 1)
    return Double((MelScale.mel(hertz: hertz) - lowest) / step) - 0.5
  }

  /// The positions of the frames.
  package var frameCutter: FrameCutter {
    get throws(SignalError) {
      try validate()
      return FrameCutter(frameLength: frameLength, hopLength: hopLength)
    }
  }

  /// - Throws: `SignalError.invalidConfiguration` for the first parameter that is out of range.
  func validate() throws(SignalError) {
    try check("sampleRate", sampleRate, sampleRate >= 1 && sampleRate <= 10_000_000, "1 to 10,000,000")
    try check(
      "frameLength", frameLength,
      frameLength >= 4 && frameLength <= 65536 && frameLength & (frameLength - 1) == 0,
      "a power of two from 4 to 65,536")
    try check("hopLength", hopLength, hopLength >= 1 && hopLength <= 1 << 20, "1 to 2^20")
    try check("bandCount", bandCount, Self.bandCounts.contains(bandCount), "1 to 4096")
    let half = Float(sampleRate) / 2
    try check("lowestFrequency", lowestFrequency, lowestFrequency >= 0, "at least 0 Hz")
    try check(
      "highestFrequency", highestFrequency,
      highestFrequency > lowestFrequency && highestFrequency <= half,
      "above the lowest frequency and at most \(half) Hz, half the sample rate")
    try check(
      "compressionFactor", compressionFactor, compressionFactor > 0 && compressionFactor <= 1e6,
      "above 0 and at most 1e6")
    guard let normalization else { return }
    try check("mean", normalization.mean, abs(normalization.mean) <= 1e6, "-1e6 to 1e6")
    let deviation = normalization.standardDeviation
    try check("standardDeviation", deviation, deviation >= 1e-6 && deviation <= 1e6, "1e-6 to 1e6")
  }

  private func check(
    _ name: String, _ value: some CustomStringConvertible, _ holds: Bool, _ expected: String
  ) throws(SignalError) {
    guard !holds else { return }
    throw .invalidConfiguration(parameter: name, found: value.description, expected: expected)
  }
}
