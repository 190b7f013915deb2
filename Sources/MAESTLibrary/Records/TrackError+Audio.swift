import MAEST

extension TrackError {
  /// What became of a track, with the place where it happened.
  init(_ error: any Error) {
    if let error = error as? AudioError {
      self.init(stage: Self.stage(ofCode: error.code), code: error.code, message: error.description)
    } else {
      self.init(stage: .analyze, code: "\(type(of: error))", message: "\(error)")
    }
  }

  private static let openCodes: Set = [
    "fileNotFound", "isFolder", "emptyFile", "undecodableFile", "ffmpegNotFound", "ffmpegNotStarted",
    "ffmpegFailed",
    "invalidChannelCount", "unsupportedSampleRates",
  ]

  private static let analyzeCodes: Set = ["tooShort", "rangeBeyondEnd", "unknownLength", "lengthChanged"]

  private static func stage(ofCode code: String) -> Stage {
    if openCodes.contains(code) { return .open }
    return analyzeCodes.contains(code) ? .analyze : .decode
  }
}
