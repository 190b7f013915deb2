import MAEST

/// A spectrogram that a patch was not cut from, so that it cannot be drawn behind it.
public struct SpectrogramMismatch: Error, CustomStringConvertible, Equatable {
  public let frameCount: Int
  public let bandCount: Int
  /// The last frame of the patch, and one.
  public let neededFrameCount: Int
  /// Of the model.
  public let neededBandCount: Int

  public var description: String {
    "the spectrogram has \(frameCount) frames of \(bandCount) bands, the patch reaches to frame \(neededFrameCount) "
      + "and has \(neededBandCount) bands; take the spectrogram of the file, and of the range in it, that the patch is of"
  }

  static func require(
    _ spectrogram: MelSpectrogram, of model: MAESTModel, for patch: Patch
  ) throws(SpectrogramMismatch) {
    let (frameCount, bandCount) = (patch.frames.upperBound, model.configuration.bandCount)
    guard
      spectrogram.frameCount >= frameCount, spectrogram.bandCount == bandCount,
      patch.patchSize == model.configuration.frameCount
    else {
      throw SpectrogramMismatch(
        frameCount: spectrogram.frameCount, bandCount: spectrogram.bandCount, neededFrameCount: frameCount,
        neededBandCount: bandCount)
    }
  }
}
