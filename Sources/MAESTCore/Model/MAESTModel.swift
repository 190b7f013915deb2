package import MAESTFrontEnd
package import MAESTKernels
package import MAESTNetwork
public import MAESTWeights

/// A MAEST model, ready to analyse audio.
///
/// ```swift
/// let model = try MAESTModel(weightFileAt: "discogs-maest-30s-pw-2.safetensors")
/// let analysis = try await model.analyze(samples, sampleRate: 44100, channelCount: 2)
/// for tag in try analysis.topTags(5) { print(tag.label, tag.activation) }
/// ```
///
/// A model is immutable: any number of threads may use it at the same time.
public struct MAESTModel: Sendable {
  /// Path of the weight file, or of the graph if the conversion could not be stored.
  public let path: String
  /// Sizes, labels, outputs and provenance.
  public let description: ModelDescription
  /// The precision of the encoder blocks: never `auto` or `fast`.
  public let precision: EngineOptions.Precision
  package let network: AudioSpectrogramTransformer
  package let compute: Compute
  package let extractor: MelSpectrogramExtractor

  public var configuration: ModelConfiguration { description.configuration }

  /// Label names in output order; empty for a model that returns tokens only.
  public var labels: [String] { description.labels }

  /// Loads a weight file. The file is mapped into memory, not copied.
  ///
  /// - Parameters:
  ///   - path: a `.safetensors` file made by `maest-convert`.
  ///   - options: threads, backend and precision. For precisions other than `exact` the weights are packed into memory
  ///     of this process.
  /// - Throws: `WeightError` for a file that is missing, damaged or not a MAEST model; an error of the compute backend,
  ///   such as a precision that this CPU does not support.
  public init(weightFileAt path: String, options: EngineOptions = .automatic) throws {
    let compute = try options.makeCompute()
    try self.init(WeightFile(path: path), options: options, compute: compute) { file, kernels in
      PackedWeights.pack(file, for: kernels, on: compute)
    }
  }

  /// - Parameters:
  ///   - compute: created from the options.
  ///   - pack: returns the weights in the packed order of the low-precision kernels; called only if they are needed.
  package init(
    _ file: WeightFile, options: EngineOptions, compute: Compute,
    packing pack: (WeightFile, TileKernels) throws -> PackedWeights
  ) throws {
    precision = try options.resolvedPrecision()
    self.compute = compute
    path = file.tensors.path
    description = file.description
    network = AudioSpectrogramTransformer(file, packed: try compute.tiles.map { try pack(file, $0) })
    let normalization = file.description.normalization
    extractor = try MelSpectrogramExtractor(
      configuration: MelSpectrogramConfiguration(
        bandCount: file.configuration.bandCount,
        normalization: MelNormalization(
          mean: normalization.mean, standardDeviation: normalization.standardDeviation)))
  }

  /// The configuration of the mel bands that the network takes as input.
  public var melConfiguration: MelSpectrogramConfiguration { extractor.configuration }

  /// The input sample rate in hertz.
  public var sampleRate: Int { extractor.configuration.sampleRate }

  /// Tokens per forward pass: two patches of the 30 s models.
  private static let tokensTogether = 3370

  /// Patches per forward pass: they share packed weights, and each needs its own activation memory. The shorter a
  /// patch, the more of them.
  package var patchesTogether: Int { min(max(Self.tokensTogether / configuration.tokenCount, 2), 12) }

  // MARK: - Stages

  /// The windows of a request.
  package func windowLayout(_ request: AnalysisRequest) throws -> WindowLayout {
    let frameCount = configuration.frameCount
    guard request.patchSize ?? frameCount == frameCount else {
      throw ModelError.wrongPatchSize(found: request.patchSize ?? 0, expected: frameCount)
    }
    return try WindowLayout(
      request.windows, patchSize: frameCount, configuration: extractor.configuration)
  }

  /// Creates the stream that converts samples to the model's input patches.
  ///
  /// - Parameter trackSampleCount: the number of samples of the whole track; nil: not known.
  package func patchStream(_ request: AnalysisRequest, trackSampleCount: Int? = nil) throws -> PatchStream {
    let cutter = try windowLayout(request).cutter(trackSampleCount: trackSampleCount)
    return PatchStream(cutter: cutter, extractor: extractor)
  }

  /// Creates the analyzer of one run.
  ///
  /// - Parameter patchCapacity: the maximum number of patches per forward pass.
  package func patchAnalyzer(
    _ request: AnalysisRequest, head: (any TokenClassifier)?, patchCapacity: Int = 1
  ) throws -> PatchAnalyzer {
    try PatchAnalyzer(
      network, Workspace(configuration, on: compute, patchCapacity: patchCapacity), request, head: head)
  }

  /// Creates an extractor of mel bands without normalisation.
  package func plainExtractor() throws(SignalError) -> MelSpectrogramExtractor {
    var configuration = melConfiguration
    configuration.normalization = nil
    return try MelSpectrogramExtractor(configuration: configuration)
  }

  /// Normalises a patch of mel bands for the network.
  package func normalized(_ patch: MelPatch) -> MelPatch {
    guard let normalization = melConfiguration.normalization else { return patch }
    return MelPatch(
      patch: patch.patch, values: normalization.normalized(patch.values), bandCount: patch.bandCount)
  }
}

extension MAESTModel: CustomDebugStringConvertible {
  /// "discogs-maest-30s-pw-2.safetensors: 12 blocks, 400 labels, patches of 1876 frames, exact".
  public var debugDescription: String {
    "\(path): \(configuration.blockCount) blocks, \(labels.count) labels, patches of \(configuration.frameCount) frames, "
      + precision.rawValue
  }
}
