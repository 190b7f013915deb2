public import MAESTAudio
public import MAESTCore
import MAESTFrontEnd

extension MAESTModel {
  /// Decodes, downmixes and resamples an audio file piece by piece, on a thread of its own, and analyses patches as they
  /// fill, in pairs. Windows that depend on the track's length take one more decoding before, to count its samples.
  ///
  /// Besides the results, memory does not grow with the file.
  ///
  /// - Parameters:
  ///   - path: an audio file, see `AudioLoader`.
  ///   - request: what to compute.
  ///   - head: takes the place of the model's own head.
  ///   - loader: how the file is decoded; its rate becomes the model's.
  ///   - progress: called after each patch.
  /// - Throws: `AudioError` for a file that cannot be read, `SignalError` for one that is too short or does not have the
  ///   windows, ``ModelError`` for a request that the model cannot meet.
  public func analyze(
    fileAt path: String, _ request: AnalysisRequest = .tags, head: (any TokenClassifier)? = nil,
    loader: AudioLoader = AudioLoader(), progress: ProgressHandler? = nil
  ) throws -> Analysis {
    var results: [PatchAnalysis] = []
    let duration = try forEachPatch(
      ofFileAt: path, request, head: head, loader: loader, progress: progress
    ) {
      results.append($0)
    }
    return Analysis(patches: results, labels: head?.labels ?? labels, duration: duration)
  }

  /// Analyses an audio file like ``analyze(fileAt:_:head:loader:progress:)``, and hands over each patch's results
  /// instead of keeping them: memory does not grow with the file.
  ///
  /// - Parameters:
  ///   - path: an audio file, see `AudioLoader`.
  ///   - request: what to compute.
  ///   - head: takes the place of the model's own head.
  ///   - loader: how the file is decoded; its rate becomes the model's.
  ///   - progress: called after each patch.
  ///   - body: called for each patch in order of time; what it throws ends the analysis.
  /// - Returns: the length in seconds of the audio that was cut into patches: the file, or the range in it.
  /// - Throws: as ``analyze(fileAt:_:head:loader:progress:)``, and what `body` throws.
  @discardableResult
  public func forEachPatch(
    ofFileAt path: String, _ request: AnalysisRequest = .tags, head: (any TokenClassifier)? = nil,
    loader: AudioLoader = AudioLoader(), progress: ProgressHandler? = nil,
    _ body: (PatchAnalysis) throws -> Void
  ) throws -> Double {
    try PatchAnalyzer.check(request, configuration, head: head)
    let source = try fileSource(path, request, loader: loader)
    let patches = try DecodedAhead(source, capacity: Self.patchesTogether)
    defer { patches.abandon() }
    try analyze(patches.expectedPatchCount, request, head, progress, next: { try patches.next() }, body)
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
