import MAESTAudio

/// An audio file's patches, decoded and turned into mel bands on a thread of their own while earlier ones are
/// worked on.
struct FilePatches {
  private enum Part: Sendable {
    /// The file is open; perhaps it says how long it is.
    case opened(expectedSampleCount: Int?)
    case patch(MelPatch)
    /// All samples are read.
    case end(sampleCount: Int)
  }

  /// Patches that the file says that it has, nearly; nil if it does not say.
  let expectedPatchCount: Int?
  /// Samples at the model's rate, once ``next()`` has given nil.
  private(set) var sampleCount = 0
  private let parts: ReadAhead<Part>

  /// Opens the file, and begins to decode it.
  ///
  /// - Parameters:
  ///   - stream: turns samples into patches.
  ///   - capacity: the most patches that wait.
  /// - Throws: `AudioError` for a file that cannot be opened.
  init(path: String, loader: AudioLoader, stream: PatchStream, capacity: Int) throws {
    parts = ReadAhead(capacity: capacity) { deliver in
      try Self.produce(path, loader, PatchFeed(stream), deliver)
    }
    guard case .opened(let count) = try parts.next() else {
      preconditionFailure("a file that is not opened first")
    }
    expectedPatchCount = count.map(stream.cutter.patchCount)
  }

  private static func produce(
    _ path: String, _ loader: AudioLoader, _ feed: PatchFeed, _ deliver: ReadAhead<Part>.Deliver
  ) throws {
    var reader = try loader.open(path)
    try deliver(.opened(expectedSampleCount: reader.expectedSampleCount))
    var feed = feed
    var samples: [Float] = []
    while try reader.read(appendingTo: &samples) {
      feed.add(samples[...])
      while let patch = try feed.next() { try deliver(.patch(patch)) }
      samples.removeAll(keepingCapacity: true)
    }
    guard feed.sampleCount > 0 else { throw AudioError.noSamples(path: path) }
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
