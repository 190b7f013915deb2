public import MAESTFrontEnd

/// Facts about the audio of an analysis.
public struct AnalyzedAudio: Sendable, Hashable {
  /// Length in seconds of the file, or of the requested range.
  public let duration: Double
  /// What is missing of the file's sound, and what the mix to one channel loses.
  public let warnings: [AudioWarning]
}
