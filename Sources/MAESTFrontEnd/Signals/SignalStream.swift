/// Converts interleaved samples of any rate and channel count to one channel at one rate, chunk by chunk.
///
/// The output is bit-identical for every chunking. Memory use does not grow with the stream. If the rates differ,
/// samples are delayed by up to 10 ms.
///
/// ```swift
/// var stream = try SignalStream(sampleRate: 44100, channelCount: 2, to: 16000)
/// var samples: [Float] = []
/// while let chunk = source.next() { try stream.append(chunk[...], appendingTo: &samples) }
/// try stream.finish(appendingTo: &samples)
/// ```
public struct SignalStream: ~Copyable {
  /// Frames per downmix block.
  private static let blockLength = 4096

  /// The allowed channel counts of a signal.
  package static let channelCounts = 1...1024

  /// The input sample rate in hertz.
  public let sampleRate: Int

  /// The number of input channels, 1 to 1024.
  public let channelCount: Int

  /// The number of whole frames received so far.
  public private(set) var frameCount = 0

  /// What the samples received so far would tell a listener; complete at the end.
  package private(set) var levels: SignalLevels

  private let downmix: Downmix
  private var converter: RateConverter
  private var mono: [Float]

  /// The beginning of a frame that is split between two chunks.
  private var cutFrame: [Float] = []

  /// - Parameters:
  ///   - sampleRate: of the input, in hertz.
  ///   - channelCount: of the input, 1 to 1024.
  ///   - outputRate: of the output, in hertz.
  ///   - downmix: how several channels are combined into one.
  ///   - quality: the converter to use if the rates differ.
  /// - Throws: `SignalError.invalidChannelCount`, `.unsupportedSampleRates`, `.resamplingFailed`.
  public init(
    sampleRate: Int, channelCount: Int, to outputRate: Int = 16000, downmix: Downmix = .mix,
    quality: ResampleQuality = .linear
  ) throws(SignalError) {
    try self.init(
      sampleRate: sampleRate, channelCount: channelCount, to: outputRate, downmix: downmix, quality: quality,
      levels: SignalLevels())
  }

  /// - Parameter levels: those of an earlier part of the same file.
  package init(
    sampleRate: Int, channelCount: Int, to outputRate: Int, downmix: Downmix, quality: ResampleQuality,
    levels: SignalLevels
  ) throws(SignalError) {
    try Self.check(channelCount)
    converter = try RateConverter(from: sampleRate, to: outputRate, quality: quality)
    self.sampleRate = sampleRate
    self.channelCount = channelCount
    self.downmix = downmix
    self.levels = levels
    mono = Array(repeating: 0, count: Self.blockLength)
  }

  private static func check(_ channelCount: Int) throws(SignalError) {
    guard channelCounts.contains(channelCount) else { throw .invalidChannelCount(channelCount) }
  }

  /// Processes the next samples. Must not be called after `finish` or after an error.
  ///
  /// - Parameters:
  ///   - interleaved: `[frame, channel]`; it may begin and end within a frame.
  ///   - samples: output samples that are ready are appended to it.
  /// - Throws: `SignalError.nonFiniteSample`, `.sampleOutOfRange` (index and time at the input rate, after the
  ///   downmix), `.resamplingFailed`. The samples before the invalid one are appended.
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

  /// Ends the stream: appends the last samples. An incomplete frame is dropped.
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
        // Outputs the valid samples before the invalid one, for every chunking.
        if let index = error.sampleIndex {
          try converter.convert(mono[..<(index - frameCount)], appendingTo: &samples)
        }
        throw error
      }
      levels.add(block, mono: mono[..<count], channelCount: channelCount, sampleRate: sampleRate)
      try converter.convert(mono[..<count], appendingTo: &samples)
      frameCount += count
      rest = rest.dropFirst(block.count)
    }
  }
}
