/// The positions of the frames of a signal.
///
/// Frame `i` is centred on sample `i * hopLength`; samples before the start and after the end of the signal are zero.
/// The last frame is the first one whose centre is at or past the end of the signal.
///
/// Source: Essentia's `FrameCutter` with `startFromZero` false, as `TensorflowPredictMAEST` uses it.
package struct FrameCutter: Sendable, Equatable {
  /// Samples in a frame, even.
  package let frameLength: Int

  /// Samples between the starts of two frames, at least 1.
  package let hopLength: Int

  init(frameLength: Int, hopLength: Int) {
    precondition(frameLength >= 2 && hopLength >= 1, "frame \(frameLength), hop \(hopLength)")
    self.frameLength = frameLength
    self.hopLength = hopLength
  }

  /// The number of frames of a signal: `ceil(sampleCount / hopLength) + 1`, or 0 for an empty one.
  package func frameCount(sampleCount: Int) -> Int {
    guard sampleCount > 0 else { return 0 }
    return min((sampleCount - 1) / hopLength, Int.max - 2) + 2
  }

  /// The smallest number of samples that gives this number of frames; 0 for no frame.
  package func sampleCount(frameCount: Int) -> Int {
    guard frameCount > 0 else { return 0 }
    let (samples, overflow) = max(0, frameCount - 2).multipliedReportingOverflow(by: hopLength)
    return overflow ? Int.max : min(samples, Int.max - 1) + 1
  }

  /// The first sample of a frame; negative for frames that begin before the signal.
  package func firstSample(ofFrame frame: Int) -> Int {
    frame * hopLength - frameLength / 2
  }

  /// The number of samples that must have arrived before a frame is final: the samples that it covers, and its hop.
  func sampleCount(completing frame: Int) -> Int {
    frame * hopLength + max(frameLength / 2, hopLength)
  }

  /// The number of frames that are final once this number of samples has arrived, whatever follows.
  func completeFrameCount(sampleCount: Int) -> Int {
    let first = self.sampleCount(completing: 0)
    return sampleCount < first ? 0 : (sampleCount - first) / hopLength + 1
  }
}
