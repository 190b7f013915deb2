public import MAESTFrontEnd
public import MAESTTensor

extension MAESTModel {
  /// Called after each patch. Patches go through the network in pairs, so calls come in pairs.
  public typealias ProgressHandler = (AnalysisProgress) -> Void

  /// Analyses samples of any sample rate and channel count.
  ///
  /// The samples are downmixed (mean of the channels) and resampled in the same way as those of a file.
  ///
  /// - Parameters:
  ///   - samples: interleaved, `[frame, channel]`, full scale from -1 to 1.
  ///   - sampleRate: in hertz.
  ///   - channelCount: 1 to 1024.
  ///   - request: what to compute, for which windows.
  ///   - head: replaces the model's own head.
  ///   - timeLimit: ends the analysis before the next encoder block; nil: no limit.
  ///   - progress: called after each patch.
  /// - Throws: `SignalError` for NaN or infinite samples, rates that cannot be converted, a signal too short for one
  ///   patch or a hop beyond the patch; ``ModelError`` for a request that the model cannot meet or a time limit that is
  ///   exceeded; `CancellationError` if the current task is cancelled.
  public func analyze(
    _ samples: [Float], sampleRate: Int, channelCount: Int = 1, _ request: AnalysisRequest = .tags,
    head: (any TokenClassifier)? = nil, timeLimit: Duration? = nil, progress: ProgressHandler? = nil
  ) throws -> Analysis {
    try analyze(
      mono(samples, sampleRate: sampleRate, channelCount: channelCount), request, head,
      Checkpoint(timeLimit: timeLimit), progress)
  }

  /// Analyses samples of any sample rate and channel count on a separate thread.
  ///
  /// Otherwise the same as the synchronous method. The number of concurrent analyses is limited to the number of cores;
  /// further ones wait. A cancelled task ends before the next encoder block.
  ///
  /// - Parameters:
  ///   - samples: interleaved, `[frame, channel]`, full scale from -1 to 1.
  ///   - sampleRate: in hertz.
  ///   - channelCount: 1 to 1024.
  ///   - request: the values to compute, and the windows.
  ///   - head: a head to use instead of the model's own.
  ///   - timeLimit: time after which the analysis ends, before the next encoder block; nil for no limit.
  ///   - progress: called after each patch, from another thread.
  public func analyze(
    _ samples: [Float], sampleRate: Int, channelCount: Int = 1, _ request: AnalysisRequest = .tags,
    head: (any TokenClassifier)? = nil, timeLimit: Duration? = nil,
    progress: (@Sendable (AnalysisProgress) -> Void)? = nil
  ) async throws -> Analysis {
    try await ComputeThreads.shared.run(timeLimit: timeLimit) { checkpoint in
      try analyze(
        mono(samples, sampleRate: sampleRate, channelCount: channelCount), request, head, checkpoint, progress
      )
    }
  }

  /// Analyses a signal at the model's sample rate.
  ///
  /// - Parameters:
  ///   - signal: one channel at ``sampleRate``.
  ///   - request: the values to compute, and the windows.
  ///   - head: a head to use instead of the model's own.
  ///   - timeLimit: time after which the analysis ends, before the next encoder block; nil for no limit.
  ///   - progress: called after each patch.
  /// - Throws: `SignalError.sampleRateMismatch` for another rate, and the errors of the methods that take samples.
  public func analyze(
    _ signal: AudioSignal, _ request: AnalysisRequest = .tags, head: (any TokenClassifier)? = nil,
    timeLimit: Duration? = nil, progress: ProgressHandler? = nil
  ) throws -> Analysis {
    guard signal.sampleRate == sampleRate else {
      throw SignalError.sampleRateMismatch(found: signal.sampleRate, expected: sampleRate)
    }
    try signal.requireFiniteSamples()
    return try analyze(signal.samples, request, head, Checkpoint(timeLimit: timeLimit), progress)
  }

