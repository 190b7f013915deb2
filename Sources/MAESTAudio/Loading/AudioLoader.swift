public import MAESTFrontEnd

/// Reads audio files as one channel at one sample rate.
///
/// Reads wav, aiff, flac, ogg, opus, mp3 and the other formats of libsndfile. Other formats (m4a, wma, video) are
/// decoded by the `ffmpeg` program if it is installed. Resamples with libsamplerate. A damaged or truncated file is an
/// error if it is a flac file or is decoded by ffmpeg. A truncated wav, ogg, opus or mp3 file gives the samples that it
/// contains, because the decoder cannot detect the truncation.
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

  /// The audio stream to decode, counted from 1; files that libsndfile reads have one.
  public var audioStream: Int

  /// What to do with a file of which a part cannot be decoded.
  public var damaged: DamagePolicy

  /// How ffmpeg is run for files that libsndfile cannot read; nil: such files are refused.
  public var ffmpeg: FFmpeg?

  /// The total decoding time allowed each time a file is opened; nil: no limit. Only time spent inside the decoder
  /// counts, not the caller's processing between chunks. ffmpeg and the helper of `isolation` are stopped at the limit.
  /// If libsndfile runs in this process, opening a file is abandoned at the limit (a thread may keep waiting for a file
  /// system that does not respond); after that, the limit is checked only between chunks.
  public var decodingTimeLimit: Duration?

  /// The helper process in which libsndfile decodes; nil: it runs in this process, where a file that crashes libsndfile
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
