public import MAESTFrontEnd

/// Reads audio files as one channel at one sample rate.
///
/// wav, aiff, flac, ogg, opus, mp3 and the other formats of libsndfile; others (m4a, wma, video) through the
/// `ffmpeg` program where it is installed. Resampled by libsamplerate. A file that is damaged or cut short is
/// refused if it is flac or goes through ffmpeg; of a wav, ogg, opus or mp3 file that is cut short one gets what
/// is there, since the decoder cannot tell.
///
/// ```swift
/// let signal = try AudioLoader().load("song.flac")
/// ```
///
/// Source: Essentia's `MonoLoader`, whose samples it gives (there `resampleQuality` is 1 by default).
public struct AudioLoader: Sendable, Hashable {
  /// Samples in a second of what is loaded, at least 1.
  public var sampleRate: Int

  /// How several channels become one.
  public var downmix: Downmix

  /// The converter for files of another sample rate.
  public var resampleQuality: ResampleQuality

  /// Which of the file's audio streams is taken, counted from 1; files that libsndfile reads have one.
  public var audioStream: Int

  /// How ffmpeg is run for files that libsndfile cannot read; nil: they are refused.
  public var ffmpeg: FFmpeg?

  /// The time that decoding a file may take in all each time that it is opened; nil: any. Only the time that goes by
  /// inside the decoder counts, not what is done with the samples in between. ffmpeg and the helper of `isolation`
  /// are stopped when it is over. Of libsndfile in this process, opening the file is left to itself when it is over (a
  /// thread may go on waiting for a file system that does not answer); after that it is asked between chunks only.
  public var decodingTimeLimit: Duration?

  /// The helper process in which libsndfile decodes; nil: it does in this process, where a file that crashes it ends
  /// the process.
  public var isolation: DecoderIsolation?

  public init(
    sampleRate: Int = 16000, downmix: Downmix = .mix, resampleQuality: ResampleQuality = .linear,
    audioStream: Int = 1,
    ffmpeg: FFmpeg? = FFmpeg(), decodingTimeLimit: Duration? = nil, isolation: DecoderIsolation? = nil
  ) {
    self.sampleRate = sampleRate
    self.downmix = downmix
    self.resampleQuality = resampleQuality
    self.audioStream = audioStream
    self.ffmpeg = ffmpeg
    self.decodingTimeLimit = decodingTimeLimit
    self.isolation = isolation
  }

  /// Opens a file to read it chunk by chunk in constant memory.
  ///
  /// - Throws: `AudioError.fileNotFound`, `.isFolder`, `.emptyFile`, `.undecodableFile`, `.noSuchAudioStream`,
  ///   `.ffmpegNotFound`, `.ffmpegNotStarted`, `.ffmpegFailed`, `.ffmpegStalled`, `.invalidChannelCount`,
  ///   `.unsupportedSampleRates`, `.resamplingFailed`.
  public func open(_ path: String) throws(AudioError) -> AudioReader {
    try AudioReader(path: path, loader: self)
  }

  /// Reads a whole file.
  ///
  /// - Throws: what `open` and `AudioReader.read(appendingTo:)` throw, and `AudioError.noSamples` for a
  ///   file in which there is no sample.
  public func load(_ path: String) throws(AudioError) -> AudioSignal {
    var reader = try open(path)
    var samples: [Float] = []
    while try reader.read(appendingTo: &samples) {}
    guard !samples.isEmpty else { throw .noSamples(path: path) }
    return AudioSignal(samples: samples, sampleRate: sampleRate, source: reader.source)
  }

  /// Counts the samples that a file gives, by decoding it: what its header says need not be true.
  ///
  /// - Parameter limit: counting may end once there are so many.
  /// - Returns: the number, or at least `limit`; nil for a pipe, which can be read only once.
  /// - Throws: what `open` and `AudioReader.read(appendingTo:)` throw.
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
