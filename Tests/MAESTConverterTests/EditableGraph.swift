import Foundation
import MAESTConverter
import MAESTTestSupport

/// A `GraphDef` that a test changes before it is converted.
struct EditableGraph {
  var definition: TensorFlowGraphDef
  /// Where nodes were at first, to find them quickly.
  private let positions: [String: Int]

  struct MissingNode: Error { let name: String }

  /// The flat graph (style v2) of the fixtures: 12 blocks, width 48, 3 heads.
  static let version2 = Result {
    try TensorFlowGraphDef(serializedBytes: Data(contentsOf: URL(filePath: FixtureGraph.version2.path)))
  }
  /// `version2` with six blocks and without what no output depends on.
  private static let shallow = Result {
    var graph = try EditableGraph()
    try graph.cut(blockCount: 6)
    graph.keepOnly(outputs: ["PartitionedCall/Identity", "PartitionedCall/Identity_13"])
    return EditableGraph(definition: graph.definition)
  }
  private static let whole = Result { EditableGraph(definition: try version2.get()) }

  /// The graph with a function library (style v1); the same weights.
  static let version1 = Result {
    try TensorFlowGraphDef(serializedBytes: Data(contentsOf: URL(filePath: FixtureGraph.version1.path)))
  }

  /// The flat graph of the PyTorch original, without what no output depends on.
  static let original = Result {
    let bytes = try Data(contentsOf: URL(filePath: Fixtures.path("graphs/maest-original-2.pb")))
    var graph = EditableGraph(definition: try TensorFlowGraphDef(serializedBytes: bytes))
    graph.keepOnly(
      outputs: (0...4).map { $0 == 0 ? "PartitionedCall/Identity" : "PartitionedCall/Identity_\($0)" })
    return EditableGraph(definition: graph.definition)
  }
  /// Prefix of the names in a block's attention of `original`; `number` counts from 1.
  static func fusedAttention(_ number: Int) -> String { body + "blocks.\(number - 1)/attn/" }

  /// Prefix of the names in the body of `version2`.
  static let body = "PartitionedCall/onnx_tf_prefix_/m/"
  static let transformer = body + "audio_spectrogram_transformer/"
  /// Prefix of the names in a block of `version2`; `number` counts from 1.
  static func block(_ number: Int) -> String { transformer + "layers.\(number - 1)/" }

  /// Prefixes of the names in every block of `sixBlocks`.
  static let blocks = (1...6).map(block)
  /// Prefixes of the names in every LayerNorm of `sixBlocks`.
  static let norms =
    blocks.flatMap { [$0 + "layernorm_before/", $0 + "layernorm_after/"] }
    + [transformer + "layernorm/", body + "classifier/layernorm/"]

}

