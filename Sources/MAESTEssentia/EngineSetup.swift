import Logging
import MAEST
import MAESTConverter

/// Loads the engine for the parameters of `TensorflowPredictMAEST`.
struct EngineSetup {
  typealias Parameters = TensorflowPredictMAEST.Parameters

  /// A loaded graph.
  typealias Loaded = (engine: PredictionEngine, input: String?, output: String)

  private let parameters: Parameters
  private let options: EngineOptions
  private let logger: Logger
  private let check: ParameterCheck

  /// Names of the input in the two generations of published graphs.
  private static let publishedInputs = ["melspectrogram", "serving_default_melspectrogram"]
  /// Names of the activations in the published graphs; they were the defaults in the reference's documentation.
  private static let publishedOutputs = ["Identity", "StatefulPartitionedCall", "StatefulPartitionedCall:0"]

  init(_ parameters: Parameters, options: EngineOptions, logger: Logger) {
    self.parameters = parameters
    self.options = options
    self.logger = logger
    check = ParameterCheck(algorithm: TensorflowPredictMAEST.name, isStrict: parameters.strict)
  }

  func checkRanges() throws(EssentiaError) {
    try check.atLeast(-1, "batchSize", parameters.batchSize)
    try check.atLeast(0, "patchHopSize", parameters.patchHopSize)
    try check.atLeast(0, "patchSize", parameters.patchSize)
  }

  /// The file or folder to read; nil if none was given.
  var path: String? {
    [parameters.savedModel, parameters.graphFilename].first { !$0.isEmpty }
  }

  // MARK: - Model

  func load(_ path: String) throws -> Loaded {
    try check.requireFile(path, isFolder: !parameters.savedModel.isEmpty)
    guard parameters.isTrainingName.isEmpty else {
      return try loadGraph(path, flags: [parameters.isTrainingName: false])
    }
    do {
      return try loadNetwork(path)
    } catch ModelError.unknownFileType {
      throw check.failure(
        .invalidGraph(path: path, reason: ModelError.unknownFileType(path: path).description))
    } catch let error as ConversionError {
      guard error.isAboutTheModel else {
        throw check.failure(.invalidGraph(path: path, reason: error.description))
      }
      logger.notice("\(path): \(error); it is run operation by operation, which is slow")
      return try loadGraph(path, flags: [:])
    }
  }

  private func loadNetwork(_ path: String) throws -> Loaded {
    let model = try MAESTModel(path: path, options: options, logger: logger)
    let outputs = model.description.outputs
    let nodes = GraphNodes(path: path, names: outputs.keys, readable: Self.readableNames(of: model))
    let given = parameters.input ?? (parameters.strict ? Self.publishedInputs[0] : nil)
    if let given { try requireInput(given, of: model, nodes) }
    let input = given ?? model.description.inputName
    guard let wanted = parameters.output ?? (parameters.strict ? Self.publishedOutputs[0] : nil) else {
      let name = Self.publishedOutputs.first { outputs[$0] == .activations }
      return (.network(model, role: .activations), input, name ?? firstName(.activations, outputs))
    }
    if outputs[wanted] == nil, let role = try readableRole(wanted, in: model) {
      return (.network(model, role: role), input, firstName(role, outputs))
    }
    let name: String
    do { name = try nodes.resolve(wanted, check) } catch {
      // Any other node of the graph is allowed too, as in the reference, if the source is a graph.
      guard case .unknownNode = error.reason, path.isGraphPath else { throw error }
      do { return try loadGraph(path, flags: [:]) } catch let failure as EssentiaError {
        guard case .unknownNode = failure.reason, !check.isStrict else { throw failure }
        throw error
      }
    }
    guard let role = outputs[name] else { preconditionFailure("output \(name) has no role") }
    return (.network(model, role: role), input, name)
  }

  private func requireInput(
    _ name: String, of model: MAESTModel, _ nodes: GraphNodes
  ) throws(EssentiaError) {
    let known = model.description.inputName.map { [$0] } ?? Self.publishedInputs
    guard known.contains(where: { $0 == name || "\($0):0" == name }) else { throw nodes.unknown(name, check) }
  }

