/// Translates the nodes of an ONNX graph, one after the other, to TensorFlow operations.
///
/// Constants are folded as the graph grows, because the meaning of many ONNX operators depends on shapes and on inputs
/// that must be constants. An operator that is unknown, or whose shapes are unknown, stays under a name of its own: it
/// is an error only if the network depends on it.
struct ONNXTranslator {
  /// Prefix of the names of operations without a translation.
  static let untranslatedPrefix = "ONNX "
  /// Maximum number of elements that an operation may make from small constants: a mask of all pairs of tokens in a
  /// 30-second patch has 2.8 million. They are evaluated only on demand, within separate limits (see ``FoldedGraph``).
  static let foldedElementLimit = 1 << 26
  /// Constants of more elements are evaluated on demand, every time (see ``FoldedGraph``).
  private static let smallElementCount = 4096
  /// Maximum number of operations in the chain of a constant that is evaluated on demand.
  private static let foldingCostLimit = 256
  private static let nodeLimit = 1 << 16

  /// Version of ONNX's operators that the file uses; during the translation of a node, the version that it is written
  /// for.
  private(set) var operatorVersion: Int
  private var external: ONNXExternalData
  private(set) var folded = FoldedGraph(Graph(nodes: [], addressable: [:], summary: ""))
  /// The value that each tensor name denotes.
  private var values: [String: Value] = [:]
  private var types: [Value: ElementType] = [:]
  /// Remaining number of elements that triangular masks may have.
  var triangleBudget = 1 << 25
  /// Number of operations needed to evaluate a constant made from large constants.
  private var foldingCosts: [Value: Int] = [:]
  /// See ``ConstantTensor``.
  private var fillBudget = ConstantTensor.fillLimit
  /// Name of the ONNX node that is being translated.
  private var currentName = ""
  /// The file's name of that node's operator; empty for tensors and inputs.
  private var currentOperator = ""

  init(operatorVersion: Int, external: ONNXExternalData) {
    self.operatorVersion = operatorVersion
    self.external = external
  }

  mutating func translate(_ model: ONNXModelProto) throws(ConversionError) -> Graph {
    let (graph, version) = (model.graph, operatorVersion)
    let nodes = try ONNXFunctions.inlined(model, version: version, sizeLimit: Self.nodeLimit)
    let used = Set(nodes.flatMap(\.proto.input))
    var unused: Set<Int> = []
    for tensor in graph.initializer {
      currentName = tensor.name
      let value = try constant(contents(of: tensor))
      values[tensor.name] = value
      if !used.contains(tensor.name) { unused.insert(value.node) }
    }
    for input in graph.input where values[input.name] == nil { try addInput(input) }
    for index in try ONNXOrder.sorted(nodes.map(\.proto)) {
      operatorVersion = nodes[index].version
      try addNode(nodes[index].proto)
    }
    var addressable: [String: Value] = [:]
    for output in graph.output {
      guard let value = values[output.name] else {
        throw .danglingReference(node: "graph output", reference: output.name)
      }
      addressable[output.name] = value
    }
    var result = folded.graph
    result.addressable = addressable
    let needed = result.needed(for: Array(addressable.values)).union(unused)
    result = result.pruned(to: needed)
    let functions = model.functions.isEmpty ? "" : ", \(model.functions.count) functions"
    result.summary =
      "\(graph.node.count) nodes of operator set \(version), \(graph.initializer.count) initializers\(functions)"
    return result
  }

  private mutating func addInput(_ input: ONNXValueInfoProto) throws(ConversionError) {
    currentName = input.name
    let type = input.type.tensorType
    guard ![.float16, .bfloat16, .double].contains(type.elemType) else {
      throw .unrecognized(
        place: "input", node: input.name, found: "numbers of type \(ElementType(type.elemType).rawValue)",
        expected: "float32: export the model in single precision")
    }
    let shape = type.shape?.dim.map { $0.dimValue > 0 ? Int($0.dimValue) : nil }
    values[input.name] = try add(
      "Placeholder", [], ["shape": .shape(shape)], type: ElementType(type.elemType))
  }

  private mutating func addNode(_ proto: ONNXNodeProto) throws(ConversionError) {
    var inputs: [Value?] = []
    for name in proto.input {
      guard name.isEmpty || values[name] != nil else {
        throw .danglingReference(
          node: proto.name.isEmpty ? proto.output.first ?? "" : proto.name, reference: name)
      }
      inputs.append(values[name])
    }
    let operation = ONNXOperation(proto, inputs: inputs)
    (currentName, currentOperator) = (operation.name, operation.qualifiedType)
    let outputs: [Value]
    if let translation = ONNXOperators.translation(proto.opType, domain: proto.domain) {
      outputs = try translation(operation, &self)
    } else {
      outputs = try untranslated(operation)
    }
    for (name, value) in zip(proto.output, outputs) where !name.isEmpty { values[name] = value }
  }
}

// MARK: - Building

extension ONNXTranslator {
  /// Adds a TensorFlow operation and returns its first output; `type` defaults to the type of its first input.
  mutating func add(
    _ operation: String, _ inputs: [Value], _ attributes: [String: Attribute] = [:], type: ElementType? = nil
  ) throws(ConversionError) -> Value {
    guard folded.graph.nodes.count < Self.nodeLimit else { throw .tooLarge(limit: Self.nodeLimit) }
    var node = Node(name: currentName, operation: operation, inputs: inputs, attributes: attributes)
    let cost = foldingCost(node)
    if !currentOperator.isEmpty { node.sourceOperation = currentOperator }
    if cost > Self.foldingCostLimit || growsBeyondLimit(node) {
      node.operation = Self.untranslatedPrefix + operation
    }
    let value = Value(node: folded.append(node))
    foldingCosts[value] = cost
    types[value] = type ?? inputs.first.map { self.type(of: $0) } ?? .float32
    return value
  }

