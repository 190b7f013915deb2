import Foundation
public import Logging
public import MAESTAudio
import MAESTKernels
import MAESTNetwork
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
  /// Path of the weight file.
  public let path: String
  /// Sizes, labels, outputs and provenance.
  public let description: ModelDescription
  private let network: AudioSpectrogramTransformer
  private let compute: Compute
  private let extractor: MelSpectrogramExtractor

  public var configuration: ModelConfiguration { description.configuration }

  /// Loads a weight file (`.safetensors`) or a frozen graph (`.pb`, converted on first use).
  ///
  /// - Parameters:
  ///   - path: the file; nil: $MAEST_MODEL, else the only weight file in the user's model folder, else the
  ///     bundled demo model.
  ///   - options: threads and backend.
  ///   - logger: told about conversions and the choice of the demo model; silent by default.
  /// - Throws: ``ModelError``, `WeightError`, `ConversionError`, or an error of the compute backend.
  public init(
    path: String? = nil, options: EngineOptions = .automatic, logger: Logger = .silent
  ) throws {
    let file = try Self.weightFile(path, logger: logger)
    self.path = file.tensors.path
    description = file.description
    network = AudioSpectrogramTransformer(file)
    compute = try options.makeCompute()
    let normalization = file.description.normalization
    extractor = try MelSpectrogramExtractor(
      configuration: MelSpectrogramConfiguration(
        bandCount: file.configuration.bandCount,
        normalization: MelNormalization(
          mean: normalization.mean, standardDeviation: normalization.standardDeviation)))
  }

  private static func weightFile(_ name: String?, logger: Logger) throws -> WeightFile {
    let path = try ModelLocator.standard(logger: logger).path(named: name)
    guard FileManager.default.fileExists(atPath: path) else { throw ModelError.missingFile(path: path) }
    switch URL(filePath: path).pathExtension.lowercased() {
    case "safetensors": return try WeightFile(path: path)
    case "pb", "onnx":
      return try WeightFile(path: ConversionCache.standard(logger: logger).weightFile(forGraphAt: path))
    default: throw ModelError.unknownFileType(path: path)
    }
  }

  /// Samples per second that the model hears.
  public var sampleRate: Int { extractor.configuration.sampleRate }

  /// Decodes, downmixes and resamples an audio file, then analyses it.
  ///
  /// - Throws: `AudioError` for a file that cannot be read or is too short, ``ModelError`` for a request that the
  ///   model cannot meet.
  public func analyze(
    fileAt path: String, _ request: AnalysisRequest = .tags, progress: ProgressHandler? = nil
  ) throws -> Analysis {
    let signal = try AudioLoader(sampleRate: sampleRate).load(path)
    return try analyze(signal, request, progress: progress)
  }

  /// Called after each patch with the number of patches done and of all patches.
  public typealias ProgressHandler = (_ done: Int, _ total: Int) -> Void

  /// Analyses a signal of the model's sample rate, patch by patch.
  ///
  /// - Throws: `AudioError` for samples of another rate, NaN or infinite samples, a signal too short for one patch
  ///   or a hop beyond the patch; ``ModelError`` for a request that the model cannot meet.
  public func analyze(
    _ signal: AudioSignal, _ request: AnalysisRequest = .tags, progress: ProgressHandler? = nil
  ) throws -> Analysis {
    try check(request)
    guard signal.sampleRate == sampleRate else {
      throw AudioError.sampleRateMismatch(found: signal.sampleRate, expected: sampleRate)
    }
    try signal.requireFiniteSamples()
    let layout = try PatchLayout(
      patchSize: configuration.frameCount, hopSize: request.hopSize, lastPatchMode: request.lastPatchMode)
    let patches = try PatchCutter(layout: layout, configuration: extractor.configuration)
      .patches(sampleCount: signal.samples.count)
    let workspace = Workspace(configuration, on: compute)
    var results: [PatchAnalysis] = []
    for patch in patches {
      let output = network(try melPatch(patch, of: signal), taps: request.taps, workspace)
      results.append(PatchAnalysis(patch: patch, output: output))
      progress?(results.count, patches.count)
    }
    return Analysis(patches: results, labels: description.labels, duration: signal.duration)
  }

  /// Normalised mel bands of a patch `[frame, band]`.
  private func melPatch(_ patch: Patch, of signal: AudioSignal) throws -> Matrix {
    let spectrogram = try extractor.spectrogram(of: signal.samples, frames: patch.frames)
    return Matrix(
      copying: spectrogram.values(of: patch, firstFrame: patch.frames.lowerBound),
      rows: patch.patchSize, columns: spectrogram.bandCount)
  }

  private func check(_ request: AnalysisRequest) throws(ModelError) {
    for tap in request.taps {
      switch tap {
      case .logits:
        guard configuration.head != nil else { throw .noHead }
      case .blockOutput(let layer):
        guard (1...configuration.blockCount).contains(layer) else {
          throw .noSuchLayer(layer: layer, layerCount: configuration.blockCount)
        }
      }
    }
  }
}

extension Logger {
  /// Logs nothing.
  public static var silent: Logger { Logger(label: "maest", factory: { _ in SwiftLogNoOpLogHandler() }) }
}
