public import MAESTAudio
public import MAESTCore
import MAESTFrontEnd

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension MAESTModel {
  /// Analyses an audio file.
  ///
  /// A dedicated thread decodes, downmixes and resamples the file piece by piece, while the network computes patches in
  /// pairs. If the windows depend on the track's length, the file is decoded once beforehand to count its samples.
  /// Apart from the results, memory use does not grow with the length of the file.
  ///
  /// - Parameters:
  ///   - path: an audio file, see `AudioLoader`.
  ///   - request: the values to compute, and the windows.
  ///   - head: a head to use instead of the model's own.
  ///   - loader: how to decode the file; its sample rate is set to the model's.
  ///   - timeLimit: time after which the analysis ends, before the next encoder block; nil for no limit.
  ///   - progress: called after each patch.
  /// - Throws: `AudioError` if the file cannot be read, `SignalError` if it is too short or does not contain the
  ///   windows,
  ///   ``ModelError`` if the model cannot meet the request or the time limit is exceeded; `CancellationError` if the
  ///   current task is cancelled.
  public func analyze(
    fileAt path: String, _ request: AnalysisRequest = .tags, head: (any TokenClassifier)? = nil,
    loader: AudioLoader = AudioLoader(), timeLimit: Duration? = nil, progress: ProgressHandler? = nil
  ) throws -> Analysis {
    try analyze(path, request, head, loader, Checkpoint(timeLimit: timeLimit), progress)
  }

  /// Analyses the audio file at a URL, as the method that takes a path.
  ///
  /// - Parameters:
  ///   - file: a file URL.
  ///   - request: the values to compute, and the windows.
  ///   - head: a head to use instead of the model's own.
  ///   - loader: how to decode the file; its sample rate is set to the model's.
  ///   - timeLimit: time after which the analysis ends, before the next encoder block; nil for no limit.
  ///   - progress: called after each patch.
  public func analyze(
    fileAt file: URL, _ request: AnalysisRequest = .tags, head: (any TokenClassifier)? = nil,
    loader: AudioLoader = AudioLoader(), timeLimit: Duration? = nil, progress: ProgressHandler? = nil
  ) throws -> Analysis {
    try analyze(file.path, request, head, loader, Checkpoint(timeLimit: timeLimit), progress)
  }

  /// Analyses an audio file asynchronously, on dedicated threads.
  ///
  /// Works as the synchronous methods. At most as many analyses run at once as there are cores; further ones wait. A
  /// cancelled task ends before the next encoder block.
  ///
  /// - Parameters:
  ///   - file: a file URL.
  ///   - request: the values to compute, and the windows.
  ///   - head: a head to use instead of the model's own.
  ///   - loader: how to decode the file; its sample rate is set to the model's.
  ///   - timeLimit: time after which the analysis ends, before the next encoder block; nil for no limit.
  ///   - progress: called after each patch.
  public func analyze(
    fileAt file: URL, _ request: AnalysisRequest = .tags, head: (any TokenClassifier)? = nil,
    loader: AudioLoader = AudioLoader(), timeLimit: Duration? = nil,
    progress: (@Sendable (AnalysisProgress) -> Void)? = nil
  ) async throws -> Analysis {
    let path = file.path
    return try await ComputeThreads.shared.run(timeLimit: timeLimit) { checkpoint in
      try analyze(path, request, head, loader, checkpoint, progress)
    }
  }

  /// Analyses an audio file and passes each patch's results to `body` instead of keeping them, so that memory does not
  /// grow with the file.
  ///
  /// - Parameters:
  ///   - path: an audio file, see `AudioLoader`.
  ///   - request: the values to compute, and the windows.
  ///   - head: a head to use instead of the model's own.
  ///   - loader: how to decode the file; its sample rate is set to the model's.
  ///   - timeLimit: time after which the analysis ends, before the next encoder block; nil for no limit.
  ///   - progress: called after each patch.
  ///   - body: called for each patch in order of time; an error it throws ends the analysis.
  /// - Returns: facts about the audio that was analysed.
  /// - Throws: as `analyze(fileAt:)`, and what `body` throws.
  @discardableResult
  public func forEachPatch(
    ofFileAt path: String, _ request: AnalysisRequest = .tags, head: (any TokenClassifier)? = nil,
    loader: AudioLoader = AudioLoader(), timeLimit: Duration? = nil, progress: ProgressHandler? = nil,
    _ body: (PatchAnalysis) throws -> Void
  ) throws -> AnalyzedAudio {
    try forEachPatch(path, request, head, loader, Checkpoint(timeLimit: timeLimit), progress, body)
  }

  // MARK: - Steps

  private func analyze(
    _ path: String, _ request: AnalysisRequest, _ head: (any TokenClassifier)?, _ loader: AudioLoader,
    _ checkpoint: Checkpoint, _ progress: ProgressHandler?
  ) throws -> Analysis {
    var results: [PatchAnalysis] = []
    let audio = try forEachPatch(path, request, head, loader, checkpoint, progress) { results.append($0) }
    return Analysis(
      patches: results, labels: head?.labels ?? labels, duration: audio.duration, warnings: audio.warnings)
  }

  func forEachPatch(
    _ path: String, _ request: AnalysisRequest, _ head: (any TokenClassifier)?, _ loader: AudioLoader,
    _ checkpoint: Checkpoint, _ progress: ProgressHandler?, _ body: (PatchAnalysis) throws -> Void
  ) throws -> AnalyzedAudio {
    try PatchAnalyzer.check(request, configuration, head: head)
    let patches = try DecodedAhead(
      fileSource(path, request, loader: loader), capacity: patchesTogether,
      checkpoint: checkpoint.callAsFunction)
    defer { patches.abandon() }
    try analyze(
      patches.expectedPatchCount, request, head, checkpoint, progress,
      next: { try patches.next(checkpoint: checkpoint.callAsFunction) }, body)
    return AnalyzedAudio(
      duration: Double(patches.sampleCount) / Double(sampleRate), warnings: patches.warnings)
  }

  /// The source of a file's patches; the file is not opened yet.
  ///
  /// - Parameters:
  ///   - loader: how to decode the file; its sample rate is set to the model's.
  ///   - normalizing: whether to normalise the mel bands, as the network expects.
  ///   - hashesSound: whether to compute the digest of the decoded sound.
  package func fileSource(
    _ path: String, _ request: AnalysisRequest, loader: AudioLoader = AudioLoader(),
    normalizing: Bool = true, hashesSound: Bool = false
  ) throws -> FileSource {
    var loader = loader
    loader.sampleRate = sampleRate
    return FileSource(
      path: path, loader: loader, windows: try windowLayout(request),
      extractor: normalizing ? extractor : try plainExtractor(), hashesSound: hashesSound)
  }
}
