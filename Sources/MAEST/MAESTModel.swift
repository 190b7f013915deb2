import Foundation
public import Logging
public import MAESTAudio
import MAESTConverter
package import MAESTKernels
package import MAESTNetwork
import MAESTTensor
public import MAESTWeights

/// A MAEST model, ready to analyse audio.
///
/// ```swift
/// let model = try MAESTModel(path: "discogs-maest-30s-pw-2.safetensors")
/// let analysis = try model.analyze(fileAt: "track.flac", .tags)
/// for tag in analysis.topTags(5) { print(tag.label, tag.activation) }
/// ```
///
/// A model is immutable: any number of threads may analyse with it at the same time.
public struct MAESTModel: Sendable {
  /// Path of the weight file; of the graph, where its conversion could not be kept.
  public let path: String
  /// Sizes, labels, outputs and provenance.
  public let description: ModelDescription
  /// How exactly encoder blocks are computed: never `auto`.
  public let precision: EngineOptions.Precision
  private let network: AudioSpectrogramTransformer
  private let compute: Compute
  private let extractor: MelSpectrogramExtractor

  public var configuration: ModelConfiguration { description.configuration }

  /// Label names in output order; empty for a model that gives tokens only.
  public var labels: [String] { description.labels }

  /// Loads a weight file (`.safetensors`) or a graph (`.pb`, `.onnx` or a SavedModel folder, converted and verified on
  /// first use; where the user's cache folder cannot be written, the conversion stays in memory).
  ///
  /// - Parameters:
  ///   - path: the file or folder; nil: $MAEST_MODEL, else the only weight file in the user's model folder, else the
  ///     bundled demo model.
  ///   - options: threads, backend and precision.
  ///   - logger: told about conversions and the choice of the demo model; silent by default.
  /// - Throws: ``ModelError``, `WeightError`, `ConversionError`, `VerificationError`, or an error of the compute backend: high or fast
  ///   precision without the CPU for it, for instance.
  public init(
    path: String? = nil, options: EngineOptions = .automatic, logger: Logger = .silent
  ) throws {
    // First, since a graph takes long to convert.
    precision = try options.resolvedPrecision()
    let compute = try options.makeCompute()
    self.compute = compute
    let file = try Self.weightFile(path, logger: logger)
    self.path = file.tensors.path
    description = file.description
    network = Self.network(of: file, on: compute, logger: logger)
    let normalization = file.description.normalization
    extractor = try MelSpectrogramExtractor(
      configuration: MelSpectrogramConfiguration(
        bandCount: file.configuration.bandCount,
        normalization: MelNormalization(
          mean: normalization.mean, standardDeviation: normalization.standardDeviation)))
  }

  /// The network of a weight file, with the weights in the order that some kernels take: from the user's cache, where they
  /// are put on first use.
  package static func network(
    of file: WeightFile, on compute: Compute, logger: Logger = .silent
  ) -> AudioSpectrogramTransformer {
    AudioSpectrogramTransformer(
      file,
      packed: compute.tiles.map {
        PackedWeightCache.standard(logger: logger).weights(of: file, for: $0, on: compute)
      })
  }

  /// Path of the file or folder that `name` stands for: a path, or the name of an installed model; nil: as in
  /// ``init(path:options:logger:)``.
  ///
  /// - Throws: ``ModelError`` where none can be chosen or nothing is there.
  package static func locate(_ name: String?, logger: Logger) throws -> String {
    let path = try ModelLocator.standard(logger: logger).path(named: name)
    guard FileManager.default.fileExists(atPath: path) else { throw ModelError.missingFile(path: path) }
    return path
  }

  private static func weightFile(_ name: String?, logger: Logger) throws -> WeightFile {
    let path = try locate(name, logger: logger)
    if SourceReader.isSavedModel(path) {
      return try ConversionCache.standard(logger: logger).weights(ofGraphAt: path)
    }
    switch URL(filePath: path).pathExtension.lowercased() {
    case "safetensors": return try WeightFile(path: path)
    case "pb", "onnx":
      return try ConversionCache.standard(logger: logger).weights(ofGraphAt: path)
    default: throw ModelError.unknownFileType(path: path)
    }
  }

  /// How samples become the mel bands that the model is fed.
  public var melConfiguration: MelSpectrogramConfiguration { extractor.configuration }

  /// Samples per second that the model hears.
  public var sampleRate: Int { extractor.configuration.sampleRate }

  /// Called for each patch with the number of patches done and, where it can be told, of all patches. Patches are
  /// worked on two together, so calls come in pairs.
  public typealias ProgressHandler = (_ done: Int, _ total: Int?) -> Void

