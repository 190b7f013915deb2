import MAEST

/// The spectrogram does not fit the patch that it should be the background of.
public struct SpectrogramMismatch: Error, CustomStringConvertible, Equatable {
  public let frameCount: Int
  public let bandCount: Int
  /// Number of frames needed: the index of the patch's last frame plus one.
  public let neededFrameCount: Int
  /// Number of bands of the model.
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
