import MAEST

extension TrackError {
  /// Makes the error of a track, with the stage that failed.
  ///
  /// The message is independent of the path that the file was opened by: the leading path is removed, and other
  /// occurrences are replaced by the track's path.
  package init(_ error: any Error, of track: Track) {
    let message = Self.message("\(error)", of: track)
    if let code = (error as? AudioError)?.code ?? (error as? SignalError)?.code
      ?? (error as? CueSheetError)?.code
    {
      self.init(stage: Self.stage(ofCode: code), code: code, message: message)
    } else {
      self.init(stage: .analyze, code: "\(type(of: error))", message: message)
    }
  }

  private static func message(_ text: String, of track: Track) -> String {
    let prefix = track.location + ": "
    let rest = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
    return rest.replacing(track.location, with: track.path)
  }

  private static let openCodes: Set = [
    "fileNotFound", "isFolder", "emptyFile", "undecodableFile", "noSuchAudioStream", "ffmpegNotFound",
    "ffmpegNotStarted", "ffmpegFailed", "invalidChannelCount", "unsupportedSampleRates",
    "unreadableCueSheet", "invalidCueSheet",
  ]

  private static let analyzeCodes: Set = ["tooShort", "rangeBeyondEnd", "unknownLength", "lengthChanged"]

  private static func stage(ofCode code: String) -> Stage {
    if openCodes.contains(code) { return .open }
    return analyzeCodes.contains(code) ? .analyze : .decode
  }
}
