/// A selection of windows, converted to frames and samples of a front end.
package struct WindowLayout: Sendable {
  /// The window size, and the hop of windows that are placed by hop.
  package let patches: PatchLayout

  /// The samples of the track to use; the upper bound is `Int.max` without an explicit end.
  package let samples: Range<Int>

  private let placement: WindowSelection.Placement
  private let frameCutter: FrameCutter
  private let sampleRate: Int

  /// - Throws: `SignalError` for numbers out of range.
  package init(
    _ selection: WindowSelection, patchSize: Int, configuration: MelSpectrogramConfiguration
  ) throws(SignalError) {
    try selection.placement.validate()
    var hopSize: Int?
    if case .everyHop(let hop) = selection.placement { hopSize = try hop.frameCount(configuration) }
    patches = try PatchLayout(
      patchSize: patchSize, hopSize: hopSize, lastPatchMode: selection.lastPatchMode)
    frameCutter = try configuration.frameCutter
    sampleRate = configuration.sampleRate
    samples = try selection.range?.samples(sampleRate: sampleRate) ?? 0..<Int.max
    placement = selection.placement
    needsLength = selection.needsLength
  }

  /// Whether windows can be placed only when the track's length is known.
  package let needsLength: Bool

  /// Whether it is worth determining the track's length first: to place the windows, or to reject a range that ends
  /// beyond the track before any work is done.
  package var asksForLength: Bool { needsLength || samples.upperBound < .max }

  /// Places the windows of a track.
  ///
  /// - Parameter trackSampleCount: the number of samples of the track, or any number beyond the range; nil: not known.
  /// - Throws: `SignalError.unknownLength`, `.rangeBeyondEnd`; `.noSamples` and `.tooShort` if windows are chosen and
  ///   there is none.
  package func cutter(trackSampleCount: Int?) throws(SignalError) -> PatchCutter {
    let everyHop = PatchCutter(
      layout: patches, frameCutter: frameCutter, sampleRate: sampleRate, samples: samples)
    if let trackSampleCount { try everyHop.requireRange(trackSampleCount: trackSampleCount) }
    guard needsLength else { return everyHop }
    guard let trackSampleCount else { throw .unknownLength }
    let sampleCount = samples.clamped(to: 0..<trackSampleCount).count
    let frameCount = frameCutter.frameCount(sampleCount: sampleCount)
    let frames = chosenFrames(frameCount: frameCount)
    try everyHop.requirePatches(frames.count, sampleCount: sampleCount)
    return PatchCutter(
      layout: patches, frameCutter: frameCutter, sampleRate: sampleRate, samples: samples,
      chosen: PatchCutter.Chosen(frames: frames, sampleCount: sampleCount))
  }

  private func chosenFrames(frameCount: Int) -> [Range<Int>] {
    let size = patches.patchSize
    guard frameCount >= size else {
      return patches.lastPatchMode == .repeat && frameCount > 0 ? [0..<frameCount] : []
    }
    let starts = placement.starts(lastStart: frameCount - size, patchSize: size) ?? []
    return starts.map { $0..<$0 + size }
  }
}
