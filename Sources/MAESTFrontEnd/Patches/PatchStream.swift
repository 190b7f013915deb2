/// A mel patch, as input for the network.
public struct MelPatch: Sendable {
  /// Its position in the signal.
  public let patch: Patch

  /// The bands, row-major `[frame, band]`: `patch.patchSize` frames, including repeated ones.
  public let values: [Float]

  /// The number of bands in a frame.
  public let bandCount: Int

  package init(patch: Patch, values: [Float], bandCount: Int) {
    (self.patch, self.values, self.bandCount) = (patch, values, bandCount)
  }
}

/// Converts a track's samples, added in pieces of any size, to mel patches, which are returned one at a time.
///
/// Patches and values are bit-identical to those of the whole signal (`PatchCutter`, `MelSpectrogramExtractor`) for
/// every chunking. Frames shared by patches are computed once; frames in no patch are not computed. Memory: one patch
/// of mel frames (two with `LastPatchMode.end`), the samples of a few frames, and the piece added last.
///
/// ```
/// var patches = PatchStream(cutter: cutter, extractor: extractor)
/// while let piece = source.next() {
///   patches.add(piece[...])
///   while let patch = try patches.next() { analyze(patch) }
/// }
/// patches.end()
/// while let patch = try patches.next() { analyze(patch) }
/// ```
package struct PatchStream: Sendable {
  /// The positions of the patches.
  package let cutter: PatchCutter
  private var mel: MelStream
  private var patchCount = 0

  /// The bands of all frames from `firstFrame` on; the next patch begins there or later.
  private var bands: [Float] = []
  private var firstFrame = 0

  /// Checked samples of the range that is analysed, not yet turned into bands.
  private var samples: ArraySlice<Float> = []
  /// Thrown after the samples before it are used up.
  private var failure: SignalError?
  private var hasCheckedLength = false
  private var isFinished = false

  /// The number of samples of the track added so far, inside the analysed range or not.
  package private(set) var trackSampleCount = 0

  /// Whether no more samples are needed: ``end()`` was called, or every patch has its samples.
  package private(set) var hasEnded = false

  /// - Parameter cutter: made for the extractor's configuration.
  package init(cutter: PatchCutter, extractor: MelSpectrogramExtractor) {
    self.cutter = cutter
    mel = MelStream(extractor: extractor)
    if let frames = cutter.awaitedFrames(ofPatch: 0) { dropFrames(before: frames.lowerBound) }
  }

  package init(layout: PatchLayout, extractor: MelSpectrogramExtractor) {
    let cutter = PatchCutter(
      layout: layout, frameCutter: extractor.frameCutter, sampleRate: extractor.configuration.sampleRate)
    self.init(cutter: cutter, extractor: extractor)
  }

  /// The number of samples of the signal (the track, or its analysed range), valid once ``next()`` has returned nil at
  /// the end.
  package var sampleCount: Int { cutter.chosenSampleCount ?? mel.sampleCount }

  /// Adds the next samples of the track. Call it only after ``next()`` has returned nil for the previous ones, and not
  /// after ``end()``.
  ///
  /// - Parameter piece: at the sample rate of the extractor's configuration. Samples outside the analysed range, and
  ///   samples after the last chosen patch, are ignored.
  package mutating func add(_ piece: ArraySlice<Float>) {
    precondition(samples.isEmpty && !hasEnded, "samples before the earlier ones are used, or after the end")
    let range = cutter.samples
    let skipped = max(0, range.lowerBound - trackSampleCount)
    samples = piece.prefix(range.upperBound - trackSampleCount).dropFirst(skipped)
    let first = trackSampleCount + skipped
    trackSampleCount = min(trackSampleCount + piece.count, range.upperBound)
    hasEnded = trackSampleCount == range.upperBound
    do throws(SignalError) {
      try SampleCheck(sampleRate: cutter.sampleRate).check(samples, from: first)
    } catch {
      failure = error
      if let index = error.sampleIndex { samples = samples.prefix(index - first) }
    }
  }

  /// Marks the end of the track.
  package mutating func end() { hasEnded = true }

  /// Returns the next patch; nil if more samples are needed, or after the last patch.
  ///
  /// - Throws: `SignalError.nonFiniteSample` and `.sampleOutOfRange` (index and time in the whole track) after the
  ///   patches that were complete before the bad sample. At the end `.noSamples` or `.tooShort` if there was no patch,
  ///   `.rangeBeyondEnd` if the track ended before the range, `.lengthChanged` if patches were chosen for another
  ///   length.
  package mutating func next() throws(SignalError) -> MelPatch? {
    while true {
      if isPatchFull { return cutPatch() }
      if !samples.isEmpty {
        samples = samples.dropFirst(mel.advance(samples, appendingTo: &bands))
      } else if let failure {
        throw failure
      } else if !hasEnded || isFinished {
        return nil
      } else if try !advanceBeyondEnd() {
        isFinished = true
        if patchCount < cutter.patchCount(sampleCount: mel.sampleCount) { return cutPatch() }
        try cutter.requirePatches(patchCount, sampleCount: mel.sampleCount)
      }
    }
  }

  /// Computes some of the frames that extend beyond the last sample.
  ///
  /// - Returns: false if there are none left.
  private mutating func advanceBeyondEnd() throws(SignalError) -> Bool {
    guard !isComplete else { return false }
    if !hasCheckedLength {
      do { try checkLength() } catch {
        failure = error
        throw error
      }
      hasCheckedLength = true
    }
    return mel.advanceBeyondEnd(appendingTo: &bands)
  }

  private func checkLength() throws(SignalError) {
    try cutter.requireRange(trackSampleCount: trackSampleCount)
    guard let expected = cutter.chosenSampleCount, expected != mel.sampleCount else { return }
    throw .lengthChanged(found: mel.sampleCount, expected: expected)
  }

  /// Whether every chosen patch was returned; false for patches at every hop.
  private var isComplete: Bool { cutter.chosenPatchCount.map { patchCount >= $0 } ?? false }

  private var bandCount: Int { mel.extractor.configuration.bandCount }

  private var isPatchFull: Bool {
    guard let frames = cutter.awaitedFrames(ofPatch: patchCount) else { return false }
    return frames.upperBound <= mel.frameCount
  }

  /// Cuts the next patch from the available frames. Frames that no later patch contains are dropped.
  private mutating func cutPatch() -> MelPatch {
    let patch = cutter.patch(patchCount, sampleCount: mel.sampleCount)
    let spectrogram = MelSpectrogram(
      frameCount: bands.count / bandCount, bandCount: bandCount, values: bands)
    let values = spectrogram.values(of: patch, firstFrame: firstFrame)
    patchCount += 1
    dropFrames(before: cutter.firstFrame(after: patch))
    if isComplete { (samples, failure, hasEnded) = ([], nil, true) }
    return MelPatch(patch: patch, values: values, bandCount: bandCount)
  }

  /// Drops the frames before `frame`; those that are not computed yet will be skipped.
  private mutating func dropFrames(before frame: Int) {
    bands.removeFirst(min(frame - firstFrame, bands.count / bandCount) * bandCount)
    mel.skip(toFrame: frame)
    firstFrame = frame
  }
}

extension MelPatch: CustomStringConvertible {
  /// "mel patch 0 of 1876 frames, 96 bands".
  public var description: String {
    "mel patch \(patch.index) of \(patch.patchSize) frames, \(bandCount) bands"
  }
}
