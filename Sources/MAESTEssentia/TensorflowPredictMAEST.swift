public import Logging
public import MAEST
import MAESTFrontEnd

/// Predictions of MAEST on a signal of 16 kHz, as Essentia's `TensorflowPredictMAEST`, without TensorFlow.
///
/// ```swift
/// let predict = try TensorflowPredictMAEST(
///   graphFilename: "discogs-maest-30s-pw-2.pb", output: "PartitionedCall/Identity_7")
/// let tokens = try predict(samples)  // [patch, 1, token, embedding]
/// ```
///
/// Unlike the reference, a configured value is immutable while it computes: any number of threads may call it at
/// once. Known, deliberate differences are listed in the article "Coming from Essentia".
public struct TensorflowPredictMAEST: Sendable {
  static let name = "TensorflowPredictMAEST"

  /// What happens to the frames left over after the last full patch; the reference's two ways.
  public enum LastPatchMode: String, Sendable, CaseIterable {
    /// They are dropped; a signal shorter than one patch gives none.
    case discard
    /// They are cycled, from the first of them on, until they fill one more patch.
    case `repeat`

    var mode: MAESTFrontEnd.LastPatchMode {
      switch self {
      case .discard: .discard
      case .repeat: .repeat
      }
    }
  }

  /// Every parameter of the reference; nil stands for what the graph has, which ``configure(_:)`` finds out.
  public struct Parameters: Sendable, Hashable {
    /// Patches in one result of ``predictions(of:)``; -1 or 0: all of them, at the end. Default 1.
    public var batchSize = 1
    /// A frozen graph (`.pb`), `.onnx`, or converted weights (`.safetensors`).
    public var graphFilename = ""
    /// Name of the graph's input; nil: the one that the graph has.
    public var input: String?
    /// Name of a boolean input of the graph, which is fed false; empty: none.
    public var isTrainingName = ""
    /// What happens to the frames left over.
    public var lastPatchMode = LastPatchMode.discard
    /// A node of the graph, `node` or `node:n`; or `activations`, `logits`, `layer 7` (counted from 1). nil: the
    /// activations, which are the reference's default.
    public var output: String?
    /// Frames between the starts of patches; 0: no overlap. nil: the published model's (1875 for 1876 frames).
    public var patchHopSize: Int?
    /// Frames in a patch. nil: the model's.
    public var patchSize: Int?
    /// A SavedModel folder, or converted weights; wins over `graphFilename`.
    public var savedModel = ""
    /// Essentia to the letter: the graph's file name overrides patch size and hop, other defaults do not depend on
    /// the graph, and errors have Essentia's text.
    public var strict = false

    public init() {}
  }

  public private(set) var parameters = Parameters()
  /// Name of the graph's input that is fed; nil where it is not known or nothing is configured.
  public private(set) var input: String?
  /// Name of the output that is taken: the parameter, or the graph's own name for its activations.
  public private(set) var output: String?
  /// How exactly the output is computed: never `auto`; nil where nothing is configured.
  public var precision: EngineOptions.Precision? { configured?.engine.precision }
  /// File name and SHA-256 of the graph that the numbers come from.
  ///
  /// - Throws: ``EssentiaError`` where nothing is configured, `ConversionError` for a graph that cannot be read any more.
  package func source() throws -> (name: String, sha256: String) { try requireConfigured().engine.source() }
  private var configured: (engine: PredictionEngine, patches: PatchStream)?
  private let options: EngineOptions
  private let logger: Logger

  private var check: ParameterCheck { ParameterCheck(algorithm: Self.name, isStrict: parameters.strict) }

  /// An algorithm that has to be configured before it is used.
  ///
  /// - Parameters:
  ///   - options: threads, backend and precision, which strict mode leaves alone. A graph that is run operation by
  ///     operation is computed in single precision; the logger is told where another was asked for.
  ///   - logger: told which input and output were chosen; silent by default.
  public init(options: EngineOptions = .automatic, logger: Logger = .silent) {
    self.options = options
    self.logger = logger
  }

  /// Parameters as in ``Parameters``.
  ///
  /// - Throws: what ``configure(_:)`` throws.
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

  /// Takes new parameters and loads the model; after an error the earlier ones are still there.
  ///
  /// Without a graph nothing is loaded, as in the reference.
  ///
  /// - Throws: ``EssentiaError`` for a parameter out of range, a graph that cannot be read, a name that it does not
  ///   have, or sizes that do not fit; `WeightError` for a damaged weight file; `ModelError` for a layer or a head that
  ///   the model does not have.
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

  /// Standard mode: predictions of all patches of a signal, `[patch, 1, token, embedding]` for tokens and
  /// `[patch, 1, 1, label]` for logits and activations.
  ///
  /// - Parameter signal: mono samples at 16 kHz.
  /// - Throws: ``EssentiaError`` for a signal that is empty or fills no patch; `AudioError` for a NaN or infinite
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

  /// Nothing is kept between calls; here because every algorithm of Essentia has it.
  public func reset() {}

  /// Streaming mode: predictions as soon as their patches are complete, `batchSize` patches at a time; bit for bit
  /// those of ``compute(_:)``, for any chunks.
  ///
  /// Chunks are asked for one at a time; memory is bounded by one batch; a cancelled task ends before the next
  /// encoder block (before the next patch where the output is a node within the graph).
  ///
  /// - Parameter chunks: mono samples at 16 kHz, in pieces of any size.
  /// - Throws: ``EssentiaError`` where nothing is configured. The sequence throws what ``compute(_:)`` throws, a
  ///   signal that is empty or too short at its end.
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