  /// The role of a readable name; nil for other names.
  private func readableRole(_ name: String, in model: MAESTModel) throws(ModelError) -> OutputRole? {
    let (name, depth) = (name.lowercased(), model.configuration.blockCount)
    if name.hasPrefix("layer "), let layer = Int(name.dropFirst(6)), !(1...depth).contains(layer) {
      throw .noSuchLayer(layer: layer, layerCount: depth)
    }
    let role = OutputRole(name)
    guard model.configuration.head != nil || role != .logits && role != .activations else { throw .noHead }
    return role
  }

  private static func readableNames(of model: MAESTModel) -> [String] {
    (model.configuration.head == nil ? [] : ["activations", "logits"])
      + (1...model.configuration.blockCount).map { "layer \($0)" }
  }

  /// The graph's name for a role: the shortest, then the first. The role's own name if the graph has none.
  private func firstName(_ role: OutputRole, _ outputs: [String: OutputRole]) -> String {
    outputs.filter { $0.value == role }.keys.min { ($0.count, $0) < ($1.count, $1) } ?? role.description
  }

  // MARK: - Any graph

  private func loadGraph(_ path: String, flags: [String: Bool]) throws -> Loaded {
    let program = try check.readGraph(path, options, logger)
    let nodes = GraphNodes(path: path, names: program.outputNames)
    for name in flags.keys { try check.requireFlag(name, in: program, nodes) }
    let input = try melInput(of: program, nodes)
    let wanted =
      parameters.output ?? Self.publishedOutputs.first(where: program.has) ?? Self.publishedOutputs[0]
    let output = try nodes.resolve(wanted, check)
    return (
      .graph(MelGraph(program: program, input: input, output: output, flags: flags, check: check)),
      input.name,
      output
    )
  }

  private func melInput(of program: GraphProgram, _ nodes: GraphNodes) throws(EssentiaError)
    -> GraphProgram.Input
  {
    let candidates = program.inputs.filter { $0.type == .float32 }
    guard let name = parameters.input else {
      guard let input = candidates.first, candidates.count == 1 else {
        throw nodes.unknown(Self.publishedInputs[0], check)
      }
      return input
    }
    let node = try nodes.resolve(name, check)
    guard let input = candidates.first(where: { $0.name == NodeName.node(node) }) else {
      throw nodes.unknown(name, check)
    }
    return input
  }

  // MARK: - Patches

  func layout(for engine: PredictionEngine) throws -> PatchLayout {
    let sizes = sizes(frameCount: engine.frameCount)
    guard sizes.patchSize > 0 else { throw check.failure(.zeroPatchSize) }
    guard sizes.patchHopSize <= sizes.patchSize else {
      throw check.failure(.hopLargerThanPatch(hop: sizes.patchHopSize, patchSize: sizes.patchSize))
    }
    if let expected = engine.frameCount, sizes.patchSize != expected {
      throw check.failure(.wrongPatchSize(found: sizes.patchSize, expected: expected))
    }
    return try PatchLayout(
      patchSize: sizes.patchSize, hopSize: sizes.patchHopSize, lastPatchMode: parameters.lastPatchMode.mode)
  }

  /// Strict: Essentia's sizes; its rule by file name overrides the user's. Otherwise the user's sizes, or else the
  /// model's.
  private func sizes(frameCount: Int?) -> PatchSizeRule.Sizes {
    let byName = PatchSizeRule.sizes(forGraphNamed: parameters.graphFilename)
    let standard = PatchSizeRule.standard
    if parameters.strict {
      return byName
        ?? .init(
          patchSize: parameters.patchSize ?? standard.patchSize,
          patchHopSize: parameters.patchHopSize ?? standard.patchHopSize)
    }
    let size = parameters.patchSize ?? frameCount ?? byName?.patchSize ?? standard.patchSize
    return .init(
      patchSize: size, patchHopSize: parameters.patchHopSize ?? PatchLayout.defaultHopSize(patchSize: size))
  }
}

extension String {
  /// Whether the path names a graph, not a weight file.
  fileprivate var isGraphPath: Bool { !lowercased().hasSuffix(".safetensors") }
}

extension ConversionError {
  /// Whether the file is a readable graph, but not one of MAEST.
  fileprivate var isAboutTheModel: Bool {
    switch self {
    case .noInput, .notMAEST, .unrecognized, .badNumber: true
    case .unreadable, .notAGraph, .danglingReference, .recursiveCall, .duplicateName, .tooLarge, .cyclic,
      .badConstant, .badOperation, .badMetadata, .damaged, .missingVariable, .wrongTensors, .notFinite,
      .missingFact:
      false
    }
  }
}
