import MAESTCore
package import MAESTFrontEnd

/// The patches of an audio file, decoded and turned into mel bands on a thread of its own, a few ahead of the one who
/// takes them.
package final class DecodedAhead {
  private enum Part: Sendable {
    /// The file is open.
    case opened(expectedPatchCount: Int?)
    case patch(MelPatch)
    /// All samples are read.
    case end(sampleCount: Int)
  }

  /// The number of chosen patches, or an estimate from the file's header; nil if that does not say.
  package let expectedPatchCount: Int?
  /// Samples at the model's rate, of the file or of the range in it, once ``next()`` has returned nil.
  package private(set) var sampleCount = 0
  private let parts: ReadAhead<Part>

  /// Opens the file, and begins to decode it.
  ///
  /// - Parameters:
  ///   - capacity: the most patches that wait.
  ///   - checkpoint: called now and then while the file is opened; what it throws ends the waiting.
  /// - Throws: as ``FileSource/open()``.
  package init(_ source: FileSource, capacity: Int, checkpoint: () throws -> Void = {}) throws {
    parts = ReadAhead(capacity: capacity) { deliver in
      var patches = try source.open()
      try deliver(.opened(expectedPatchCount: patches.expectedPatchCount))
      while let patch = try patches.next() { try deliver(.patch(patch)) }
      try deliver(.end(sampleCount: patches.sampleCount))
    }
    guard case .opened(let count) = try parts.next(checkpoint: checkpoint) else {
      preconditionFailure("a file that is not opened first")
    }
    expectedPatchCount = count
  }

  /// The next patch; nil after the last one.
  ///
  /// - Throws: as ``FilePatches/next()``.
  ///
  /// - Parameter checkpoint: called now and then while waiting; what it throws ends the waiting.
  package func next(checkpoint: () throws -> Void = {}) throws -> MelPatch? {
    switch try parts.next(checkpoint: checkpoint) {
    case .patch(let patch): return patch
    case .end(let count):
      sampleCount = count
      return nil
    case .opened, nil: preconditionFailure("a file without an end")
    }
  }

  /// Stops decoding.
  package func abandon() { parts.abandon() }
}
