package import MAESTAudio

/// A track's samples that arrive in pieces of any size, as patches that are taken out one at a time.
///
/// Of the samples those in the range that is analysed are taken.
///
/// What arrives goes through a patch stream in steps of one hop, so that a large piece never makes more patches
/// wait than one step completes.
package struct PatchFeed: Sendable {
  private var patches: PatchStream
  private let stepLength: Int
  private var samples: ArraySlice<Float> = []
  private var ready: ArraySlice<MelPatch> = []
  /// A bad sample, to be reported after the patches that were full before it.
  private var failure: AudioError?
  private var isFinished = false

  /// Samples of the track that were added so far, in the range or not.
  package private(set) var trackSampleCount = 0

  /// Whether no more samples are needed: ``end()`` was called, or all patches have what they are made of.
  package private(set) var hasEnded = false

  package init(_ patches: PatchStream) {
    self.patches = patches
    let (length, overflow) = patches.cutter.smallestHop.multipliedReportingOverflow(
      by: patches.cutter.frameCutter.hopLength)
    stepLength = overflow ? .max : length
  }

  /// Samples of the signal (of the range) that the patches are cut from, once ``next()`` has given nil.
  package var sampleCount: Int { patches.cutter.chosenSampleCount ?? patches.sampleCount }

  /// Takes the next samples, when ``next()`` has given nil for those before. Those after the range are left.
  package mutating func add(_ samples: ArraySlice<Float>) {
    precondition(
      self.samples.isEmpty && !hasEnded, "samples before the earlier ones are used, or after the end")
    let range = patches.cutter.samples
    let missingCount = range.lowerBound - trackSampleCount
    self.samples = samples.prefix(range.upperBound - trackSampleCount).dropFirst(max(0, missingCount))
    trackSampleCount = min(trackSampleCount + samples.count, range.upperBound)
    hasEnded = trackSampleCount == range.upperBound
  }

  /// Says that no more samples come.
  package mutating func end() { hasEnded = true }

  /// The next patch; nil where more samples are needed, or after the last one.
  ///
  /// - Throws: `AudioError` for a bad sample, after the patches that were full before it; after the end
  ///   `.noSamples` or `.tooShort` where there was no patch, `.rangeBeyondEnd` where the track ended before the range.
  package mutating func next() throws(AudioError) -> MelPatch? {
    while true {
      if let patch = ready.popFirst() { return patch }
      if let failure { throw failure }
      if !samples.isEmpty {
        try takeStep()
      } else if hasEnded, !isFinished {
        isFinished = true
        // Of chosen patches the last may come long before the range has ended.
        if !patches.isComplete { try patches.cutter.requireRange(trackSampleCount: trackSampleCount) }
        ready = try patches.finish()[...]
      } else {
        return nil
      }
    }
  }

  /// Takes the samples of one step; of a step with a bad sample those before it.
  private mutating func takeStep() throws(AudioError) {
    let step = samples.prefix(stepLength)
    samples = samples.dropFirst(stepLength)
    do {
      ready = try patches.append(step)[...]
      guard patches.isComplete else { return }
      samples = []
      hasEnded = true
    } catch {
      guard let index = error.sampleIndex else { throw error }
      failure = error
      ready = try patches.append(
        step.prefix(index - patches.cutter.samples.lowerBound - patches.sampleCount))[...]
    }
  }
}
