import MAESTAudio
package import MAESTFrontEnd

/// What a file sounds like, and facts about it.
package struct FileSound: Sendable {
  /// Number of samples of the file or the chosen range, at the front end's sample rate.
  package let sampleCount: Int
  /// Facts about the file.
  package let source: AudioSource
  /// What is missing of the file's sound, and what a mix to one channel loses.
  package let warnings: [AudioWarning]
  /// As ``FilePatches/soundSHA256``.
  package let sha256: String
}

extension FileSource {
  /// Decodes the file, or its part up to the end of the chosen range, without computing mel bands.
  ///
  /// - Throws: `AudioError` if the file cannot be read.
  package func sound() throws -> FileSound {
    var reader = try loader.open(path)
    var digest = SoundDigest(limit: windows.samples.upperBound)
    var samples: [Float] = []
    var count = 0
    while !digest.isComplete, try reader.read(appendingTo: &samples) {
      digest.add(samples)
      count += samples.count
      samples.removeAll(keepingCapacity: true)
    }
    return FileSound(
      sampleCount: windows.samples.clamped(to: 0..<count).count, source: reader.source,
      warnings: reader.warnings, sha256: digest.finalize())
  }
}
