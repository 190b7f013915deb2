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

  /// Opens the file, and begins to decode it.
  ///
  /// - Parameter capacity: the most patches that wait.
  /// - Throws: `AudioError` for a file that cannot be opened, or without the windows.
  init(_ decoding: PatchDecoding, capacity: Int) throws {
    parts = ReadAhead(capacity: capacity) { deliver in
      let outcome = try decoding.run {
        try deliver(.opened(expectedPatchCount: $0))
      } _: {
        try deliver(.patch($0))
      }
      try deliver(.end(sampleCount: outcome.sampleCount))
    }
    guard case .opened(let count) = try parts.next() else {
      preconditionFailure("a file that is not opened first")
    }
    expectedPatchCount = count
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
