import MAESTCore
package import MAESTFrontEnd

/// Decodes an audio file into patches of mel bands on a dedicated thread, a few patches ahead of the consumer.
package final class DecodedAhead {
  private enum Part: Sendable {
    /// The file is open.
    case opened(expectedPatchCount: Int?)
    case patch(MelPatch)
    /// All samples have been read.
    case end(sampleCount: Int, warnings: [AudioWarning])
  }

  /// The number of chosen patches, or an estimate from the file's header; nil if unknown.
  package let expectedPatchCount: Int?
  /// Number of samples of the file or the chosen range, at the model's sample rate. Valid once ``next()`` has returned
  /// nil.
  package private(set) var sampleCount = 0
  /// What is missing of the file's sound, and what the mix to one channel loses. Valid once ``next()`` has returned nil.
  package private(set) var warnings: [AudioWarning] = []
  private let parts: ReadAhead<Part>

  /// Opens the file and starts decoding.
  ///
  /// - Parameters:
  ///   - capacity: largest number of decoded patches that wait for the consumer.
  ///   - checkpoint: called periodically while the file is being opened; an error it throws ends the waiting.
  /// - Throws: as ``FileSource/open()``.
  package init(_ source: FileSource, capacity: Int, checkpoint: () throws -> Void = {}) throws {
    parts = ReadAhead(capacity: capacity) { deliver in
      var patches = try source.open()
      try deliver(.opened(expectedPatchCount: patches.expectedPatchCount))
      while let patch = try patches.next() { try deliver(.patch(patch)) }
      try deliver(.end(sampleCount: patches.sampleCount, warnings: patches.warnings))
    }
    guard case .opened(let count) = try parts.next(checkpoint: checkpoint) else {
      preconditionFailure("a file that is not opened first")
    }
    expectedPatchCount = count
  }

  /// Returns the next patch; nil after the last one.
  ///
  /// - Throws: as ``FilePatches/next()``.
  ///
  /// - Parameter checkpoint: called periodically while waiting; an error it throws ends the waiting.
  package func next(checkpoint: () throws -> Void = {}) throws -> MelPatch? {
    switch try parts.next(checkpoint: checkpoint) {
    case .patch(let patch): return patch
    case .end(let count, let warnings):
      (sampleCount, self.warnings) = (count, warnings)
      return nil
    case .opened, nil: preconditionFailure("a file without an end")
    }
  }

  /// Stops decoding.
  package func abandon() { parts.abandon() }
}
