public import Logging
public import MAEST
import MAESTFrontEnd

/// Predictions of MAEST for a 16 kHz signal, like Essentia's `TensorflowPredictMAEST`, without TensorFlow.
///
/// ```swift
/// let predict = try TensorflowPredictMAEST(
///   graphFilename: "discogs-maest-30s-pw-2.pb", output: "PartitionedCall/Identity_7")
/// let tokens = try predict(samples)  // [patch, 1, token, embedding]
/// ```
///
/// Unlike the reference, it is immutable after configuration and can be called from several threads. The article
/// "Coming from Essentia" lists the deliberate differences.
public struct TensorflowPredictMAEST: Sendable {
  static let name = "TensorflowPredictMAEST"

  /// How to treat the frames left over after the last full patch, as in the reference.
  public enum LastPatchMode: String, Sendable, CaseIterable {
    /// Drops them; a signal shorter than one patch has no patches.
    case discard
    /// Repeats them cyclically until they fill one more patch.
    case `repeat`

    var mode: MAESTFrontEnd.LastPatchMode {
      switch self {
      case .discard: .discard
      case .repeat: .repeat
      }
    }
  }

  /// All parameters of the reference; nil values are taken from the graph by ``configure(_:)``.
  public struct Parameters: Sendable, Hashable {
    /// Patches per result of ``predictions(of:)``; -1 or 0: one result with all patches, at the end. Default 1.
    public var batchSize = 1
    /// A frozen graph (`.pb`), `.onnx`, or converted weights (`.safetensors`).
    public var graphFilename = ""
    /// Name of the graph's input; nil: detected from the graph.
    public var input: String?
    /// Name of a boolean input of the graph, which is set to false; empty: none.
    public var isTrainingName = ""
    /// How to treat the left-over frames.
    public var lastPatchMode = LastPatchMode.discard
    /// A node of the graph, `node` or `node:n`; or `activations`, `logits`, `layer 7` (counted from 1). nil: the
    /// activations, as in the reference.
    public var output: String?
    /// Frames between the starts of patches; 0: no overlap. nil: the hop of the published model (1875 for 1876 frames).
    public var patchHopSize: Int?
    /// Frames per patch. nil: the model's.
    public var patchSize: Int?
    /// A SavedModel folder, or converted weights; takes precedence over `graphFilename`.
    public var savedModel = ""
    /// Whether to follow Essentia exactly: the graph's file name overrides patch size and hop, other defaults do not
    /// depend on the graph, and errors have Essentia's text.
    public var strict = false

    public init() {}
  }

  public private(set) var parameters = Parameters()
  /// Name of the graph's input; nil if it is unknown or nothing is configured.
  public private(set) var input: String?
  /// Name of the output: the parameter, or the graph's own name for its activations.
  public private(set) var output: String?
  /// Precision of the output: never `auto`; nil if nothing is configured.
  public var precision: EngineOptions.Precision? { configured?.engine.precision }
  /// File name and SHA-256 of the graph.
  ///
  /// - Throws: ``EssentiaError`` if nothing is configured, `ConversionError` if the graph can no longer be read.
  package func source() throws -> (name: String, sha256: String) { try requireConfigured().engine.source() }
  private var configured: (engine: PredictionEngine, patches: PatchStream)?
  private let options: EngineOptions
  private let logger: Logger

  private var check: ParameterCheck { ParameterCheck(algorithm: Self.name, isStrict: parameters.strict) }

  /// Makes an algorithm that must be configured before use.
  ///
  /// - Parameters:
  ///   - options: threads, backend and precision; also used in strict mode. A graph that is executed operation by
  ///     operation is computed in single precision; the logger reports it if another precision was requested.
  ///   - logger: also receives the selected input and output; silent by default.
  public init(options: EngineOptions = .automatic, logger: Logger = .silent) {
    self.options = options
    self.logger = logger
  }

