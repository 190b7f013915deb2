/// Cuts a signal's mel bands into patches: at every hop, or at chosen frames.
package struct PatchCutter: Sendable, Equatable {
  /// How frames are grouped; of patches at chosen frames the size.
  package let layout: PatchLayout

  /// Where the frames of the signal lie.
  package let frameCutter: FrameCutter

  /// Samples in a second.
  package let sampleRate: Int

  /// The samples of a track that are the signal; up to `Int.max` where it has no end of its own.
  package let samples: Range<Int>

  /// Patches of a signal of known length.
  struct Chosen: Sendable, Equatable {
    /// The frames of each patch, in order of their first ones, no two the same; fewer than a patch has are cycled.
    let frames: [Range<Int>]

    /// Samples of the signal.
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

  /// The fewest samples that fill one patch.
  package var neededSampleCount: Int {
    frameCutter.sampleCount(frameCount: max(2, layout.patchSize))
  }

  /// The number of patches of a signal, 0 if it is too short.
  package func patchCount(sampleCount: Int) -> Int {
    if let chosen { return chosen.frames.count }
    return layout.patchCount(frameCount: frameCutter.frameCount(sampleCount: sampleCount))
  }

  /// The patches of a signal, in order.
  ///
  /// - Returns: at least one patch.
  /// - Throws: `SignalError.noSamples`, `SignalError.tooShort`.
  package func patches(sampleCount: Int) throws(SignalError) -> [Patch] {
    let count = patchCount(sampleCount: sampleCount)
    try requirePatches(count, sampleCount: sampleCount)
    return (0..<count).map { patch($0, sampleCount: sampleCount) }
  }

  /// - Throws: `SignalError.noSamples`, `SignalError.tooShort` for a signal that gave no patch.
  func requirePatches(_ count: Int, sampleCount: Int) throws(SignalError) {
    guard sampleCount > 0 else { throw .noSamples }
    guard count > 0 else {
      throw .tooShort(
        sampleCount: sampleCount, neededSampleCount: neededSampleCount, sampleRate: sampleRate)
    }
  }

  /// - Parameter trackSampleCount: samples of the track.
  /// - Throws: `SignalError.rangeBeyondEnd` for a track, not an empty one, that the range reaches beyond.
  package func requireRange(trackSampleCount: Int) throws(SignalError) {
    let hasEnd = samples.upperBound < .max
    let isInside =
      samples.lowerBound < trackSampleCount && (!hasEnd || samples.upperBound <= trackSampleCount)
    guard trackSampleCount > 0, !isInside else { return }
    throw .rangeBeyondEnd(
      start: time(samples.lowerBound), end: hasEnd ? time(samples.upperBound) : nil,
      duration: time(trackSampleCount))
  }

  /// One of the patches of a signal of so many samples, or of which so many have come.
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

  /// Samples of the signal that patches were chosen for; nil for patches at every hop.
  package var chosenSampleCount: Int? { chosen?.sampleCount }

  /// The number of patches of the signal that is, or lies in, a track.
  package func patchCount(trackSampleCount: Int) -> Int {
    patchCount(sampleCount: samples.clamped(to: 0..<trackSampleCount).count)
  }

  /// The number of patches of the signal in a track, at least one.
  ///
  /// - Throws: `SignalError.noSamples`, `.tooShort`.
  package func requirePatches(trackSampleCount: Int) throws(SignalError) -> Int {
    let count = patchCount(trackSampleCount: trackSampleCount)
    try requirePatches(count, sampleCount: samples.clamped(to: 0..<trackSampleCount).count)
    return count
  }

  private func time(_ sample: Int) -> Double { Double(sample) / Double(sampleRate) }

  /// The frames that have to be there for a patch before the signal has ended; nil if there is no such patch.
  func awaitedFrames(ofPatch index: Int) -> Range<Int>? {
    guard let frames = chosen?.frames else {
      let first = index * layout.hopSize
      return first..<first + layout.patchSize
    }
    return index < frames.count ? frames[index] : nil
  }

  /// A frame that no patch after this one begins before.
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
  /// The bands of a patch, cycled where the patch is, ready for the network.
  ///
  /// - Parameters:
  ///   - patch: cut from the signal of this spectrogram.
  ///   - firstFrame: the frame of the signal that this spectrogram begins with, if it holds only a range.
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
