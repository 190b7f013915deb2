/// Cuts a signal's mel bands into patches.
public struct PatchCutter: Sendable, Equatable {
  /// How frames are grouped.
  public let layout: PatchLayout

  /// Where the frames of the signal lie.
  public let frameCutter: FrameCutter

  /// Samples in a second.
  public let sampleRate: Int

  /// - Throws: `AudioError.invalidConfiguration`.
  public init(
    layout: PatchLayout, configuration: MelSpectrogramConfiguration = .maest
  ) throws(AudioError) {
    self.layout = layout
    frameCutter = try configuration.frameCutter
    sampleRate = configuration.sampleRate
  }

  init(layout: PatchLayout, extractor: MelSpectrogramExtractor) {
    self.layout = layout
    frameCutter = extractor.frameCutter
    sampleRate = extractor.configuration.sampleRate
  }

  /// The fewest samples that fill one patch.
  public var neededSampleCount: Int {
    frameCutter.sampleCount(frameCount: max(2, layout.patchSize))
  }

  /// The number of patches of a signal, 0 if it is too short.
  public func patchCount(sampleCount: Int) -> Int {
    layout.patchCount(frameCount: frameCutter.frameCount(sampleCount: sampleCount))
  }

  /// The patches of a signal, in order.
  ///
  /// - Returns: at least one patch.
  /// - Throws: `AudioError.noSamples`, `AudioError.tooShort`.
  public func patches(sampleCount: Int) throws(AudioError) -> [Patch] {
    let count = patchCount(sampleCount: sampleCount)
    try requirePatches(count, sampleCount: sampleCount)
    return (0..<count).map { patch($0, sampleCount: sampleCount) }
  }

  /// - Throws: `AudioError.noSamples`, `AudioError.tooShort` for a signal that gave no patch.
  func requirePatches(_ count: Int, sampleCount: Int) throws(AudioError) {
    guard sampleCount > 0 else { throw .noSamples(path: nil) }
    guard count > 0 else {
      throw .tooShort(
        sampleCount: sampleCount, neededSampleCount: neededSampleCount, sampleRate: sampleRate)
    }
  }

  /// One of the patches of a signal of so many samples.
  func patch(_ index: Int, sampleCount: Int) -> Patch {
    let frameCount = frameCutter.frameCount(sampleCount: sampleCount)
    let frames = layout.frames(ofPatch: index, frameCount: frameCount)
    let start = frames.lowerBound * frameCutter.hopLength
    let end = max(start, min(frames.upperBound * frameCutter.hopLength, sampleCount))
    return Patch(
      index: index, patchSize: layout.patchSize, frames: frames,
      startTime: Double(start) / Double(sampleRate), endTime: Double(end) / Double(sampleRate))
  }
}

extension MelSpectrogram {
  /// The bands of a patch, cycled where the patch is, ready for the network.
  ///
  /// - Parameters:
  ///   - patch: cut from the signal of this spectrogram.
  ///   - firstFrame: the frame of the signal that this spectrogram begins with, if it holds only a range.
  /// - Returns: `[patchSize, bandCount]`, row-major.
  public func values(of patch: Patch, firstFrame: Int = 0) -> [Float] {
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
