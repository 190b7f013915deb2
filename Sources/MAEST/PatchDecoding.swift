package import MAESTAudio

/// An audio file's patches, decoded and turned into mel bands one after the other, on the caller's thread.
package struct PatchDecoding: Sendable {
  /// What is known of a file once it was decoded.
  package struct Outcome: Sendable {
    /// Samples at the model's rate, of the file or of the range in it.
    package let sampleCount: Int
    /// Facts about the file.
    package let source: AudioSource
  }

  private let path: String
  private let loader: AudioLoader
  private let windows: WindowLayout
  private let extractor: MelSpectrogramExtractor

  /// - Parameters:
  ///   - windows: where patches lie.
  ///   - extractor: turns samples into mel bands.
  init(path: String, loader: AudioLoader, windows: WindowLayout, extractor: MelSpectrogramExtractor) {
    self.path = path
    self.loader = loader
    self.windows = windows
    self.extractor = extractor
  }

  /// Decodes the file. Where the windows ask for its length, it is decoded once before, to count its samples.
  ///
  /// - Parameters:
  ///   - opened: called once the file is open, with the patches to come: those chosen, or nearly as many as the file
  ///     says that it has; nil if it does not say.
  ///   - body: called for each patch in order of time; what it throws ends the decoding.
  /// - Throws: `AudioError` for a bad file, or one without the windows.
  package func run(
    opened: (_ expectedPatchCount: Int?) throws -> Void = { _ in }, _ body: (MelPatch) throws -> Void
  ) throws -> Outcome {
    let count =
      windows.asksForLength ? try loader.sampleCount(of: path, upTo: windows.samples.upperBound) : nil
    let stream = PatchStream(cutter: try windows.cutter(trackSampleCount: count), extractor: extractor)
    var reader = try loader.open(path)
    let expected = reader.expectedSampleCount.map { stream.cutter.patchCount(trackSampleCount: $0) }
    try opened(stream.cutter.chosenPatchCount ?? expected)
    var feed = PatchFeed(stream)
    var samples: [Float] = []
    while !feed.hasEnded, try reader.read(appendingTo: &samples) {
      feed.add(samples[...])
      while let patch = try feed.next() { try body(patch) }
      samples.removeAll(keepingCapacity: true)
    }
    guard feed.trackSampleCount > 0 else { throw AudioError.noSamples(path: path) }
    feed.end()
    while let patch = try feed.next() { try body(patch) }
    return Outcome(sampleCount: feed.sampleCount, source: reader.source)
  }
}
