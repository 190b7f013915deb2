/// A mel spectrogram: mel bands of consecutive frames.
public struct MelSpectrogram: Sendable, Equatable {
  /// The number of frames.
  public let frameCount: Int

  /// The number of bands in a frame.
  public let bandCount: Int

  /// The bands, row-major `[frame, band]`.
  public let values: [Float]

  /// - Parameter values: `[frameCount, bandCount]`, row-major.
  public init(frameCount: Int, bandCount: Int, values: [Float]) {
    precondition(
      frameCount >= 0 && bandCount >= 1 && values.count == frameCount * bandCount,
      "\(values.count) values for \(frameCount) frames of \(bandCount) bands")
    self.frameCount = frameCount
    self.bandCount = bandCount
    self.values = values
  }

  /// One value.
  public subscript(frame frame: Int, band band: Int) -> Float {
    precondition(
      frame >= 0 && frame < frameCount && band >= 0 && band < bandCount,
      "frame \(frame), band \(band) of \(frameCount) x \(bandCount)")
    return values[frame * bandCount + band]
  }

  /// The bands of one frame, `[bandCount]`.
  public func bands(ofFrame frame: Int) -> ArraySlice<Float> {
    precondition(frame >= 0 && frame < frameCount, "frame \(frame) of \(frameCount)")
    return values[frame * bandCount..<(frame + 1) * bandCount]
  }
}

extension MelSpectrogram: CustomStringConvertible {
  /// "mel spectrogram of 1876 frames, 96 bands".
  public var description: String { "mel spectrogram of \(frameCount) frames, \(bandCount) bands" }
}
