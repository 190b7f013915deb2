/// Turns interleaved samples of any rate and channel count into one channel at one rate, chunk by chunk: what
/// an `AudioLoader` does with a file, for samples that come from elsewhere, such as a pipe.
///
/// The samples are those that the loader gives for a file of the same samples, bit for bit, however they are
/// cut in chunks. Memory does not grow with the stream. Between different rates samples come out up to 10 ms
/// late.
///
/// ```swift
/// var stream = try SignalStream(sampleRate: 44100, channelCount: 2, loader: AudioLoader())
/// var samples: [Float] = []
/// while let chunk = source.next() { try stream.append(chunk[...], appendingTo: &samples) }
/// try stream.finish(appendingTo: &samples)
/// ```
public struct SignalStream: ~Copyable {
  /// Frames that are downmixed at a time.
  private static let blockLength = 4096

  /// Channels that a signal may have.
  static let channelCounts = 1...1024

  /// Samples in a second of what is appended, of each channel.
  public let sampleRate: Int

  /// Channels of what is appended, 1 to 1024.
  public let channelCount: Int

  /// Whole frames received so far.
  public private(set) var frameCount = 0

  private let downmix: Downmix
  private var converter: RateConverter
  private var mono: [Float]

  /// The beginning of a frame that was cut by the end of a chunk.
  private var cutFrame: [Float] = []

  /// - Parameters:
  ///   - sampleRate: of what will be appended, in hertz.
  ///   - channelCount: of what will be appended, 1 to 1024.
  ///   - loader: what to make of it.
  /// - Throws: `AudioError.invalidChannelCount`, `.unsupportedSampleRates`, `.resamplingFailed`.
  public init(sampleRate: Int, channelCount: Int, loader: AudioLoader) throws(AudioError) {
    try Self.check(channelCount)
    converter = try RateConverter(from: sampleRate, to: loader.sampleRate, quality: loader.resampleQuality)
    self.sampleRate = sampleRate
    self.channelCount = channelCount
    downmix = loader.downmix
    mono = Array(repeating: 0, count: Self.blockLength)
  }

  private static func check(_ channelCount: Int) throws(AudioError) {
    guard channelCounts.contains(channelCount) else { throw .invalidChannelCount(channelCount) }
  }

  /// Takes the next samples. Not to be called after `finish`, nor after an error.
  ///
  /// - Parameters:
  ///   - interleaved: `[frame, channel]`; it may begin and end within a frame.
  ///   - samples: what is ready is appended to it, at the loader's rate.
  /// - Throws: `AudioError.nonFiniteSample`, `.sampleOutOfRange` (index and time at the rate of what is
  ///   appended, after the downmix), `.resamplingFailed`. The samples before a bad one are appended.
  public mutating func append(
    _ interleaved: ArraySlice<Float>, appendingTo samples: inout [Float]
  ) throws(AudioError) {
    var rest = interleaved
    if !cutFrame.isEmpty {
      let missing = rest.prefix(channelCount - cutFrame.count)
      cutFrame += missing
      rest = rest.dropFirst(missing.count)
      guard cutFrame.count == channelCount else { return }
      try convert(cutFrame[...], appendingTo: &samples)
      cutFrame.removeAll(keepingCapacity: true)
    }
    let wholeLength = rest.count - rest.count % channelCount
    try convert(rest.prefix(wholeLength), appendingTo: &samples)
    cutFrame += rest.dropFirst(wholeLength)
  }

  /// Ends the stream: appends the last samples. A frame that is not complete is dropped.
  ///
  /// - Throws: `AudioError.resamplingFailed`.
  public mutating func finish(appendingTo samples: inout [Float]) throws(AudioError) {
    try converter.finish(appendingTo: &samples)
  }

  /// - Parameter interleaved: whole frames.
  private mutating func convert(
    _ interleaved: ArraySlice<Float>, appendingTo samples: inout [Float]
  ) throws(AudioError) {
    var rest = interleaved
    while !rest.isEmpty {
      let block = rest.prefix(Self.blockLength * channelCount)
      let count = block.count / channelCount
      downmix.apply(block, frameCount: count, channelCount: channelCount, into: &mono)
      do throws(AudioError) {
        try SampleCheck(sampleRate: sampleRate).check(mono[..<count], from: frameCount)
      } catch {
        // What was good before the bad one is heard, however the signal is cut in chunks.
        if let index = error.sampleIndex {
          try converter.convert(mono[..<(index - frameCount)], appendingTo: &samples)
        }
        throw error
      }
      try converter.convert(mono[..<count], appendingTo: &samples)
      frameCount += count
      rest = rest.dropFirst(block.count)
    }
  }
}
