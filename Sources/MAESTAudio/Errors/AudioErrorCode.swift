import MAESTFrontEnd

extension AudioError {
  /// A machine-readable name of the error: the name of its case, the same in every version.
  public var code: String {
    switch self {
    case .fileNotFound: "fileNotFound"
    case .isFolder: "isFolder"
    case .emptyFile: "emptyFile"
    case .undecodableFile: "undecodableFile"
    case .noSuchAudioStream: "noSuchAudioStream"
    case .decodingFailed: "decodingFailed"
    case .damaged: "damaged"
    case .mostlyLost: "mostlyLost"
    case .encodedAsPCM: "encodedAsPCM"
    case .spoolingFailed: "spoolingFailed"
    case .decodingTookTooLong: "decodingTookTooLong"
    case .decoderCrashed: "decoderCrashed"
    case .isolatedDecoderNotStarted: "isolatedDecoderNotStarted"
    case .isolatedDecoderFailed: "isolatedDecoderFailed"
    case .exitStatusUnknown: "exitStatusUnknown"
    case .ffmpegNotFound: "ffmpegNotFound"
    case .ffmpegNotStarted: "ffmpegNotStarted"
    case .ffmpegFailed: "ffmpegFailed"
    case .ffmpegBrokeOff: "ffmpegBrokeOff"
    case .ffmpegStalled: "ffmpegStalled"
    case .noSamples: "noSamples"
    case .invalidWAVHeader: "invalidWAVHeader"
    case .wavHeaderCutShort: "wavHeaderCutShort"
    case .signal(let error): error.code
    }
  }
}
