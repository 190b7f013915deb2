/// An open audio file that gives its samples chunk by chunk, downmixed and resampled.
///
/// Its memory does not grow with the file. The samples do not depend on how they are drained.
public struct AudioReader: ~Copyable {
  /// Samples, of all channels together, that are decoded at a time.
  private static let chunkLength = 65536

  private let downmix: Downmix
  private var file: SoundFile
  private var converter: RateConverter
  private var interleaved: [Float]
  private var mono: [Float]
  private var isFinished = false

  init(path: String, loader: AudioLoader) throws(AudioError) {
    let file = try SoundFile(path: path)
    converter = try RateConverter(
      from: file.sampleRate, to: loader.sampleRate, quality: loader.resampleQuality)
    let capacity = max(1, Self.chunkLength / file.channelCount)
    interleaved = Array(repeating: 0, count: capacity * file.channelCount)
    mono = Array(repeating: 0, count: capacity)
    downmix = loader.downmix
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
    let firstFrame = file.frameCount
    let frameCount = try file.read(into: &interleaved)
    guard frameCount > 0 else {
      isFinished = true
      try converter.finish(appendingTo: &samples)
      return true
    }
    downmix.apply(interleaved, frameCount: frameCount, channelCount: file.channelCount, into: &mono)
    try SampleCheck(sampleRate: file.sampleRate).check(mono[..<frameCount], from: firstFrame)
    try converter.convert(mono[..<frameCount], appendingTo: &samples)
    return true
  }
}
