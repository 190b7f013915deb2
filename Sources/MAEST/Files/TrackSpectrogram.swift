public import MAESTAudio
public import MAESTCore
public import MAESTFrontEnd

/// The mel bands of a decoded track or of a range in it. You can analyse any windows of the track without reading the
/// file again, so the file may be a pipe.
///
/// ```swift
/// let track = try model.spectrogram(ofFileAt: "track.flac")
/// let analysis = try model.analyze(track, AnalysisRequest(taps: [.logits], windows: .evenlySpaced(3)))
/// ```
///
/// A spectrogram takes 24 KB of memory per second of audio.
public struct TrackSpectrogram: Sendable {
  /// The bands before normalisation. Frame `i` is centred on second `i * 0.016` of the track or of the range; a range
  /// is treated as a separate signal. Each value is `log10(10000 x + 1)`, where `x` is the energy of a band.
  public let bands: MelSpectrogram
  /// The range of the track that the bands cover; nil for the whole track.
  public let range: TimeRange?
  /// Number of samples of the track, or of its part up to the end of the range, at the model's sample rate.
  let trackSampleCount: Int
  /// What is missing of the file's sound, and what the mix to one channel loses; of a range, in what was read up to its
  /// end.
  public let warnings: [AudioWarning]
}

extension MAESTModel {
  /// Decodes an audio file piece by piece and computes the mel bands of the whole file or of a range.
  ///
  /// - Parameters:
  ///   - path: an audio file, see `AudioLoader`.
  ///   - range: the part of the track to keep; nil for the whole track.
  ///   - loader: how to decode the file; its sample rate is set to the model's.
  /// - Throws: `AudioError` if the file cannot be read, `SignalError.rangeBeyondEnd` if it ends before the range does.
  public func spectrogram(
    ofFileAt path: String, range: TimeRange? = nil, loader: AudioLoader = AudioLoader()
  ) throws -> TrackSpectrogram {
    let wanted = try range?.samples(sampleRate: sampleRate) ?? 0..<Int.max
    var loader = loader
    loader.sampleRate = sampleRate
    var stream = MelStream(extractor: try plainExtractor())
    var reader = try loader.open(path)
    var (samples, bands): ([Float], [Float]) = ([], [])
    var count = 0
    while count < wanted.upperBound, try reader.read(appendingTo: &samples) {
      let part = samples.prefix(wanted.upperBound - count).dropFirst(max(0, wanted.lowerBound - count))
      try stream.append(part, appendingTo: &bands)
      count += samples.count
      samples.removeAll(keepingCapacity: true)
    }
    guard count > 0 else { throw AudioError.noSamples(path: path) }
    guard wanted.lowerBound < count, wanted.upperBound == .max || wanted.upperBound <= count else {
      throw SignalError.rangeBeyondEnd(
        start: range?.start ?? 0, end: range?.end, duration: Double(count) / Double(sampleRate))
    }
    try stream.finish(appendingTo: &bands)
    let bandCount = melConfiguration.bandCount
    return TrackSpectrogram(
      bands: MelSpectrogram(frameCount: bands.count / bandCount, bandCount: bandCount, values: bands),
      range: range, trackSampleCount: min(count, wanted.upperBound), warnings: reader.warnings)
  }

  /// Analyses windows of a decoded track. The results are bit-identical to those of analysing the file.
  ///
  /// - Parameters:
  ///   - track: made by this model, or by one with the same sample rate and bands.
  ///   - request: the values to compute, and the windows; their range is replaced by that of the track.
  ///   - head: a head to use instead of the model's own.
  ///   - timeLimit: time after which the analysis ends, before the next encoder block; nil for no limit.
  ///   - progress: called after each patch.
  /// - Throws: as `analyze(fileAt:)`, except for errors of decoding.
  public func analyze(
    _ track: TrackSpectrogram, _ request: AnalysisRequest = .tags, head: (any TokenClassifier)? = nil,
    timeLimit: Duration? = nil, progress: ProgressHandler? = nil
  ) throws -> Analysis {
    try PatchAnalyzer.check(request, configuration, head: head)
    var request = request
    request.windows.range = track.range
    let layout = try windowLayout(request)
    let cutter = try layout.cutter(trackSampleCount: track.trackSampleCount)
    let sampleCount = layout.samples.clamped(to: 0..<track.trackSampleCount).count
    let patches = try cutter.patches(sampleCount: sampleCount)
    var rest = patches[...]
    var results: [PatchAnalysis] = []
    try analyze(
      patches.count, request, head, Checkpoint(timeLimit: timeLimit), progress,
      next: {
        rest.popFirst().map { patch in
          normalized(
            MelPatch(
              patch: patch, values: track.bands.values(of: patch), bandCount: track.bands.bandCount))
        }
      }, { results.append($0) })
    return Analysis(
      patches: results, labels: head?.labels ?? labels,
      duration: Double(sampleCount) / Double(sampleRate), warnings: track.warnings)
  }
}
