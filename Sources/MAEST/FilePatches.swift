import MAESTAudio

/// An audio file's patches, decoded and turned into mel bands on a thread of their own while earlier ones are
/// worked on.
struct FilePatches {
  private enum Part: Sendable {
    /// The file is open; perhaps it says how long it is.
    case opened(expectedPatchCount: Int?)
    case patch(MelPatch)
    /// All samples are read.
    case end(sampleCount: Int)
  }

  /// Patches to come: those chosen, or nearly as many as the file says that it has; nil if it does not say.
  let expectedPatchCount: Int?
  /// Samples at the model's rate, of the file or of the range in it, once ``next()`` has given nil.
  private(set) var sampleCount = 0
  private let parts: ReadAhead<Part>

  /// Opens the file, and begins to decode it. Where the windows ask for the file's length, it is decoded once before,
  /// to count its samples.
  ///
  /// - Parameters:
  ///   - windows: where patches lie.
  ///   - extractor: turns samples into mel bands.
  ///   - capacity: the most patches that wait.
  /// - Throws: `AudioError` for a file that cannot be opened, or without the windows.
  init(
    path: String, loader: AudioLoader, windows: WindowLayout, extractor: MelSpectrogramExtractor,
    capacity: Int
  ) throws {
    parts = ReadAhead(capacity: capacity) { deliver in
      let count =
        windows.asksForLength
        ? try loader.sampleCount(of: path, upTo: windows.samples.upperBound) : nil
      let cutter = try windows.cutter(trackSampleCount: count)
      try Self.produce(path, loader, PatchStream(cutter: cutter, extractor: extractor), deliver)
    }
    guard case .opened(let count) = try parts.next() else {
      preconditionFailure("a file that is not opened first")
    }
    expectedPatchCount = count
  }

  private static func produce(
    _ path: String, _ loader: AudioLoader, _ stream: PatchStream, _ deliver: ReadAhead<Part>.Deliver
  ) throws {
    var reader = try loader.open(path)
    let expected = reader.expectedSampleCount.map { stream.cutter.patchCount(trackSampleCount: $0) }
    try deliver(.opened(expectedPatchCount: stream.cutter.chosenPatchCount ?? expected))
    var feed = PatchFeed(stream)
    var samples: [Float] = []
    while !feed.hasEnded, try reader.read(appendingTo: &samples) {
      feed.add(samples[...])
      while let patch = try feed.next() { try deliver(.patch(patch)) }
      samples.removeAll(keepingCapacity: true)
    }
    guard feed.trackSampleCount > 0 else { throw AudioError.noSamples(path: path) }
    feed.end()
    while let patch = try feed.next() { try deliver(.patch(patch)) }
    try deliver(.end(sampleCount: feed.sampleCount))
  }

  /// The next patch; nil after the last one.
  ///
  /// - Throws: `AudioError` for a bad file; after the end `.noSamples` or `.tooShort` where there was no patch.
  mutating func next() throws -> MelPatch? {
    switch try parts.next() {
    case .patch(let patch): return patch
    case .end(let count):
      sampleCount = count
      return nil
    case .opened, nil: preconditionFailure("a file without an end")
    }
  }

  /// Stops decoding.
  func abandon() { parts.abandon() }
}
