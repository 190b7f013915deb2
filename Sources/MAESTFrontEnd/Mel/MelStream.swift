/// Turns samples that arrive in chunks of any size into mel bands, each frame as soon as its samples are in.
///
/// The bands are those of the whole signal bit for bit, however it is cut in chunks. Of the samples only those
/// that frames to come cover are kept.
///
/// ```swift
/// var stream = MelStream(extractor: try MelSpectrogramExtractor())
/// var bands: [Float] = []  // [frame, band]
/// while let chunk = source.next() { try stream.append(chunk[...], appendingTo: &bands) }
/// try stream.finish(appendingTo: &bands)
/// ```
public struct MelStream: Sendable {
  /// What computes the bands.
  public let extractor: MelSpectrogramExtractor

  /// Samples received so far.
  public private(set) var sampleCount = 0

  /// Frames given out or skipped so far.
  public private(set) var frameCount = 0

  private var workspace: MelWorkspace
  private var isFinished = false

  /// The last samples received, from the first on that a frame to come covers.
  private var pending: [Float] = []

  private var cutter: FrameCutter { extractor.frameCutter }

  public init(extractor: MelSpectrogramExtractor) {
    self.extractor = extractor
    workspace = MelWorkspace(extractor: extractor)
  }

  /// Takes the next samples. Not to be called after `finish`.
  ///
  /// - Parameters:
  ///   - samples: at the sample rate of the extractor's configuration.
  ///   - bands: the bands of the frames that they complete are appended to it, `[frame, band]`.
  /// - Throws: `SignalError.nonFiniteSample`, `.sampleOutOfRange` (index and time in the whole signal); none
  ///   of the samples is taken then.
  public mutating func append(
    _ samples: ArraySlice<Float>, appendingTo bands: inout [Float]
  ) throws(SignalError) {
    try SampleCheck(sampleRate: extractor.configuration.sampleRate).check(samples, from: sampleCount)
    var rest = samples
    while !rest.isEmpty {
      rest = rest.dropFirst(advance(rest, appendingTo: &bands))
    }
  }

  /// Ends the signal: appends the bands of the last frames, which reach beyond its end.
  ///
  /// - Throws: `SignalError.noSamples` if there never was one.
  public mutating func finish(appendingTo bands: inout [Float]) throws(SignalError) {
    guard sampleCount > 0 else { throw .noSamples }
    while advanceBeyondEnd(appendingTo: &bands) {}
  }

  /// Takes the samples that the next few frames need, or as many as there are.
  ///
  /// - Parameter samples: checked, at least one.
  /// - Returns: the number of samples taken, at least 1.
  mutating func advance(_ samples: ArraySlice<Float>, appendingTo bands: inout [Float]) -> Int {
    precondition(!isFinished, "samples after the end of the signal")
    let last = frameCount + FrameLanes.scalarCount - 1
    let taken = samples.prefix(cutter.sampleCount(completing: last) - sampleCount)
    pending.append(contentsOf: taken.dropFirst(max(0, cutter.firstSample(ofFrame: frameCount) - sampleCount)))
    sampleCount += taken.count
    compute(upTo: cutter.completeFrameCount(sampleCount: sampleCount), appendingTo: &bands)
    return taken.count
  }

  /// Leaves out the frames before one: they are not computed.
  package mutating func skip(toFrame frame: Int) {
    frameCount = max(frameCount, frame)
    dropUncovered()
  }

  /// Appends a few of the frames that zeros after the last sample complete.
  ///
  /// - Returns: false when there were none left.
  mutating func advanceBeyondEnd(appendingTo bands: inout [Float]) -> Bool {
    isFinished = true
    let end = cutter.frameCount(sampleCount: sampleCount)
    let hasRest = frameCount < end
    compute(upTo: min(frameCount + FrameLanes.scalarCount, end), appendingTo: &bands)
    return hasRest
  }

  /// Appends the bands of the next frames, up to below `end`.
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

  /// Drops the samples that no frame to come covers.
  private mutating func dropUncovered() {
    let coveredCount = sampleCount - cutter.firstSample(ofFrame: frameCount)
    pending.removeFirst(max(0, pending.count - max(0, coveredCount)))
  }
}
