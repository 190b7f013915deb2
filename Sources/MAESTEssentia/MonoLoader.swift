public import MAEST

/// Loads an audio file as one channel at one sample rate, as Essentia's `MonoLoader`.
///
/// ```swift
/// let samples = try MonoLoader(filename: "track.mp3", sampleRate: 16000, resampleQuality: 4)()
/// ```
///
/// Files with more than two channels, which Essentia refuses, become the mean of all channels unless `strict`.
public struct MonoLoader: Sendable {
  static let name = "MonoLoader"

  /// Every parameter of the reference, with its default.
  public struct Parameters: Sendable, Hashable {
    /// Path of the file.
    public var filename = ""
    /// Samples in a second of the output, above 0.
    public var sampleRate = 44100
    /// How several channels become one.
    public var downmix = Downmix.mix
    /// Which audio stream of the file, counted from 0; one beyond those in the file is refused.
    public var audioStream = 0
    /// libsamplerate's converter, 0 (best) to 4 (linear).
    public var resampleQuality = 1
    /// Errors have Essentia's own text, and files of more than two channels are refused.
    public var strict = false

    public init() {}
  }

  public private(set) var parameters = Parameters()
  private var loader = AudioLoader()
  private var check: ParameterCheck { ParameterCheck(algorithm: Self.name, isStrict: parameters.strict) }

  /// A loader that has to be configured before it is used.
  public init() {}

  /// - Throws: what ``configure(_:)`` throws.
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

  /// Takes new parameters and opens the file once, so that a bad one is refused here, as in the reference.
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

  /// All samples of the file, from -1 to 1.
  ///
  /// - Throws: ``EssentiaError`` without a file, `AudioError` for a file that cannot be decoded.
  public func compute() throws -> [Float] {
    guard !parameters.filename.isEmpty else { throw check.runFailure(.noFile) }
    return try loader.load(parameters.filename).samples
  }

  public func callAsFunction() throws -> [Float] { try compute() }

  /// Starts over at the beginning of the file; nothing is kept between calls.
  public func reset() {}

  /// Streaming: the samples chunk by chunk, in constant memory.
  ///
  /// - Throws: ``EssentiaError`` without a file. The sequence throws `AudioError`.
  public func chunks() throws -> AudioChunks {
    guard !parameters.filename.isEmpty else { throw check.runFailure(.noFile) }
    return AudioChunks(path: parameters.filename, loader: loader)
  }
}
