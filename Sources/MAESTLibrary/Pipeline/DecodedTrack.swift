package import MAEST

/// Facts about a track that are known after decoding.
package struct DecodedTrack: Sendable {
  /// Number of samples at the model's rate, of the file or of the selected range.
  let sampleCount: Int
  /// Facts about the file.
  let source: AudioSource
  /// What is missing of the file's sound, and what a mix to one channel loses.
  let warnings: [AudioWarning]
  /// As ``TrackRecord/soundSHA256``.
  let soundSHA256: String?

  package init(
    sampleCount: Int, source: AudioSource, warnings: [AudioWarning], soundSHA256: String? = nil
  ) {
    self.sampleCount = sampleCount
    self.source = source
    self.warnings = warnings
    self.soundSHA256 = soundSHA256
  }

  init(_ sound: FileSound) {
    self.init(
      sampleCount: sound.sampleCount, source: sound.source, warnings: sound.warnings,
      soundSHA256: sound.sha256)
  }
}

extension TrackRecord {
  /// Stores what is known after decoding. The record becomes partial if sound is missing, otherwise done.
  ///
  /// - Parameters:
  ///   - decoded: the decoded track.
  ///   - sampleRate: the model's sample rate, in hertz.
  ///   - patchCount: number of analysed patches.
  package mutating func add(_ decoded: DecodedTrack, sampleRate: Int, patchCount: Int) {
    status = decoded.warnings.contains(where: \.isLoss) ? .partial : .done
    warnings = decoded.warnings
    lostSeconds = decoded.warnings.lostSeconds
    soundSHA256 = decoded.soundSHA256
    audio = AudioFacts(
      duration: Double(decoded.sampleCount) / Double(sampleRate), sampleRate: decoded.source.sampleRate,
      channelCount: decoded.source.channelCount, format: decoded.source.formatName,
      decoder: decoded.source.decoder, patchCount: patchCount)
  }
}
