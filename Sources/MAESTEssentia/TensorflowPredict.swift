public import Logging
public import MAEST
import MAESTConverter

/// Runs any graph on the tensors of a pool, as Essentia's `TensorflowPredict`, without TensorFlow.
///
/// ```swift
/// let head = try TensorflowPredict(
///   graphFilename: "genre_discogs400-discogs-maest-30s-pw-1.pb", inputs: ["embeddings"],
///   outputs: ["PartitionedCall/Identity_1"])
/// let pool = try head(["embeddings": tokens])
/// let activations = pool["PartitionedCall/Identity_1"]  // [patch, 1, 1, label]
/// ```
///
/// The graph runs operation by operation. A graph made for a batch of 1, which fails in TensorFlow for more, runs
/// once for each part of the batch. Configured, it is immutable: any number of threads may call it at once.
public struct TensorflowPredict: Sendable {
  static let name = "TensorflowPredict"

  /// Tensors by name, `[batch, 1, token, embedding]`.
  public typealias Pool = [String: Tensor]

  /// Every parameter of the reference, with its default.
  public struct Parameters: Sendable, Hashable {
    /// A frozen graph (`.pb`) or `.onnx`.
    public var graphFilename = ""
    /// Names of the graph's inputs, under which the pool holds their values.
    public var inputs: [String] = []
    /// The value fed to `isTrainingName`.
    public var isTraining = false
    /// Name of a boolean input; empty: none.
    public var isTrainingName = ""
    /// Names of the values wanted; an empty first one: none, the nodes are logged (see ``nodeNames``).
    public var outputs: [String] = []
    /// A SavedModel folder; wins over `graphFilename`.
    public var savedModel = ""
    /// Take axes of one element, the batch excepted, from the inputs.
    public var squeeze = true
    /// Tags of the SavedModel's graph; only that for serving is read.
    public var tags = ["serve"]
    /// Errors have Essentia's text.
    public var strict = false

    public init() {}
  }

  public private(set) var parameters = Parameters()
  private var configured: (program: GraphProgram, outputs: [String])?
  private let options: EngineOptions
  private let logger: Logger

  private var check: ParameterCheck { ParameterCheck(algorithm: Self.name, isStrict: parameters.strict) }

  /// An algorithm that has to be configured before it is used.
  ///
  /// - Parameters:
  ///   - options: threads and backend. Graphs are computed in single precision, whatever precision is asked for; the
  ///     logger is told where it is another.
  ///   - logger: told of that, and of the graph's nodes where they are asked for; silent by default.
  public init(options: EngineOptions = .automatic, logger: Logger = .silent) {
    self.options = options
    self.logger = logger
  }

  /// Parameters as in ``Parameters``.
  ///
  /// - Throws: what ``configure(_:)`` throws.
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

  /// Names of the graph's nodes, in the order of the file; empty where nothing is configured.
  public var nodeNames: [String] {
    get throws { try configured.map { try SourceReader.nodeNames(at: $0.program.path) } ?? [] }
  }

  /// Takes new parameters and reads the graph; after an error the earlier ones are still there.
  ///
  /// - Throws: ``EssentiaError`` for a graph that cannot be read or a name that it does not have.
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

  /// The outputs' values, under their names as given, with four axes.
  ///
  /// - Throws: ``EssentiaError`` for an input that the pool does not hold or an output of more than four axes;
  ///   `ConversionError` for a graph that cannot be computed on these tensors.
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

  /// Nothing is kept between calls; here because every algorithm of Essentia has it.
  public func reset() {}

  /// Streaming mode: the outputs for each pool as it arrives.
  public func predictions<Pools: AsyncSequence & Sendable>(
    of pools: Pools
  ) -> AsyncThrowingMapSequence<Pools, Pool> where Pools.Element == Pool {
    pools.map { pool in try await ComputeThreads.shared.run { _ in try compute(pool) } }
  }
}