  /// Returns the number of operations needed to evaluate `node`; 0 if its inputs are small and so already evaluated.
  private func foldingCost(_ node: Node) -> Int {
    guard node.inputs.contains(where: { count($0) ?? .max > Self.smallElementCount }),
      node.inputs.allSatisfy(folded.isConstant)
    else { return 0 }
    return node.inputs.reduce(1) { min($0 + (foldingCosts[$1] ?? 0), Self.foldingCostLimit + 1) }
  }

  /// Returns whether folding `node` would make a large constant from small ones, as no real model does.
  private func growsBeyondLimit(_ node: Node) -> Bool {
    guard !node.inputs.isEmpty, node.inputs.allSatisfy(folded.isConstant) else { return false }
    let largest = node.inputs.map { count($0) ?? 0 }.max() ?? 0
    let results = ShapeRules.shapes(of: node, in: folded).map { $0?.reduce(1.0) { $0 * Double($1) } ?? 0 }
    return (results.max() ?? 0) > Double(max(Self.foldedElementLimit, largest))
  }

  /// Returns all outputs of the operation whose first output is `value`; all have the same type.
  mutating func outputs(of value: Value, count: Int) -> [Value] {
    let outputs = (0..<count).map { Value(node: value.node, output: $0) }
    for output in outputs { types[output] = type(of: value) }
    return outputs
  }

  /// Returns the contents of a tensor of the file.
  mutating func contents(of tensor: ONNXTensorProto) throws(ConversionError) -> ConstantTensor {
    try ConstantTensor(tensor, node: currentName, external: &external, fillBudget: &fillBudget)
  }

  /// Adds a cast of a value to another type.
  mutating func castNode(_ value: Value, to type: ElementType) throws(ConversionError) -> Value {
    let attributes = ["SrcT": Attribute.type(self.type(of: value)), "DstT": .type(type)]
    return try add("Cast", [value], attributes, type: type)
  }

  /// Casts a value if it has another type; otherwise returns the value itself.
  mutating func cast(_ value: Value, to type: ElementType) throws(ConversionError) -> Value {
    self.type(of: value) == type ? value : try castNode(value, to: type)
  }

  mutating func constant(_ tensor: ConstantTensor) throws(ConversionError) -> Value {
    try add("Const", [], ["value": .tensor(tensor)], type: tensor.type)
  }

  /// Adds a list of integers, such as axes or a shape.
  mutating func constant(_ integers: [Int]) throws(ConversionError) -> Value {
    try constant(ConstantTensor(integers: integers, shape: [integers.count]))
  }

  /// Adds a scalar integer.
  mutating func constant(_ integer: Int) throws(ConversionError) -> Value {
    try constant(ConstantTensor(integers: [integer], shape: []))
  }

  /// Adds a scalar number.
  mutating func constant(_ number: Float) throws(ConversionError) -> Value {
    try constant(ConstantTensor(floats: [number], shape: []))
  }

  /// Keeps an operator without a translation; `reason` says what is not supported.
  mutating func untranslated(
    _ operation: ONNXOperation, _ reason: String? = nil
  ) throws(ConversionError) -> [Value] {
    currentOperator = operation.qualifiedType + (reason.map { " (\($0))" } ?? "")
    let node = try add(Self.untranslatedPrefix + currentOperator, operation.inputs.compactMap { $0 })
    return (0..<max(operation.outputCount, 1)).map { Value(node: node.node, output: $0) }
  }
}

// MARK: - Known values

extension ONNXTranslator {
  func shape(_ value: Value) -> [Int]? { folded.shape(of: value) }

  /// Returns whether a value is a matrix product without a bias.
  func isProduct(_ value: Value) -> Bool {
    PatternMatcher.products.contains(folded.node(of: value).operation)
  }

  func count(_ value: Value) -> Int? { shape(value)?.reduce(1, *) }

  /// Returns the sizes, axes or positions along axes that a constant lists.
  func integers(_ value: Value) -> [Int]? { folded.list(value) }

  /// Returns the integers of a small constant, such as indices.
  func smallIntegers(_ value: Value) -> [Int]? {
    guard let count = count(value), count <= Self.smallElementCount else { return nil }
    return folded.constant(value)?.integers
  }

  /// Returns the truth values of a small constant.
  func booleans(_ value: Value) -> [Bool]? {
    guard let count = count(value), count <= Self.smallElementCount else { return nil }
    return folded.constant(value)?.booleans
  }

  func type(of value: Value) -> ElementType { types[value] ?? .float32 }

  /// Returns the integers of an attribute or, in later operator versions, of the input at `index`.
  func integers(
    _ operation: ONNXOperation, attribute: String, orInput index: Int
  ) -> ONNXSetting {
    if let values = operation.integers(attribute) {
      return values.count <= ConstantTensor.rankLimit ? .known(values) : .unknown
    }
    guard let input = operation.optionalInput(index) else { return .absent }
    return integers(input).map { .known($0) } ?? .unknown
  }
}

/// An optional list of integers of an operator.
enum ONNXSetting {
  case known([Int])
  case absent
  /// Computed from the graph's input.
  case unknown
}