  /// Runs the network on precomputed mel patches.
  ///
  /// - Parameters:
  ///   - melPatches: `[patch, frame, band]`: normalised log-mel bands as in `MelPatch`, with the model's sizes. The
  ///     times in the results are those of consecutive patches without overlap.
  ///   - taps: the values to return for each patch.
  ///   - embeddings: the embeddings to return for each patch.
  ///   - head: a head to use instead of the model's own.
  ///   - timeLimit: time after which the analysis ends, before the next encoder block; nil for no limit.
  ///   - progress: called after each patch.
  /// - Throws: ``ModelError/differentShapes(found:expected:)`` for other shapes, ``ModelError`` for a request that the
  ///   model cannot meet or a time limit that is exceeded; `CancellationError`.
  public func analyze(
    melPatches: Tensor, taps: Set<Tap> = [.logits], embeddings: [EmbeddingKind] = [],
    head: (any TokenClassifier)? = nil, timeLimit: Duration? = nil, progress: ProgressHandler? = nil
  ) throws -> Analysis {
    let shape = [melPatches.shape.first ?? 0, configuration.frameCount, configuration.bandCount]
    guard melPatches.shape == shape else {
      throw ModelError.differentShapes(found: melPatches.shape, expected: shape)
    }
    let request = AnalysisRequest(taps: taps, embeddings: embeddings)
    try PatchAnalyzer.check(request, configuration, head: head)
    let secondsPerPatch = Double(shape[1]) * melConfiguration.secondsPerFrame
    var (index, results): (Int, [PatchAnalysis]) = (0, [])
    try analyze(
      shape[0], request, head, Checkpoint(timeLimit: timeLimit), progress,
      next: {
        guard index < shape[0] else { return nil }
        defer { index += 1 }
        let patch = Patch(
          index: index, patchSize: shape[1], frames: index * shape[1]..<(index + 1) * shape[1],
          startTime: Double(index) * secondsPerPatch, endTime: Double(index + 1) * secondsPerPatch)
        return MelPatch(patch: patch, values: melPatches[slice: index].elements, bandCount: shape[2])
      }, { results.append($0) })
    return Analysis(
      patches: results, labels: head?.labels ?? labels, duration: Double(shape[0]) * secondsPerPatch)
  }

  // MARK: - Steps

  private func mono(
    _ samples: [Float], sampleRate: Int, channelCount: Int
  ) throws(SignalError) -> [Float] {
    var stream = try SignalStream(sampleRate: sampleRate, channelCount: channelCount, to: self.sampleRate)
    var mono: [Float] = []
    try stream.append(samples[...], appendingTo: &mono)
    try stream.finish(appendingTo: &mono)
    return mono
  }

  /// - Parameter samples: checked, at the model's sample rate.
  private func analyze(
    _ samples: [Float], _ request: AnalysisRequest, _ head: (any TokenClassifier)?,
    _ checkpoint: Checkpoint, _ progress: ProgressHandler?
  ) throws -> Analysis {
    try PatchAnalyzer.check(request, configuration, head: head)
    var patches = try patchStream(request, trackSampleCount: samples.count)
    // Rejects a signal that is too short before any work is done.
    let total = try patches.cutter.requirePatches(trackSampleCount: samples.count)
    patches.add(samples[...])
    patches.end()
    var results: [PatchAnalysis] = []
    try analyze(
      total, request, head, checkpoint, progress, next: { try patches.next() }, { results.append($0) })
    return Analysis(
      patches: results, labels: head?.labels ?? labels,
      duration: Double(patches.sampleCount) / Double(sampleRate))
  }

  /// Analyses patches in order, some at a time.
  ///
  /// - Parameters:
  ///   - total: the expected number of patches, if known.
  ///   - checkpoint: called before each patch and each encoder block.
  ///   - next: returns the next patch; nil after the last one.
  ///   - body: receives each patch's results.
  package func analyze(
    _ total: Int?, _ request: AnalysisRequest, _ head: (any TokenClassifier)?, _ checkpoint: Checkpoint,
    _ progress: ProgressHandler?, next: () throws -> MelPatch?, _ body: (PatchAnalysis) throws -> Void
  ) throws {
    var analyzer = try patchAnalyzer(
      request, head: head, patchCapacity: min(patchesTogether, max(total ?? patchesTogether, 1)))
    var doneCount = 0
    var waiting: [MelPatch] = []
    func analyzeWaiting() throws {
      for result in try analyzer(waiting, checkpoint: checkpoint.callAsFunction) {
        try body(result)
        doneCount += 1
        progress?(AnalysisProgress(patchCount: doneCount, expectedPatchCount: total))
      }
      waiting.removeAll()
    }
    while let patch = try next() {
      try checkpoint()
      waiting.append(patch)
      if waiting.count == analyzer.patchCapacity { try analyzeWaiting() }
    }
    if !waiting.isEmpty { try analyzeWaiting() }
  }
}
