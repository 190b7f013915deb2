/// An open audio file that gives its samples chunk by chunk, downmixed and resampled.
///
/// Its memory does not grow with the file. The samples do not depend on how they are drained.
public struct AudioReader: ~Copyable {
  /// Samples, of all channels together, that are decoded at a time.
  private static let chunkLength = 65536

  private var file: SoundFile
  private var signal: SignalStream
  private var interleaved: [Float]
  private var isFinished = false

  /// How many samples, at the loader's rate, the file says that it has, nearly; nil if it does not say. For
  /// progress displays: only the end of the file tells the truth.
  public let expectedSampleCount: Int?

  init(path: String, loader: AudioLoader) throws(AudioError) {
    let file = try SoundFile(path: path)
    signal = try SignalStream(
      sampleRate: file.sampleRate, channelCount: file.channelCount, loader: loader)
    let capacity = max(1, Self.chunkLength / file.channelCount)
    interleaved = Array(repeating: 0, count: capacity * file.channelCount)
    let seconds = file.expectedFrameCount.map { Double($0) / Double(file.sampleRate) }
    expectedSampleCount = seconds.flatMap { Int(exactly: ($0 * Double(loader.sampleRate)).rounded()) }
    self.file = file
  }

  /// Facts about the file; `frameCount` counts what was decoded so far.
  public var source: AudioSource {
    AudioSource(
      sampleRate: file.sampleRate, channelCount: file.channelCount, formatName: file.formatName,
      frameCount: file.frameCount)
  }

  /// Decodes the next chunk.
  ///
  /// - Parameter samples: the new samples, at the loader's rate, are appended to it (perhaps none yet).
  /// - Returns: false when the file had ended and all its samples were appended before.
  /// - Throws: `AudioError.decodingFailed`, `.nonFiniteSample`, `.sampleOutOfRange` (index and time in the
  ///   file, after the downmix), `.resamplingFailed`.
  public mutating func read(appendingTo samples: inout [Float]) throws(AudioError) -> Bool {
    guard !isFinished else { return false }
    let frameCount = try file.read(into: &interleaved)
    if frameCount > 0 {
      try signal.append(interleaved[..<(frameCount * file.channelCount)], appendingTo: &samples)
    } else {
      isFinished = true
      try signal.finish(appendingTo: &samples)
    }
    return true
  }
}
