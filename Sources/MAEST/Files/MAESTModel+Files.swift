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
  /// It is decoded, downmixed and resampled piece by piece, on a thread of its own, while patches go through the network
  /// in pairs. Windows that depend on the track's length take one more decoding before, to count its samples. Besides the
  /// results, memory does not grow with the file.
  ///
  /// - Parameters:
  ///   - path: an audio file, see `AudioLoader`.
  ///   - request: what to compute, of which windows.
  ///   - head: takes the place of the model's own head.
  ///   - loader: how the file is decoded; its rate becomes the model's.
  ///   - timeLimit: ends the analysis before the next encoder block; nil: any time.
  ///   - progress: called after each patch.
  /// - Throws: `AudioError` for a file that cannot be read, `SignalError` for one that is too short or does not have the
  ///   windows, ``ModelError`` for a request that the model cannot meet or a time limit that is exceeded;
  ///   `CancellationError` if the current task is cancelled.
  public func analyze(
    fileAt path: String, _ request: AnalysisRequest = .tags, head: (any TokenClassifier)? = nil,
    loader: AudioLoader = AudioLoader(), timeLimit: Duration? = nil, progress: ProgressHandler? = nil
  ) throws -> Analysis {
    try analyze(path, request, head, loader, Checkpoint(timeLimit: timeLimit), progress)
  }

  /// Analyses an audio file, as ``analyze(fileAt:_:head:loader:timeLimit:progress:)-(String,_,_,_,_,_)``.
  ///
  /// - Parameter file: a file URL.
  public func analyze(
    fileAt file: URL, _ request: AnalysisRequest = .tags, head: (any TokenClassifier)? = nil,
    loader: AudioLoader = AudioLoader(), timeLimit: Duration? = nil, progress: ProgressHandler? = nil
  ) throws -> Analysis {
    try analyze(file.path, request, head, loader, Checkpoint(timeLimit: timeLimit), progress)
  }

  /// Analyses an audio file, on threads of its own.
  ///
  /// As the synchronous ones. At most as many analyses run at once as there are cores; further ones wait. A cancelled
  /// task ends before the next encoder block.
  ///
  /// - Parameter file: a file URL.
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

  /// Analyses an audio file, and hands over each patch's results instead of keeping them: memory does not grow with the
  /// file.
  ///
  /// - Parameters:
  ///   - path: an audio file, see `AudioLoader`.
  ///   - request: what to compute.
  ///   - head: takes the place of the model's own head.
  ///   - loader: how the file is decoded; its rate becomes the model's.
  ///   - progress: called after each patch.
  ///   - body: called for each patch in order of time; what it throws ends the analysis.
  /// - Returns: the length in seconds of the audio that was cut into patches: the file, or the range in it.
  /// - Throws: as ``analyze(fileAt:_:head:loader:timeLimit:progress:)-(String,_,_,_,_,_)``, and what `body` throws.
  @discardableResult
  public func forEachPatch(
    ofFileAt path: String, _ request: AnalysisRequest = .tags, head: (any TokenClassifier)? = nil,
    loader: AudioLoader = AudioLoader(), timeLimit: Duration? = nil, progress: ProgressHandler? = nil,
    _ body: (PatchAnalysis) throws -> Void
  ) throws -> Double {
    try forEachPatch(path, request, head, loader, Checkpoint(timeLimit: timeLimit), progress, body)
  }

  // MARK: - Steps

  private func analyze(
    _ path: String, _ request: AnalysisRequest, _ head: (any TokenClassifier)?, _ loader: AudioLoader,
    _ checkpoint: Checkpoint, _ progress: ProgressHandler?
  ) throws -> Analysis {
    var results: [PatchAnalysis] = []
    let duration = try forEachPatch(path, request, head, loader, checkpoint, progress) { results.append($0) }
    return Analysis(patches: results, labels: head?.labels ?? labels, duration: duration)
  }

  func forEachPatch(
    _ path: String, _ request: AnalysisRequest, _ head: (any TokenClassifier)?, _ loader: AudioLoader,
    _ checkpoint: Checkpoint, _ progress: ProgressHandler?, _ body: (PatchAnalysis) throws -> Void
  ) throws -> Double {
    try PatchAnalyzer.check(request, configuration, head: head)
    let patches = try DecodedAhead(
      fileSource(path, request, loader: loader), capacity: Self.patchesTogether,
      checkpoint: checkpoint.callAsFunction)
    defer { patches.abandon() }
    try analyze(
      patches.expectedPatchCount, request, head, checkpoint, progress,
      next: { try patches.next(checkpoint: checkpoint.callAsFunction) }, body)
    return Double(patches.sampleCount) / Double(sampleRate)
  }

  /// The patches of a file, not yet opened.
  ///
  /// - Parameters:
  ///   - loader: how the file is decoded; its rate becomes the model's.
  ///   - normalizing: whether the mel bands are those that the network takes, or before they are normalised.
  package func fileSource(
    _ path: String, _ request: AnalysisRequest, loader: AudioLoader = AudioLoader(),
    normalizing: Bool = true
  ) throws -> FileSource {
    var loader = loader
    loader.sampleRate = sampleRate
    return FileSource(
      path: path, loader: loader, windows: try windowLayout(request),
      extractor: normalizing ? extractor : try plainExtractor())
  }
}
