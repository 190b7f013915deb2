/// Converts samples that arrive in chunks of any size to mel bands, each frame as soon as its samples are available.
///
/// The bands are bit-identical to those of the whole signal for every chunking. Only samples that future frames cover
/// are kept.
///
/// ```swift
/// var stream = MelStream(extractor: try MelSpectrogramExtractor())
/// var bands: [Float] = []  // [frame, band]
/// while let chunk = source.next() { try stream.append(chunk[...], appendingTo: &bands) }
/// try stream.finish(appendingTo: &bands)
/// ```
public struct MelStream: Sendable {
  /// The extractor that computes the bands.
  public let extractor: MelSpectrogramExtractor

  /// The number of samples received so far.
  public private(set) var sampleCount = 0

  /// The number of frames returned or skipped so far.
  public private(set) var frameCount = 0

  private var workspace: MelWorkspace
  private var isFinished = false

  /// The samples received, from the first one that a future frame covers.
  private var pending: [Float] = []

  private var cutter: FrameCutter { extractor.frameCutter }

  public init(extractor: MelSpectrogramExtractor) {
    self.extractor = extractor
    workspace = MelWorkspace(extractor: extractor)
  }

  /// Processes the next samples. Must not be called after `finish`.
  ///
  /// - Parameters:
  ///   - samples: at the sample rate of the extractor's configuration.
  ///   - bands: the bands of the frames that they complete are appended to it, `[frame, band]`.
  /// - Throws: `SignalError.nonFiniteSample`, `.sampleOutOfRange` (index and time in the whole signal); none of the
  ///   samples is used then.
  public mutating func append(
    _ samples: ArraySlice<Float>, appendingTo bands: inout [Float]
  ) throws(SignalError) {
    try SampleCheck(sampleRate: extractor.configuration.sampleRate).check(samples, from: sampleCount)
    var rest = samples
    while !rest.isEmpty {
      rest = rest.dropFirst(advance(rest, appendingTo: &bands))
    }
  }

  /// Ends the signal: appends the bands of the last frames, which extend beyond its end.
  ///
  /// - Throws: `SignalError.noSamples` if no sample was appended.
  public mutating func finish(appendingTo bands: inout [Float]) throws(SignalError) {
    guard sampleCount > 0 else { throw .noSamples }
    while advanceBeyondEnd(appendingTo: &bands) {}
  }

  /// Consumes the samples that the next few frames need, or as many as there are.
  ///
  /// - Parameter samples: checked, at least one.
  /// - Returns: the number of samples consumed, at least 1.
  mutating func advance(_ samples: ArraySlice<Float>, appendingTo bands: inout [Float]) -> Int {
    precondition(!isFinished, "samples after the end of the signal")
    let last = frameCount + FrameLanes.scalarCount - 1
    let taken = samples.prefix(cutter.sampleCount(completing: last) - sampleCount)
    pending.append(contentsOf: taken.dropFirst(max(0, cutter.firstSample(ofFrame: frameCount) - sampleCount)))
    sampleCount += taken.count
    compute(upTo: cutter.completeFrameCount(sampleCount: sampleCount), appendingTo: &bands)
    return taken.count
  }

  /// Skips the frames before `frame`: they are not computed.
  package mutating func skip(toFrame frame: Int) {
    frameCount = max(frameCount, frame)
    dropUncovered()
  }

  /// Appends some of the frames that are completed by zeros after the last sample.
  ///
  /// - Returns: false if there were none left.
  mutating func advanceBeyondEnd(appendingTo bands: inout [Float]) -> Bool {
    isFinished = true
    let end = cutter.frameCount(sampleCount: sampleCount)
    let hasRest = frameCount < end
    compute(upTo: min(frameCount + FrameLanes.scalarCount, end), appendingTo: &bands)
    return hasRest
  }

  /// Appends the bands of the next frames, up to but not including `end`.
  private mutating func compute(upTo end: Int, appendingTo bands: inout [Float]) {
    guard frameCount < end else { return }
    let frames = frameCount..<end
    let offset = bands.count
    bands.append(contentsOf: repeatElement(0, count: frames.count * extractor.configuration.bandCount))
    var output = bands.mutableSpan
    workspace.compute(
      frames, of: pending, firstSample: sampleCount - pending.count, with: extractor, into: &output,
      at: offset)
    frameCount = end
    dropUncovered()
  }

  /// Drops the samples that no future frame covers.
  private mutating func dropUncovered() {
    let coveredCount = sampleCount - cutter.firstSample(ofFrame: frameCount)
    pending.removeFirst(max(0, pending.count - max(0, coveredCount)))
  }
}
