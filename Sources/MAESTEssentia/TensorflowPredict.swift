public import Logging
public import MAEST
import MAESTConverter

/// Runs any graph on the tensors of a pool, like Essentia's `TensorflowPredict`, without TensorFlow.
///
/// ```swift
/// let head = try TensorflowPredict(
///   graphFilename: "genre_discogs400-discogs-maest-30s-pw-1.pb", inputs: ["embeddings"],
///   outputs: ["PartitionedCall/Identity_1"])
/// let pool = try head(["embeddings": tokens])
/// let activations = pool["PartitionedCall/Identity_1"]  // [patch, 1, 1, label]
/// ```
///
/// The graph is executed operation by operation. A graph exported for a batch of 1, which fails in TensorFlow for
/// larger batches, runs once per batch element. After configuration it is immutable and can be called from several
/// threads.
public struct TensorflowPredict: Sendable {
  static let name = "TensorflowPredict"

  /// Tensors `[batch, 1, token, embedding]` by name.
  public typealias Pool = [String: Tensor]

  /// All parameters of the reference, with its defaults.
  public struct Parameters: Sendable, Hashable {
    /// A frozen graph (`.pb`) or `.onnx`.
    public var graphFilename = ""
    /// Names of the graph's inputs; the pool contains their values under these names.
    public var inputs: [String] = []
    /// The value fed to `isTrainingName`.
    public var isTraining = false
    /// Name of a boolean input; empty: none.
    public var isTrainingName = ""
    /// Names of the requested values. If the first name is empty, there are none and the node names are logged (see
    /// ``nodeNames``).
    public var outputs: [String] = []
    /// A SavedModel folder; takes precedence over `graphFilename`.
    public var savedModel = ""
    /// Whether to remove axes of size 1, except the batch axis, from the inputs.
    public var squeeze = true
    /// Tags of the SavedModel's graph; only the serving graph is read.
    public var tags = ["serve"]
    /// Whether errors have Essentia's text.
    public var strict = false

    public init() {}
  }

  public private(set) var parameters = Parameters()
  private var configured: (program: GraphProgram, outputs: [String])?
  private let options: EngineOptions
  private let logger: Logger

  private var check: ParameterCheck { ParameterCheck(algorithm: Self.name, isStrict: parameters.strict) }

  /// Makes an algorithm that must be configured before use.
  ///
  /// - Parameters:
  ///   - options: threads and backend. Graphs are always computed in single precision; the logger reports it if another
  ///     precision was requested.
  ///   - logger: also receives the node names if they are requested; silent by default.
  public init(options: EngineOptions = .automatic, logger: Logger = .silent) {
    self.options = options
    self.logger = logger
  }

  /// Configures with parameters as in ``Parameters``.
  ///
  /// - Throws: as ``configure(_:)``.
  public init(
    graphFilename: String = "", savedModel: String = "", inputs: [String], outputs: [String],
    isTraining: Bool = false, isTrainingName: String = "", squeeze: Bool = true, tags: [String] = ["serve"],
    strict: Bool = false, options: EngineOptions = .automatic, logger: Logger = .silent
  ) throws {
    self.init(options: options, logger: logger)
    var parameters = Parameters()
    parameters.graphFilename = graphFilename
    parameters.inputs = inputs
    parameters.isTraining = isTraining
    parameters.isTrainingName = isTrainingName
    parameters.outputs = outputs
    parameters.savedModel = savedModel
    parameters.squeeze = squeeze
    parameters.tags = tags
    parameters.strict = strict
    try configure(parameters)
  }

  /// Names of the graph's nodes, in file order; empty before configuration.
  public var nodeNames: [String] {
    get throws { try configured.map { try SourceReader.nodeNames(at: $0.program.path) } ?? [] }
  }

  /// Sets new parameters and reads the graph. After an error the earlier configuration stays in effect.
  ///
  /// - Throws: ``EssentiaError`` for an unreadable graph or an unknown name.
  public mutating func configure(_ parameters: Parameters) throws {
    let check = ParameterCheck(algorithm: Self.name, isStrict: parameters.strict)
    guard parameters.tags == ["serve"] || parameters.savedModel.isEmpty else {
      throw check.failure(
        .parameterOutOfRange(
          name: "tags", value: parameters.tags.joined(separator: ","), range: "{serve}"))
    }
    guard let path = [parameters.savedModel, parameters.graphFilename].first(where: { !$0.isEmpty }) else {
      (self.parameters, configured) = (parameters, nil)
      return
    }
    try check.requireFile(path, isFolder: !parameters.savedModel.isEmpty)
    let program = try check.readGraph(path, options, logger)
    let nodes = GraphNodes(path: path, names: program.outputNames)
    var outputs: [String] = []
    if parameters.outputs.first == "" {
      let names = try SourceReader.nodeNames(at: path).joined(separator: ", ")
      logger.info("\(path): nodes \(names)")
    } else {
      for name in parameters.inputs {
        let node = try nodes.resolve(name, check)
        guard program.inputs.contains(where: { $0.name == NodeName.node(node) }) else {
          throw nodes.unknown(name, check)
        }
      }
      for name in parameters.outputs { outputs.append(try nodes.resolve(name, check)) }
      if !parameters.isTrainingName.isEmpty {
        try check.requireFlag(parameters.isTrainingName, in: program, nodes)
      }
    }
    (self.parameters, configured) = (parameters, (program, outputs))
  }

  /// Computes the outputs; returns their values under the given names, with four axes each.
  ///
  /// - Throws: ``EssentiaError`` for a missing input or an output of more than four axes; `ConversionError` if the
  ///   graph cannot be computed on these tensors.
  public func compute(_ pool: Pool) throws -> Pool {
    guard let configured else { throw check.runFailure(.noGraph) }
    guard !configured.outputs.isEmpty else { return [:] }
    var tensors: [String: Tensor] = [:]
    for name in parameters.inputs {
      guard let tensor = pool[name] else {
        throw check.runFailure(.missingInput(name: name, found: pool.keys.sorted()))
      }
      tensors[NodeName.node(name)] = parameters.squeeze ? tensor.squeezed : tensor
    }
    let flags = parameters.isTrainingName.isEmpty ? [:] : [parameters.isTrainingName: parameters.isTraining]
    let results = try configured.program.run(tensors, flags: flags, outputs: configured.outputs)
    var found: Pool = [:]
    for (name, result) in zip(parameters.outputs, results) {
      guard let tensor = result.rankFour else {
        throw check.runFailure(.unsupportedRank(output: name, shape: result.shape))
      }
      found[name] = tensor
    }
    return found
  }

  public func callAsFunction(_ pool: Pool) throws -> Pool { try compute(pool) }

  /// Does nothing: no state is kept between calls. Present because Essentia's algorithms have it.
  public func reset() {}

  /// Streaming mode: returns the outputs for each pool as it arrives.
  public func predictions<Pools: AsyncSequence & Sendable>(
    of pools: Pools
  ) -> AsyncThrowingMapSequence<Pools, Pool> where Pools.Element == Pool {
    pools.map { pool in try await ComputeThreads.shared.run { _ in try compute(pool) } }
  }
}