extension EditableGraph {
  init(definition: TensorFlowGraphDef) {
    self.definition = definition
    positions = Dictionary(
      definition.node.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The flat graph.
  init() throws { self = try Self.whole.get() }

  /// The flat graph with six blocks only.
  static func sixBlocks() throws -> EditableGraph { try shallow.get() }

  static var empty: EditableGraph { EditableGraph(definition: TensorFlowGraphDef()) }
}

// MARK: - Nodes

extension EditableGraph {
  func index(of name: String) throws -> Int {
    if let index = positions[name], definition.node.indices.contains(index),
      definition.node[index].name == name
    {
      return index
    }
    guard let index = definition.node.firstIndex(where: { $0.name == name }) else {
      throw MissingNode(name: name)
    }
    return index
  }

  func node(_ name: String) throws -> TensorFlowNodeDef { definition.node[try index(of: name)] }

  /// Changes a node in place.
  mutating func edit(_ name: String, _ change: (inout TensorFlowNodeDef) throws -> Void) throws {
    try change(&definition.node[try index(of: name)])
  }

  /// Replaces a node's operation and inputs; its attributes go.
  mutating func replace(_ name: String, _ operation: String, _ inputs: [String]) throws {
    try edit(name) {
      $0 = TensorFlowNodeDef()
      $0.name = name
      $0.op = operation
      $0.input = inputs
    }
  }

  /// Adds a node and returns its name.
  @discardableResult
  mutating func add(
    _ name: String, _ operation: String, _ inputs: [String],
    _ attributes: [String: TensorFlowAttrValue] = [:]
  ) -> String {
    var node = TensorFlowNodeDef()
    node.name = name
    node.op = operation
    node.input = inputs
    node.attr = attributes
    definition.node.append(node)
    return name
  }

  /// Adds a constant and returns its name.
  @discardableResult
  mutating func addConstant(_ name: String, _ tensor: TensorFlowTensorProto) -> String {
    add(name, "Const", [], ["value": .tensor(tensor), "dtype": .type(tensor.dtype)])
  }

  /// A function; `build` adds the nodes of its body, `results` has the return value of each output.
  static func function(
    _ name: String, arguments: [String] = [], results: [String: String] = [:],
    _ build: (inout EditableGraph) -> Void = { _ in }
  ) -> TensorFlowFunctionDef {
    func argument(_ name: String) -> TensorFlowOpDef.ArgDef {
      var argument = TensorFlowOpDef.ArgDef()
      argument.name = name
      return argument
    }
    var function = TensorFlowFunctionDef()
    function.signature.name = name
    function.signature.inputArg = arguments.map(argument)
    function.signature.outputArg = results.keys.sorted().map(argument)
    function.ret = results
    var body = EditableGraph.empty
    build(&body)
    function.nodeDef = body.definition.node
    return function
  }

  mutating func addFunction(
    _ name: String, arguments: [String] = [], results: [String: String] = [:],
    _ build: (inout EditableGraph) -> Void = { _ in }
  ) {
    definition.library.function.append(
      Self.function(name, arguments: arguments, results: results, build))
  }

  /// Adds a call of a function and returns its name.
  @discardableResult
  mutating func addCall(_ name: String, of function: String, _ inputs: [String] = []) -> String {
    add(name, "PartitionedCall", inputs, ["f": .function(function)])
  }

  /// Lets every user of `old` take `new` instead, apart from `new` itself.
  mutating func redirect(_ old: String, to new: String) throws {
    _ = try (index(of: old), index(of: new))
    for index in definition.node.indices where definition.node[index].name != new {
      definition.node[index].input = definition.node[index].input.map { $0 == old ? new : $0 }
    }
  }

  /// Puts an operation behind `name`: its first input is `name`, and all users of that take it instead.
  @discardableResult
  mutating func insert(
    _ operation: String, behind name: String, _ others: [String] = [],
    _ attributes: [String: TensorFlowAttrValue] = [:]
  ) throws -> String {
    try insert(operation, behind: [name], others, attributes)
    return Self.inserted(operation, name)
  }

  /// Puts an operation behind each of `names`.
  mutating func insert(
    _ operation: String, behind names: [String], _ others: [String] = [],
    _ attributes: [String: TensorFlowAttrValue] = [:]
  ) throws {
    for name in names { _ = try index(of: name) }
    let moved = Dictionary(uniqueKeysWithValues: names.map { ($0, Self.inserted(operation, $0)) })
    for index in definition.node.indices {
      for position in definition.node[index].input.indices {
        guard let new = moved[definition.node[index].input[position]] else { continue }
        definition.node[index].input[position] = new
      }
    }
    for name in names { add(Self.inserted(operation, name), operation, [name] + others, attributes) }
  }

  private static func inserted(_ operation: String, _ name: String) -> String {
    name + "/inserted \(operation)"
  }

  /// Names of all nodes of an operation, in the order of the file.
  func names(of operation: String) -> [String] {
    definition.node.filter { $0.op == operation }.map(\.name)
  }

  /// Drops every node that `outputs` do not depend on, control inputs aside.
  mutating func keepOnly(outputs: [String]) {
    let byName = Dictionary(definition.node.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var kept: Set<String> = []
    var open = outputs
    while let next = open.popLast() {
      guard kept.insert(next).inserted, let node = byName[next] else { continue }
      open += node.input.filter { !$0.hasPrefix("^") }.map { String($0.prefix { $0 != ":" }) }
    }
    definition.node = definition.node.filter { kept.contains($0.name) }
    for index in definition.node.indices { definition.node[index].input.removeAll { $0.hasPrefix("^") } }
  }
}

// MARK: - Constants

extension EditableGraph {
  /// The name of the constant that `name` passes on.
  func constantName(behind name: String) throws -> String {
    var node = try node(name)
    while node.op == "Identity", let input = node.input.first { node = try self.node(input) }
    guard node.op == "Const" else { throw MissingNode(name: name + " as a constant") }
    return node.name
  }

  /// The constant that `name` passes on.
  func constant(behind name: String) throws -> TensorFlowTensorProto {
    try node(constantName(behind: name)).attr["value"]?.tensor ?? TensorFlowTensorProto()
  }

  /// Changes the constant that `name` passes on, wherever it is used.
  mutating func editConstant(
    behind name: String, _ change: (inout TensorFlowTensorProto) throws -> Void
  ) throws {
    try edit(constantName(behind: name)) { node in
      var tensor = node.attr["value"]?.tensor ?? TensorFlowTensorProto()
      try change(&tensor)
      node.attr["value"] = .tensor(tensor)
      node.attr["dtype"] = .type(tensor.dtype)
    }
  }

  /// The weights: names of the float32 constants of more than one element.
  var weights: [String] {
    definition.node.filter { node in
      guard node.op == "Const", let tensor = node.attr["value"]?.tensor else { return false }
      return tensor.dtype == .dtFloat && tensor.shape.reduce(1, *) > 1
    }.map(\.name)
  }

  /// The weights of the dense layers in the blocks: names of the products' second inputs and of the products.
  var blockProducts: [(product: String, weight: String)] {
    definition.node.filter { $0.op == "BatchMatMulV2" && $0.input.count == 2 }
      .compactMap { node in
        guard let weight = try? constantName(behind: node.input[1]) else { return nil }
        return (node.name, weight)
      }
  }
}
