package import MAESTAudio

/// Samples that arrive in pieces of any size, as patches that are taken out one at a time.
///
/// What arrives goes through a patch stream in steps of one hop, so that a large piece never makes more patches
/// wait than one step completes.
package struct PatchFeed: Sendable {
  private var patches: PatchStream
  private let stepLength: Int
  private var samples: ArraySlice<Float> = []
  private var ready: ArraySlice<MelPatch> = []
  private var hasEnded = false
  private var isFinished = false

  package init(_ patches: PatchStream) {
    self.patches = patches
    stepLength = patches.cutter.layout.hopSize * patches.cutter.frameCutter.hopLength
  }

  /// Samples that went into patches so far; all of them once ``next()`` has given nil.
  package var sampleCount: Int { patches.sampleCount }

  /// Takes the next samples, when ``next()`` has given nil for those before.
  package mutating func add(_ samples: ArraySlice<Float>) {
    precondition(
      self.samples.isEmpty && !hasEnded, "samples before the earlier ones are used, or after the end")
    self.samples = samples
  }

  /// Says that no more samples come.
  package mutating func end() { hasEnded = true }

  /// The next patch; nil where more samples are needed, or after the last one.
  ///
  /// - Throws: `AudioError` for a bad sample; after the end `.noSamples` or `.tooShort` where there was no patch.
  package mutating func next() throws(AudioError) -> MelPatch? {
    while true {
      if let patch = ready.popFirst() { return patch }
      if !samples.isEmpty {
        ready = try patches.append(samples.prefix(stepLength))[...]
        samples = samples.dropFirst(stepLength)
      } else if hasEnded, !isFinished {
        isFinished = true
        ready = try patches.finish()[...]
      } else {
        return nil
      }
    }
  }
}