  /// Configures with parameters as in ``Parameters``.
  ///
  /// - Throws: as ``configure(_:)``.
  public init(
    graphFilename: String = "", savedModel: String = "", input: String? = nil, output: String? = nil,
    isTrainingName: String = "", patchSize: Int? = nil, patchHopSize: Int? = nil,
    lastPatchMode: LastPatchMode = .discard, batchSize: Int = 1, strict: Bool = false,
    options: EngineOptions = .automatic, logger: Logger = .silent
  ) throws {
    self.init(options: options, logger: logger)
    var parameters = Parameters()
    parameters.batchSize = batchSize
    parameters.graphFilename = graphFilename
    parameters.input = input
    parameters.isTrainingName = isTrainingName
    parameters.lastPatchMode = lastPatchMode
    parameters.output = output
    parameters.patchHopSize = patchHopSize
    parameters.patchSize = patchSize
    parameters.savedModel = savedModel
    parameters.strict = strict
    try configure(parameters)
  }

  /// Sets new parameters and loads the model. After an error the earlier configuration stays in effect.
  ///
  /// Without a graph nothing is loaded, as in the reference.
  ///
  /// - Throws: ``EssentiaError`` for a parameter out of range, an unreadable graph, an unknown name, or incompatible
  ///   sizes; `WeightError` for a damaged weight file; `ModelError` for a layer or a head that the model does not have.
  public mutating func configure(_ parameters: Parameters) throws {
    let setup = EngineSetup(parameters, options: options, logger: logger)
    try setup.checkRanges()
    guard let path = setup.path else {
      (self.parameters, input, output, configured) = (parameters, nil, nil, nil)
      return
    }
    let (engine, input, output) = try setup.load(path)
    let layout = try setup.layout(for: engine)
    let patches = try engine.patchStream(layout)
    (self.parameters, self.input, self.output, configured) = (parameters, input, output, (engine, patches))
    guard parameters.output == nil else { return }
    let names = [input.map { "input '\($0)'" }, "output '\(output)'"].compactMap(\.self)
    logger.info("\(path): taking \(names.joined(separator: " and "))")
  }

  /// Standard mode: predicts all patches of a signal. Returns `[patch, 1, token, embedding]` for tokens and
  /// `[patch, 1, 1, label]` for logits and activations.
  ///
  /// - Parameter signal: mono samples at 16 kHz.
  /// - Throws: ``EssentiaError`` for a signal that is empty or shorter than a patch; `AudioError` for a NaN or infinite
  ///   sample.
  public func compute(_ signal: [Float]) throws -> Tensor {
    let (engine, patches) = try requireConfigured()
    guard !signal.isEmpty else { throw check.runFailure(.emptySignal) }
    guard patches.cutter.patchCount(sampleCount: signal.count) > 0 else { throw tooShort(signal.count) }
    let predict = try engine.makePrediction()
    var signalPatches = patches
    signalPatches.add(signal[...])
    signalPatches.end()
    var parts: [Tensor] = []
    while let patch = try signalPatches.next() { parts.append(try predict(patch, {})) }
    return try check.joined(parts, of: output ?? "")
  }

  public func callAsFunction(_ signal: [Float]) throws -> Tensor { try compute(signal) }

  /// Does nothing: no state is kept between calls. Present because Essentia's algorithms have it.
  public func reset() {}

  /// Streaming mode: returns predictions when their patches are complete, `batchSize` patches at a time. The values are
  /// bitwise equal to those of ``compute(_:)``, for any chunk sizes.
  ///
  /// Requests one chunk at a time; memory is bounded by one batch. A cancelled task ends before the next encoder block
  /// (before the next patch if the output is a node within the graph).
  ///
  /// - Parameter chunks: mono samples at 16 kHz, in chunks of any size.
  /// - Throws: ``EssentiaError`` if nothing is configured. The sequence throws the errors of ``compute(_:)``; those for
  ///   an empty or too short signal are thrown at its end.
  public func predictions<Chunks: AsyncSequence & Sendable>(
    of chunks: Chunks
  ) throws -> PredictionSequence<Chunks> where Chunks.Element == [Float] {
    let (engine, patches) = try requireConfigured()
    return PredictionSequence(
      patches: PatchSequence(chunks, patches: patches) { try engine.makePrediction() },
      batchSize: parameters.batchSize, output: output ?? "", check: check)
  }

  private func requireConfigured() throws(EssentiaError) -> (engine: PredictionEngine, patches: PatchStream) {
    guard let configured else { throw check.runFailure(.noGraph) }
    return configured
  }

  private func tooShort(_ sampleCount: Int) -> EssentiaError {
    check.runFailure(
      .tooShort(sampleCount: sampleCount, needed: configured?.patches.cutter.neededSampleCount ?? 0))
  }
}
