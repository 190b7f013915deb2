public import MAESTFrontEnd

/// Reads audio files as one channel at one sample rate.
///
/// MPEG audio, FLAC, Ogg Vorbis and Opus are decoded by the libraries of their formats; wav, aiff, au, caf and w64 by
/// libsndfile; other formats (m4a, wma, video) by the `ffmpeg` program if it is installed. Resamples with libsamplerate.
///
/// A file is read to the end of its bytes: streams that follow each other in it are all decoded, and numbers in headers
/// end nothing. What cannot be decoded is left out, and `AudioSignal.warnings` say what is missing. See
/// ``DamagePolicy``.
///
/// A path may be a pipe. Formats that cannot be read forwards only are copied to a temporary file first. Paths that are
/// not UTF-8 are written as `PathBytes` describes.
///
/// ```swift
/// let signal = try AudioLoader().load("song.flac")
/// ```
///
/// Source: Essentia's `MonoLoader`; the samples are the same (its default `resampleQuality` is 1).
public struct AudioLoader: Sendable, Hashable {
  /// The output sample rate in hertz, at least 1.
  public var sampleRate: Int

  /// How several channels are combined into one.
  public var downmix: Downmix

  /// The converter for files that have another sample rate.
  public var resampleQuality: ResampleQuality

  /// The audio stream to decode, counted from 1; files that are decoded without ffmpeg have one.
  public var audioStream: Int

  /// What to do with a file of which a part cannot be decoded.
  public var damaged: DamagePolicy

  /// How ffmpeg is run for files that the libraries cannot read; nil: such files are refused.
  public var ffmpeg: FFmpeg?

  /// The total decoding time allowed each time a file is opened; nil: no limit. Only time spent inside the decoder
  /// counts, not the caller's processing between chunks. ffmpeg and the helper of `isolation` are stopped at the limit.
  /// If the libraries run in this process, opening a file is abandoned at the limit (a thread may keep waiting for a file
  /// system that does not respond); after that, the limit is checked only between chunks.
  public var decodingTimeLimit: Duration?

  /// The helper process in which the libraries decode; nil: they run in this process, where a file that crashes one
  /// ends the process.
  public var isolation: DecoderIsolation?

  public init(
    sampleRate: Int = 16000, downmix: Downmix = .mix, resampleQuality: ResampleQuality = .linear,
    audioStream: Int = 1, damaged: DamagePolicy = .keep,
    ffmpeg: FFmpeg? = FFmpeg(), decodingTimeLimit: Duration? = nil, isolation: DecoderIsolation? = nil
  ) {
    self.sampleRate = sampleRate
    self.downmix = downmix
    self.resampleQuality = resampleQuality
    self.audioStream = audioStream
    self.damaged = damaged
    self.ffmpeg = ffmpeg
    self.decodingTimeLimit = decodingTimeLimit
    self.isolation = isolation
  }

  /// Opens a file to read it chunk by chunk in constant memory.
  ///
  /// - Throws: `AudioError.fileNotFound`, `.isFolder`, `.emptyFile`, `.undecodableFile`, `.noSuchAudioStream`,
  ///   `.ffmpegNotFound`, `.ffmpegNotStarted`, `.ffmpegFailed`, `.ffmpegStalled`; `.signal` with
  ///   `.invalidChannelCount`, `.unsupportedSampleRates` or `.resamplingFailed`.
  public func open(_ path: String) throws(AudioError) -> AudioReader {
    try AudioReader(path: path, loader: self)
  }

  /// Reads a whole file.
  ///
  /// - Throws: the errors of `open` and `AudioReader.read(appendingTo:)`, and `AudioError.noSamples` for a file without
  ///   samples.
  public func load(_ path: String) throws(AudioError) -> AudioSignal {
    var reader = try open(path)
    var samples: [Float] = []
    while try reader.read(appendingTo: &samples) {}
    guard !samples.isEmpty else { throw .noSamples(path: path) }
    return AudioSignal(
      samples: samples, sampleRate: sampleRate, source: reader.source, warnings: reader.warnings)
  }

  /// Counts a file's samples by decoding it, because its header may be wrong.
  ///
  /// - Parameter limit: counting may stop once this number is reached.
  /// - Returns: the number, or at least `limit`; nil for a pipe, which can be read only once.
  /// - Throws: the errors of `open` and `AudioReader.read(appendingTo:)`.
  package func sampleCount(of path: String, upTo limit: Int) throws(AudioError) -> Int? {
    guard FileFacts.mayBeReadTwice(path) else { return nil }
    var reader = try open(path)
    var samples: [Float] = []
    var count = 0
    while count < limit, try reader.read(appendingTo: &samples) {
      count += samples.count
      samples.removeAll(keepingCapacity: true)
    }
    return count
  }
}
