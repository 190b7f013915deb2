import MAESTAudio
package import MAESTFrontEnd

/// An audio file and the layout of its windows.
package struct FileSource: Sendable {
  let path: String
  let loader: AudioLoader
  let windows: WindowLayout
  let extractor: MelSpectrogramExtractor
  /// Whether to compute ``FilePatches/soundSHA256``.
  let hashesSound: Bool

  /// Opens the file. If the windows depend on its length, decodes it once beforehand to count its samples.
  ///
  /// - Throws: `AudioError` if the file cannot be read, `SignalError` if it does not contain the windows.
  package func open() throws -> FilePatches {
    let count =
      windows.asksForLength ? try loader.sampleCount(of: path, upTo: windows.samples.upperBound) : nil
    let cutter = try windows.cutter(trackSampleCount: count)
    return FilePatches(
      path: path, reader: try loader.open(path), patches: PatchStream(cutter: cutter, extractor: extractor),
      sound: hashesSound ? SoundDigest(limit: windows.samples.upperBound) : nil)
  }
}

/// The patches of an open audio file, decoded into mel bands on demand on the caller's thread.
package struct FilePatches: ~Copyable {
  private let path: String
  private var reader: AudioReader
  private var patches: PatchStream
  private var samples: [Float] = []
  private var sound: SoundDigest?

  /// SHA-256 of the file's sound as ``FileSource/sound()`` gives it: of all of it, or of its part up to the end of the
  /// chosen range. Valid once ``next()`` has returned nil; nil if it was not asked for.
  package private(set) var soundSHA256: String?

  fileprivate init(
    path: String, reader: consuming AudioReader, patches: PatchStream, sound: consuming SoundDigest?
  ) {
    self.sound = sound
    self.path = path
    self.reader = reader
    self.patches = patches
  }

  /// The number of chosen patches, or an estimate from the file's header; nil if unknown.
  package var expectedPatchCount: Int? {
    patches.cutter.chosenPatchCount
      ?? reader.expectedSampleCount.map { patches.cutter.patchCount(trackSampleCount: $0) }
  }

  /// Number of samples of the file or the chosen range, at the front end's sample rate. Valid once ``next()`` has
  /// returned nil.
  package var sampleCount: Int { patches.sampleCount }

  /// What is missing of the file's sound, and what a mix to one channel loses; complete once ``next()`` has returned
  /// nil.
  package var warnings: [AudioWarning] { reader.warnings }

  /// Facts about the file; complete once ``next()`` has returned nil.
  package var source: AudioSource { reader.source }

  /// Returns the next patch; nil after the last one.
  ///
  /// - Throws: `AudioError` for an invalid file; `SignalError.tooShort` if the file gives no patch.
  package mutating func next() throws -> MelPatch? {
    while true {
      if let patch = try patches.next() { return patch }
      guard !patches.hasEnded else {
        try finishSound()
        return nil
      }
      samples.removeAll(keepingCapacity: true)
      if try reader.read(appendingTo: &samples) {
        sound?.add(samples)
        patches.add(samples[...])
      } else {
        guard patches.trackSampleCount > 0 else { throw AudioError.noSamples(path: path) }
        patches.end()
      }
    }
  }

  /// Completes the digest with the samples after the last window, so that it is independent of the windows.
  private mutating func finishSound() throws(AudioError) {
    guard var digest = sound.take() else { return }
    while !digest.isComplete {
      samples.removeAll(keepingCapacity: true)
      guard try reader.read(appendingTo: &samples) else { break }
      digest.add(samples)
    }
    soundSHA256 = digest.finalize()
  }
}
