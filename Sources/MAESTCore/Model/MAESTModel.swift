package import MAESTFrontEnd
package import MAESTKernels
package import MAESTNetwork
public import MAESTWeights

/// A MAEST model, ready to analyse audio.
///
/// ```swift
/// let model = try MAESTModel(weightFileAt: "discogs-maest-30s-pw-2.safetensors")
/// let signal = AudioSignal(samples: samples, sampleRate: model.sampleRate)
/// let analysis = try model.analyze(signal)
/// for tag in analysis.topTags(5) { print(tag.label, tag.activation) }
/// ```
///
/// A model is immutable: any number of threads may analyse with it at the same time.
public struct MAESTModel: Sendable {
  /// Path of the weight file; of the graph, if its conversion could not be kept.
  public let path: String
  /// Sizes, labels, outputs and provenance.
  public let description: ModelDescription
  /// The precision of the encoder blocks: never `auto`.
  public let precision: EngineOptions.Precision
  package let network: AudioSpectrogramTransformer
  package let compute: Compute
  package let extractor: MelSpectrogramExtractor

  public var configuration: ModelConfiguration { description.configuration }

  /// Label names in output order; empty for a model that gives tokens only.
  public var labels: [String] { description.labels }

  /// Loads a weight file. It is mapped into memory, not copied.
  ///
  /// - Parameters:
  ///   - path: a `.safetensors` file made by `maest-convert`.
  ///   - options: threads, backend and precision. For precisions other than `exact` the weights are packed into memory
  ///     of this process.
  /// - Throws: `WeightError` for a file that is missing, damaged or not a MAEST model; an error of the compute backend,
  ///   such as a precision that this CPU does not have.
  public init(weightFileAt path: String, options: EngineOptions = .automatic) throws {
    let compute = try options.makeCompute()
    try self.init(WeightFile(path: path), options: options, compute: compute) { file, kernels in
      PackedWeights(file, for: kernels, on: compute)
    }
  }

  /// - Parameters:
  ///   - compute: made of the options.
  ///   - pack: gives the weights in the order that low-precision kernels take; called only if they are needed.
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

  /// How samples become the mel bands that the network takes.
  public var melConfiguration: MelSpectrogramConfiguration { extractor.configuration }

  /// Samples per second of the network's input.
  public var sampleRate: Int { extractor.configuration.sampleRate }

  /// Patches of one forward pass: they share packed weights, and each takes memory of its own.
  package static let patchesTogether = 2

  // MARK: - Stages

  /// Where the windows of a request lie.
  package func windowLayout(_ request: AnalysisRequest) throws -> WindowLayout {
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
  /// - Parameter patchCapacity: the most patches of one forward pass.
  package func patchAnalyzer(
    _ request: AnalysisRequest, head: (any TokenClassifier)?, patchCapacity: Int = 1
  ) throws -> PatchAnalyzer {
    try PatchAnalyzer(
      network, Workspace(configuration, on: compute, patchCapacity: patchCapacity), request, head: head)
  }

  /// Makes mel bands that are not normalised.
  package func plainExtractor() throws(SignalError) -> MelSpectrogramExtractor {
    var configuration = melConfiguration
    configuration.normalization = nil
    return try MelSpectrogramExtractor(configuration: configuration)
  }

  /// Patches of mel bands that were not normalised, as the network takes them.
  package func normalized(_ patch: MelPatch) -> MelPatch {
    guard let normalization = melConfiguration.normalization else { return patch }
    return MelPatch(
      patch: patch.patch, values: normalization.normalized(patch.values), bandCount: patch.bandCount)
  }
}
