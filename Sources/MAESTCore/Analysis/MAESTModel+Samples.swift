public import MAESTFrontEnd

extension MAESTModel {
  /// Called for each patch with the number of patches done and, if it is known, of all patches. Patches go through the
  /// network in pairs, so calls come in pairs.
  public typealias ProgressHandler = (_ done: Int, _ total: Int?) -> Void

  /// Analyses a signal of the model's sample rate, patch by patch.
  ///
  /// - Parameters:
  ///   - signal: one channel at ``sampleRate``.
  ///   - request: what to compute, of which windows.
  ///   - head: takes the place of the model's own head.
  ///   - progress: called after each patch.
  /// - Throws: `SignalError` for samples of another rate, NaN or infinite samples, a signal too short for one patch or a
  ///   hop beyond the patch; ``ModelError`` for a request that the model cannot meet.
  public func analyze(
    _ signal: AudioSignal, _ request: AnalysisRequest = .tags, head: (any TokenClassifier)? = nil,
    progress: ProgressHandler? = nil
  ) throws -> Analysis {
    guard signal.sampleRate == sampleRate else {
      throw SignalError.sampleRateMismatch(found: signal.sampleRate, expected: sampleRate)
    }
    try signal.requireFiniteSamples()
    try PatchAnalyzer.check(request, configuration, head: head)
    var patches = try patchStream(request, trackSampleCount: signal.samples.count)
    // A signal that is too short is refused before any work.
    let total = try patches.cutter.requirePatches(trackSampleCount: signal.samples.count)
    patches.add(signal.samples[...])
    patches.end()
    var results: [PatchAnalysis] = []
    try analyze(total, request, head, progress, next: { try patches.next() }, { results.append($0) })
    return Analysis(
      patches: results, labels: head?.labels ?? labels,
      duration: Double(patches.sampleCount) / Double(sampleRate))
  }

  /// Analyses patch after patch, in pairs.
  ///
  /// - Parameters:
  ///   - total: patches expected, if it is known.
  ///   - next: gives the next patch; nil after the last one.
  ///   - body: takes each patch's results.
  package func analyze(
    _ total: Int?, _ request: AnalysisRequest, _ head: (any TokenClassifier)?,
    _ progress: ProgressHandler?, next: () throws -> MelPatch?, _ body: (PatchAnalysis) throws -> Void
  ) throws {
    let analyzer = try patchAnalyzer(
      request, head: head, patchCapacity: min(Self.patchesTogether, max(total ?? Self.patchesTogether, 1)))
    var doneCount = 0
    var waiting: [MelPatch] = []
    func analyzeWaiting() throws {
      for result in try analyzer(waiting) {
        try body(result)
        doneCount += 1
        progress?(doneCount, total)
      }
      waiting.removeAll()
    }
    while let patch = try next() {
      waiting.append(patch)
      if waiting.count == analyzer.patchCapacity { try analyzeWaiting() }
    }
    if !waiting.isEmpty { try analyzeWaiting() }
  }
}
