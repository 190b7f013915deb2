public import MAESTFrontEnd

/// An open audio file that is decoded, downmixed and resampled chunk by chunk.
///
/// Memory use is independent of the file's length. The samples are independent of the chunk sizes.
public struct AudioReader: ~Copyable {
  private let path: String
  private let decoder: any AudioDecoder
  private var signal: SignalStream
  private var interleaved: [Float] = []
  private var budget: DecodingBudget
  private var isFinished = false

  /// The approximate number of samples at the loader's rate, from the file's header; nil if unknown. An estimate for
  /// progress displays; the exact length is known at the end of the file.
  public let expectedSampleCount: Int?

  init(path: String, loader: AudioLoader) throws(AudioError) {
    var budget = DecodingBudget(limit: loader.decodingTimeLimit)
    let decoder = try openDecoder(path: path, loader: loader, before: budget.begin())
    try budget.end(path: path, frameCount: 0)
    do throws(SignalError) {
      signal = try SignalStream(
        sampleRate: decoder.sampleRate, channelCount: decoder.channelCount, to: loader.sampleRate,
        downmix: loader.downmix, quality: loader.resampleQuality)
    } catch {
      throw .signal(error)
    }
    let seconds = decoder.expectedFrameCount.map { Double($0) / Double(decoder.sampleRate) }
    let count = seconds.flatMap { Int(exactly: ($0 * Double(loader.sampleRate)).rounded()) }
    expectedSampleCount = count.flatMap { $0 >= 0 ? $0 : nil }
    self.path = path
    self.decoder = decoder
    self.budget = budget
  }

  /// Facts about the file; `frameCount` is the number of frames decoded so far.
  public var source: AudioSource {
    AudioSource(
      sampleRate: decoder.sampleRate, channelCount: decoder.channelCount, formatName: decoder.formatName,
      frameCount: signal.frameCount, decoder: decoder.name)
  }

  /// Decodes the next chunk.
  ///
  /// - Parameter samples: the new samples, at the loader's rate, are appended to this array; a call may append none.
  /// - Returns: false if earlier calls have already appended all samples of the file.
  /// - Throws: `AudioError.decodingFailed`, `.ffmpegBrokeOff`, `.ffmpegStalled`, `.decodingTookTooLong`,
  ///   `.decoderCrashed`, `.isolatedDecoderFailed`; `.signal` with `.nonFiniteSample`, `.sampleOutOfRange` (index and
  ///   time in the file, after the downmix) or `.resamplingFailed`.
  public mutating func read(appendingTo samples: inout [Float]) throws(AudioError) -> Bool {
    guard !isFinished else { return false }
    let deadline = budget.begin()
    let count = try decoder.read(into: &interleaved, before: deadline)
    try budget.end(path: path, frameCount: signal.frameCount)
    do throws(SignalError) {
      if count > 0 {
        try signal.append(interleaved[..<count], appendingTo: &samples)
      } else {
        isFinished = true
        try signal.finish(appendingTo: &samples)
      }
    } catch {
      throw .signal(error)
    }
    return true
  }
}
