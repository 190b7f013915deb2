/// Cuts a signal's mel bands into patches: at every hop, or at chosen frames.
package struct PatchCutter: Sendable, Equatable {
  /// How frames are grouped; for chosen frames, only the patch size is used.
  package let layout: PatchLayout

  /// The positions of the frames of the signal.
  package let frameCutter: FrameCutter

  /// The sample rate in hertz.
  package let sampleRate: Int

  /// The samples of the track that form the signal; the upper bound is `Int.max` without an explicit end.
  package let samples: Range<Int>

  /// Chosen patches of a signal of known length.
  struct Chosen: Sendable, Equatable {
    /// The frames of each patch, sorted by first frame and distinct. Fewer than `patchSize` frames are cycled.
    let frames: [Range<Int>]

    /// The number of samples of the signal.
    let sampleCount: Int
  }

  /// nil: patches at every hop.
  let chosen: Chosen?

  /// - Throws: `SignalError.invalidConfiguration`.
  package init(
    layout: PatchLayout, configuration: MelSpectrogramConfiguration = .maest
  ) throws(SignalError) {
    self.init(
      layout: layout, frameCutter: try configuration.frameCutter, sampleRate: configuration.sampleRate)
  }

  init(
    layout: PatchLayout, frameCutter: FrameCutter, sampleRate: Int, samples: Range<Int> = 0..<Int.max,
    chosen: Chosen? = nil
  ) {
    self.layout = layout
    self.frameCutter = frameCutter
    self.sampleRate = sampleRate
    self.samples = samples
    self.chosen = chosen
  }

  /// The smallest number of samples that fills one patch.
  package var neededSampleCount: Int {
    frameCutter.sampleCount(frameCount: max(2, layout.patchSize))
  }

  /// The number of patches of a signal, 0 if it is too short.
  package func patchCount(sampleCount: Int) -> Int {
    if let chosen { return chosen.frames.count }
    return layout.patchCount(frameCount: frameCutter.frameCount(sampleCount: sampleCount))
  }

  /// Returns the patches of a signal, in order.
  ///
  /// - Returns: at least one patch.
  /// - Throws: `SignalError.noSamples`, `SignalError.tooShort`.
  package func patches(sampleCount: Int) throws(SignalError) -> [Patch] {
    let count = patchCount(sampleCount: sampleCount)
    try requirePatches(count, sampleCount: sampleCount)
    return (0..<count).map { patch($0, sampleCount: sampleCount) }
  }

  /// - Throws: `SignalError.noSamples`, `SignalError.tooShort` if the signal has no patch.
  func requirePatches(_ count: Int, sampleCount: Int) throws(SignalError) {
    guard sampleCount > 0 else { throw .noSamples }
    guard count > 0 else {
      throw .tooShort(
        sampleCount: sampleCount, neededSampleCount: neededSampleCount, sampleRate: sampleRate)
    }
  }

  /// - Parameter trackSampleCount: the number of samples of the track.
  /// - Throws: `SignalError.rangeBeyondEnd` if the range extends beyond the end of a track that is not empty.
  package func requireRange(trackSampleCount: Int) throws(SignalError) {
    let hasEnd = samples.upperBound < .max
    let isInside =
      samples.lowerBound < trackSampleCount && (!hasEnd || samples.upperBound <= trackSampleCount)
    guard trackSampleCount > 0, !isInside else { return }
    throw .rangeBeyondEnd(
      start: time(samples.lowerBound), end: hasEnd ? time(samples.upperBound) : nil,
      duration: time(trackSampleCount))
  }

  /// Returns a patch of a signal that has, or so far has received, `sampleCount` samples.
  func patch(_ index: Int, sampleCount: Int) -> Patch {
    let sampleCount = chosen?.sampleCount ?? sampleCount
    let frames =
      chosen?.frames[index]
      ?? layout.frames(ofPatch: index, frameCount: frameCutter.frameCount(sampleCount: sampleCount))
    let start = frames.lowerBound * frameCutter.hopLength
    let end = max(start, min(frames.upperBound * frameCutter.hopLength, sampleCount))
    return Patch(
      index: index, patchSize: layout.patchSize, frames: frames,
      startTime: time(samples.lowerBound + start), endTime: time(samples.lowerBound + end))
  }

  /// The number of patches chosen; nil for patches at every hop.
  package var chosenPatchCount: Int? { chosen?.frames.count }

  /// The length in samples of the signal that patches were chosen for; nil for patches at every hop.
  package var chosenSampleCount: Int? { chosen?.sampleCount }

  /// The number of patches in a track, or in the analysed range of it.
  package func patchCount(trackSampleCount: Int) -> Int {
    patchCount(sampleCount: samples.clamped(to: 0..<trackSampleCount).count)
  }

  /// Returns the number of patches in a track, at least one.
  ///
  /// - Throws: `SignalError.noSamples`, `.tooShort`.
  package func requirePatches(trackSampleCount: Int) throws(SignalError) -> Int {
    let count = patchCount(trackSampleCount: trackSampleCount)
    try requirePatches(count, sampleCount: samples.clamped(to: 0..<trackSampleCount).count)
    return count
  }

  private func time(_ sample: Int) -> Double { Double(sample) / Double(sampleRate) }

  /// The frames that a patch needs before the signal has ended; nil if there is no such patch.
  func awaitedFrames(ofPatch index: Int) -> Range<Int>? {
    guard let frames = chosen?.frames else {
      let first = index * layout.hopSize
      return first..<first + layout.patchSize
    }
    return index < frames.count ? frames[index] : nil
  }

  /// A lower bound of the first frames of all later patches.
  func firstFrame(after patch: Patch) -> Int {
    if chosen != nil {
      return awaitedFrames(ofPatch: patch.index + 1)?.lowerBound ?? patch.frames.upperBound
    }
    // The last patch may begin anywhere between this one and the next.
    let hop = layout.lastPatchMode == .end ? 1 : min(layout.hopSize, patch.frames.count)
    return patch.frames.lowerBound + hop
  }
}

extension MelSpectrogram {
  /// Returns the bands of a patch, including repeated frames, as input for the network.
  ///
  /// - Parameters:
  ///   - patch: cut from the signal of this spectrogram.
  ///   - firstFrame: the frame of the signal at which this spectrogram begins, if it holds only a range.
  /// - Returns: `[patchSize, bandCount]`, row-major.
  package func values(of patch: Patch, firstFrame: Int = 0) -> [Float] {
    precondition(
      patch.frames.lowerBound >= firstFrame && patch.frames.upperBound <= firstFrame + frameCount,
      "frames \(patch.frames) of \(firstFrame)..<\(firstFrame + frameCount)")
    var result: [Float] = []
    result.reserveCapacity(patch.patchSize * bandCount)
    for position in 0..<patch.patchSize {
      result.append(contentsOf: bands(ofFrame: patch.frame(at: position) - firstFrame))
    }
    return result
  }
}