  /// Decodes, downmixes and resamples an audio file piece by piece, on a thread of its own, and analyses patches as they
  /// fill, two together. Windows that depend on the track's length take one more decoding before, to count its samples.
  ///
  /// Besides the results, memory does not grow with the file.
  ///
  /// - Parameters:
  ///   - path: an audio file, see `AudioLoader`.
  ///   - request: what to compute.
  ///   - head: takes the place of the model's own head.
  ///   - loader: how the file is decoded; its rate becomes the model's.
  ///   - progress: called after each patch.
  /// - Throws: `AudioError` for a file that cannot be read, is too short or has not the windows, ``ModelError`` for a
  ///   request that the model cannot meet.
  public func analyze(
    fileAt path: String, _ request: AnalysisRequest = .tags, head: ClassificationHeadModel? = nil,
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
  /// - Parameter body: called for each patch in order of time; what it throws ends the analysis.
  /// - Returns: the length in seconds of the audio that was cut into patches: the file, or the range in it.
  /// - Throws: as ``analyze(fileAt:_:head:loader:progress:)``, and what `body` throws.
  @discardableResult
  public func forEachPatch(
    ofFileAt path: String, _ request: AnalysisRequest = .tags, head: ClassificationHeadModel? = nil,
    loader: AudioLoader = AudioLoader(), progress: ProgressHandler? = nil,
    _ body: (PatchAnalysis) throws -> Void
  ) throws -> Double {
    try PatchAnalyzer.check(request, configuration, head: head)
    var patches = try FilePatches(
      decoding(ofFileAt: path, request, loader: loader), capacity: Self.patchesTogether)
    defer { patches.abandon() }
    let total = patches.expectedPatchCount
    try analyze(total, request, head, progress, next: { try patches.next() }, body)
    return Double(patches.sampleCount) / Double(sampleRate)
  }

  /// Analyses a signal of the model's sample rate, patch by patch.
  ///
  /// - Throws: `AudioError` for samples of another rate, NaN or infinite samples, a signal too short for one patch
  ///   or a hop beyond the patch; ``ModelError`` for a request that the model cannot meet.
  public func analyze(
    _ signal: AudioSignal, _ request: AnalysisRequest = .tags, head: ClassificationHeadModel? = nil,
    progress: ProgressHandler? = nil
  ) throws -> Analysis {
    guard signal.sampleRate == sampleRate else {
      throw AudioError.sampleRateMismatch(found: signal.sampleRate, expected: sampleRate)
    }
    try signal.requireFiniteSamples()
    try PatchAnalyzer.check(request, configuration, head: head)
    let stream = try patchStream(request, trackSampleCount: signal.samples.count)
    // A signal that is too short is refused before any work.
    let total = try stream.cutter.requirePatches(trackSampleCount: signal.samples.count)
    var feed = PatchFeed(stream)
    feed.add(signal.samples[...])
    feed.end()
    var results: [PatchAnalysis] = []
    try analyze(total, request, head, progress, next: { try feed.next() }, { results.append($0) })
    return Analysis(
      patches: results, labels: head?.labels ?? labels,
      duration: Double(feed.sampleCount) / Double(sampleRate))
  }

  /// Patches that go through the network together: they share packed weights, and each takes memory of its own.
  package static let patchesTogether = 2

  /// Analyses patch after patch, some together.
  ///
  /// - Parameters:
  ///   - total: patches expected, if it is known.
  ///   - next: gives the next patch; nil after the last one.
  ///   - body: takes each patch's results.
  func analyze(
    _ total: Int?, _ request: AnalysisRequest, _ head: ClassificationHeadModel?,
    _ progress: ProgressHandler?, next: () throws -> MelPatch?, _ body: (PatchAnalysis) throws -> Void
  ) throws {
    var analyzer = try patchAnalyzer(
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

  /// A file's patches.
  ///
  /// - Parameters:
  ///   - loader: how the file is decoded; its rate becomes the model's.
  ///   - normalizing: whether the mel bands are those that the network takes, or before they are normalised.
  package func decoding(
    ofFileAt path: String, _ request: AnalysisRequest, loader: AudioLoader = AudioLoader(),
    normalizing: Bool = true
  ) throws -> PatchDecoding {
    var loader = loader
    loader.sampleRate = sampleRate
    return PatchDecoding(
      path: path, loader: loader, windows: try windowLayout(request),
      extractor: normalizing ? extractor : try plainExtractor())
  }

  /// Makes mel bands that are not normalised.
  func plainExtractor() throws(AudioError) -> MelSpectrogramExtractor {
    var configuration = melConfiguration
    configuration.normalization = nil
    return try MelSpectrogramExtractor(configuration: configuration)
  }

  /// Patches of mel bands that were not normalised, as the network takes them.
  func normalized(_ patch: MelPatch) -> MelPatch {
    guard let normalization = melConfiguration.normalization else { return patch }
    return MelPatch(
      patch: patch.patch, values: normalization.normalized(patch.values), bandCount: patch.bandCount)
  }

  func windowLayout(_ request: AnalysisRequest) throws -> WindowLayout {
    let frameCount = configuration.frameCount
    guard request.patchSize ?? frameCount == frameCount else {
      throw ModelError.wrongPatchSize(found: request.patchSize ?? 0, expected: frameCount)
    }
    return try WindowLayout(
      request.windows, patchSize: frameCount, configuration: extractor.configuration)
  }

  /// Turns samples into the patches that the model takes.
  ///
  /// - Parameter trackSampleCount: samples of the whole track; nil: not known.
  package func patchStream(_ request: AnalysisRequest, trackSampleCount: Int? = nil) throws -> PatchStream {
    let cutter = try windowLayout(request).cutter(trackSampleCount: trackSampleCount)
    return PatchStream(cutter: cutter, extractor: extractor)
  }

  /// The engine of one run.
  ///
  /// - Parameter patchCapacity: the most patches that it works on together.
  package func patchAnalyzer(
    _ request: AnalysisRequest, head: ClassificationHeadModel?, patchCapacity: Int = 1
  ) throws -> PatchAnalyzer {
    try PatchAnalyzer(
      network, Workspace(configuration, on: compute, patchCapacity: patchCapacity), request, head: head)
  }
}

extension Logger {
  /// Logs nothing.
  public static var silent: Logger { Logger(label: "maest", factory: { _ in SwiftLogNoOpLogHandler() }) }
}
