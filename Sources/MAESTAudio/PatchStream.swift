/// A mel patch, ready for the network.
public struct MelPatch: Sendable {
  /// Its place in the signal.
  public let patch: Patch

  /// The bands, row-major `[frame, band]`: `patch.patchSize` frames, cycled where the patch is.
  public let values: [Float]

  /// The number of bands in a frame.
  public let bandCount: Int

  package init(patch: Patch, values: [Float], bandCount: Int) {
    (self.patch, self.values, self.bandCount) = (patch, values, bandCount)
  }
}

/// Turns samples that arrive in chunks of any size into mel patches, each as soon as its last frame's samples
/// are in.
///
/// Patches and values are those of the whole signal (`PatchCutter`, `MelSpectrogramExtractor`) bit for bit,
/// however it is cut in chunks. Frames that patches share are computed once, those in no patch never. What is kept
/// is a patch of mel frames, two with `LastPatchMode.end`, and the samples of a few frames, whatever the length of
/// the signal.
///
/// ```swift
/// var stream = PatchStream(layout: layout, extractor: extractor)
/// while let chunk = source.next() {
///   for patch in try stream.append(chunk[...]) { analyze(patch) }
/// }
/// for patch in try stream.finish() { analyze(patch) }
/// ```
public struct PatchStream: Sendable {
  /// Where the patches lie.
  public let cutter: PatchCutter
  private var mel: MelStream
  private var patchCount = 0

  /// The bands from a frame on that the next patch does not begin before.
  private var bands: [Float] = []
  private var firstFrame = 0

  public init(layout: PatchLayout, extractor: MelSpectrogramExtractor) {
    let cutter = PatchCutter(
      layout: layout, frameCutter: extractor.frameCutter, sampleRate: extractor.configuration.sampleRate)
    self.init(cutter: cutter, extractor: extractor)
  }

  /// - Parameter cutter: made for the extractor's configuration.
  package init(cutter: PatchCutter, extractor: MelSpectrogramExtractor) {
    self.cutter = cutter
    mel = MelStream(extractor: extractor)
    if let frames = cutter.awaitedFrames(ofPatch: 0) { dropFrames(before: frames.lowerBound) }
  }

  /// Samples received so far.
  public var sampleCount: Int { mel.sampleCount }

  /// Whether all patches came out and no sample is needed any more; false for patches at every hop.
  package var isComplete: Bool { cutter.chosen.map { patchCount >= $0.frames.count } ?? false }

  /// Takes the next samples. Not to be called after `finish`.
  ///
  /// - Parameter samples: at the sample rate of the extractor's configuration; those after the last chosen patch are
  ///   left.
  /// - Returns: the patches that they complete, in order.
  /// - Throws: `AudioError.nonFiniteSample`, `.sampleOutOfRange` (index and time in the whole track); none
  ///   of the samples is taken then.
  public mutating func append(_ samples: ArraySlice<Float>) throws(AudioError) -> [MelPatch] {
    try SampleCheck(sampleRate: cutter.sampleRate).check(
      samples, from: cutter.samples.lowerBound + sampleCount)
    var patches: [MelPatch] = []
    var rest = samples
    while !rest.isEmpty, !isComplete {
      rest = rest.dropFirst(mel.advance(rest, appendingTo: &bands))
      while isPatchFull { patches.append(cutPatch()) }
    }
    return patches
  }

  /// Ends the signal.
  ///
  /// - Returns: the patches that only the end completes: those of the last frames, which reach beyond it, and
  ///   with `LastPatchMode.repeat` and `.end` the one of the left-over frames.
  /// - Throws: `AudioError.noSamples` for a signal without samples, `.tooShort` if it fills no patch,
  ///   `.lengthChanged` where patches were chosen for another length.
  public mutating func finish() throws(AudioError) -> [MelPatch] {
    if let expected = cutter.chosen?.sampleCount, !isComplete, sampleCount != expected {
      throw .lengthChanged(found: sampleCount, expected: expected)
    }
    var patches: [MelPatch] = []
    while !isComplete, mel.advanceBeyondEnd(appendingTo: &bands) {
      while isPatchFull { patches.append(cutPatch()) }
    }
    if patchCount < cutter.patchCount(sampleCount: sampleCount) { patches.append(cutPatch()) }
    try cutter.requirePatches(patchCount, sampleCount: sampleCount)
    return patches
  }

  private var bandCount: Int { mel.extractor.configuration.bandCount }

  private var isPatchFull: Bool {
    guard let frames = cutter.awaitedFrames(ofPatch: patchCount) else { return false }
    return frames.upperBound <= mel.frameCount
  }

  /// The next patch, from the frames that are there; those that no patch after it has are dropped.
  private mutating func cutPatch() -> MelPatch {
    let patch = cutter.patch(patchCount, sampleCount: sampleCount)
    let spectrogram = MelSpectrogram(
      frameCount: bands.count / bandCount, bandCount: bandCount, values: bands)
    let values = spectrogram.values(of: patch, firstFrame: firstFrame)
    patchCount += 1
    dropFrames(before: cutter.firstFrame(after: patch))
    return MelPatch(patch: patch, values: values, bandCount: bandCount)
  }

  /// Drops the frames before one; those that are still to come are not computed.
  private mutating func dropFrames(before frame: Int) {
    bands.removeFirst(min(frame - firstFrame, bands.count / bandCount) * bandCount)
    mel.skip(toFrame: frame)
    firstFrame = frame
  }
}
