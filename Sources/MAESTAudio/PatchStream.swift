/// A mel patch, ready for the network.
public struct MelPatch: Sendable {
  /// Its place in the signal.
  public let patch: Patch

  /// The bands, row-major `[frame, band]`: `patch.patchSize` frames, cycled where the patch is.
  public let values: [Float]

  /// The number of bands in a frame.
  public let bandCount: Int
}

/// Turns samples that arrive in chunks of any size into mel patches, each as soon as its last frame's samples
/// are in.
///
/// Patches and values are those of the whole signal (`PatchCutter`, `MelSpectrogramExtractor`) bit for bit,
/// however it is cut in chunks. Frames that patches share are computed once. What is kept is a patch of mel
/// frames and the samples of a few frames, whatever the length of the signal.
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

  /// The bands from the next patch's first frame on.
  private var bands: [Float] = []

  public init(layout: PatchLayout, extractor: MelSpectrogramExtractor) {
    cutter = PatchCutter(layout: layout, extractor: extractor)
    mel = MelStream(extractor: extractor)
  }

  /// Samples received so far.
  public var sampleCount: Int { mel.sampleCount }

  /// Takes the next samples. Not to be called after `finish`.
  ///
  /// - Parameter samples: at the sample rate of the extractor's configuration.
  /// - Returns: the patches that they complete, in order.
  /// - Throws: `AudioError.nonFiniteSample`, `.sampleOutOfRange` (index and time in the whole signal); none
  ///   of the samples is taken then.
  public mutating func append(_ samples: ArraySlice<Float>) throws(AudioError) -> [MelPatch] {
    try mel.check(samples)
    var patches: [MelPatch] = []
    var rest = samples
    while !rest.isEmpty {
      rest = rest.dropFirst(mel.advance(rest, appendingTo: &bands))
      while isPatchFull { patches.append(cutPatch()) }
    }
    return patches
  }

  /// Ends the signal.
  ///
  /// - Returns: the patches that only the end completes: those of the last frames, which reach beyond it, and
  ///   with `LastPatchMode.repeat` the one of the left-over frames.
  /// - Throws: `AudioError.noSamples` for a signal without samples, `.tooShort` if it fills no patch.
  public mutating func finish() throws(AudioError) -> [MelPatch] {
    var patches: [MelPatch] = []
    while mel.advanceBeyondEnd(appendingTo: &bands) {
      while isPatchFull { patches.append(cutPatch()) }
    }
    if patchCount < cutter.patchCount(sampleCount: sampleCount) { patches.append(cutPatch()) }
    try cutter.requirePatches(patchCount, sampleCount: sampleCount)
    return patches
  }

  private var bandCount: Int { mel.extractor.configuration.bandCount }

  private var isPatchFull: Bool { bands.count / bandCount >= cutter.layout.patchSize }

  /// The next patch, from the frames that are there; those before the one after it are dropped.
  private mutating func cutPatch() -> MelPatch {
    let patch = cutter.patch(patchCount, sampleCount: sampleCount)
    let spectrogram = MelSpectrogram(
      frameCount: bands.count / bandCount, bandCount: bandCount, values: bands)
    let values = spectrogram.values(of: patch, firstFrame: patch.frames.lowerBound)
    patchCount += 1
    bands.removeFirst(min(cutter.layout.hopSize, patch.frames.count) * bandCount)
    return MelPatch(patch: patch, values: values, bandCount: bandCount)
  }
}
