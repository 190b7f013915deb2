public import MAEST

/// Loads an audio file as one channel at one sample rate, like Essentia's `MonoLoader`.
///
/// ```swift
/// let samples = try MonoLoader(filename: "track.mp3", sampleRate: 16000, resampleQuality: 4)()
/// ```
///
/// Essentia refuses files with more than two channels. Here they are mixed to the mean of all channels, unless
/// `strict`.
public struct MonoLoader: Sendable {
  static let name = "MonoLoader"

  /// All parameters of the reference, with its defaults.
  public struct Parameters: Sendable, Hashable {
    /// Path of the file.
    public var filename = ""
    /// Output sample rate in hertz, above 0.
    public var sampleRate = 44100
    /// How to mix several channels to one.
    public var downmix = Downmix.mix
    /// Index of the audio stream in the file, from 0; an index that does not exist is refused.
    public var audioStream = 0
    /// libsamplerate's converter, 0 (best) to 4 (linear).
    public var resampleQuality = 1
    /// Whether errors have Essentia's text and files of more than two channels are refused.
    public var strict = false

    public init() {}
  }

  public private(set) var parameters = Parameters()
  private var loader = AudioLoader()
  private var check: ParameterCheck { ParameterCheck(algorithm: Self.name, isStrict: parameters.strict) }

  /// Makes a loader that must be configured before use.
  public init() {}

  /// - Throws: as ``configure(_:)``.
  public init(
    filename: String, sampleRate: Int = 44100, downmix: Downmix = .mix, audioStream: Int = 0,
    resampleQuality: Int = 1, strict: Bool = false
  ) throws {
    var parameters = Parameters()
    parameters.filename = filename
    parameters.sampleRate = sampleRate
    parameters.downmix = downmix
    parameters.audioStream = audioStream
    parameters.resampleQuality = resampleQuality
    parameters.strict = strict
    try configure(parameters)
  }

  /// Sets new parameters and opens the file once, so that an invalid file is refused here, as in the reference.
  ///
  /// - Throws: ``EssentiaError`` for a parameter out of range or a file that cannot be opened.
  public mutating func configure(_ parameters: Parameters) throws {
    let check = ParameterCheck(algorithm: Self.name, isStrict: parameters.strict)
    try check.positive("sampleRate", parameters.sampleRate)
    try check.atLeast(0, "audioStream", parameters.audioStream)
    guard let quality = ResampleQuality(rawValue: parameters.resampleQuality) else {
      throw check.failure(
        .parameterOutOfRange(name: "resampleQuality", value: "\(parameters.resampleQuality)", range: "[0,4]"))
    }
    // Essentia counts from 0.
    let loader = AudioLoader(
      sampleRate: parameters.sampleRate, downmix: parameters.downmix, resampleQuality: quality,
      audioStream: min(parameters.audioStream, .max - 1) + 1)
    if !parameters.filename.isEmpty { try Self.requireReadable(parameters, loader, check) }
    self.parameters = parameters
    self.loader = loader
  }

  private static func requireReadable(
    _ parameters: Parameters, _ loader: AudioLoader, _ check: ParameterCheck
  ) throws(EssentiaError) {
    let path = parameters.filename
    let source: AudioSource
    do { source = try loader.open(path).source } catch {
      if case .noSuchAudioStream(_, _, let count) = error {
        throw check.failure(.noSuchAudioStream(index: parameters.audioStream, count: count))
      }
      throw check.failure(.cannotOpenAudio(path: path, reason: error.description))
    }
    guard !parameters.strict || source.channelCount <= 2 else {
      throw check.failure(.tooManyChannels(path: path, count: source.channelCount))
    }
  }

  /// Returns all samples of the file, from -1 to 1.
  ///
  /// - Throws: ``EssentiaError`` if no file is configured, `AudioError` for a file that cannot be decoded.
  public func compute() throws -> [Float] {
    guard !parameters.filename.isEmpty else { throw check.runFailure(.noFile) }
    return try loader.load(parameters.filename).samples
  }

  public func callAsFunction() throws -> [Float] { try compute() }

  /// Does nothing: no state is kept between calls, and each call starts at the beginning of the file.
  public func reset() {}

  /// Streaming mode: returns the samples in chunks, in constant memory.
  ///
  /// - Throws: ``EssentiaError`` if no file is configured. The sequence throws `AudioError`.
  public func chunks() throws -> AudioChunks {
    guard !parameters.filename.isEmpty else { throw check.runFailure(.noFile) }
    return AudioChunks(path: parameters.filename, loader: loader)
  }
}
