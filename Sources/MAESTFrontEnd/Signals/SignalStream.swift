/// Turns interleaved samples of any rate and channel count into one channel at one rate, chunk by chunk.
///
/// The output is the same bit for bit however the input is cut in chunks. Memory does not grow with the stream. Where
/// the rates differ, samples come out up to 10 ms late.
///
/// ```swift
/// var stream = try SignalStream(sampleRate: 44100, channelCount: 2, to: 16000)
/// var samples: [Float] = []
/// while let chunk = source.next() { try stream.append(chunk[...], appendingTo: &samples) }
/// try stream.finish(appendingTo: &samples)
/// ```
public struct SignalStream: ~Copyable {
  /// Frames that are downmixed at a time.
  private static let blockLength = 4096

  /// Channels that a signal may have.
  package static let channelCounts = 1...1024

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
  ///   - outputRate: of the output, in hertz.
  ///   - downmix: how several channels become one.
  ///   - quality: the converter where the rates differ.
  /// - Throws: `SignalError.invalidChannelCount`, `.unsupportedSampleRates`, `.resamplingFailed`.
  public init(
    sampleRate: Int, channelCount: Int, to outputRate: Int = 16000, downmix: Downmix = .mix,
    quality: ResampleQuality = .linear
  ) throws(SignalError) {
    try Self.check(channelCount)
    converter = try RateConverter(from: sampleRate, to: outputRate, quality: quality)
    self.sampleRate = sampleRate
    self.channelCount = channelCount
    self.downmix = downmix
    mono = Array(repeating: 0, count: Self.blockLength)
  }

  private static func check(_ channelCount: Int) throws(SignalError) {
    guard channelCounts.contains(channelCount) else { throw .invalidChannelCount(channelCount) }
  }

  /// Takes the next samples. Not to be called after `finish`, nor after an error.
  ///
  /// - Parameters:
  ///   - interleaved: `[frame, channel]`; it may begin and end within a frame.
  ///   - samples: what is ready is appended to it, at the output rate.
  /// - Throws: `SignalError.nonFiniteSample`, `.sampleOutOfRange` (index and time at the rate of what is
  ///   appended, after the downmix), `.resamplingFailed`. The samples before a bad one are appended.
  public mutating func append(
    _ interleaved: ArraySlice<Float>, appendingTo samples: inout [Float]
  ) throws(SignalError) {
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
  /// - Throws: `SignalError.resamplingFailed`.
  public mutating func finish(appendingTo samples: inout [Float]) throws(SignalError) {
    try converter.finish(appendingTo: &samples)
  }

  /// - Parameter interleaved: whole frames.
  private mutating func convert(
    _ interleaved: ArraySlice<Float>, appendingTo samples: inout [Float]
  ) throws(SignalError) {
    var rest = interleaved
    while !rest.isEmpty {
      let block = rest.prefix(Self.blockLength * channelCount)
      let count = block.count / channelCount
      downmix.apply(block, frameCount: count, channelCount: channelCount, into: &mono)
      do throws(SignalError) {
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
