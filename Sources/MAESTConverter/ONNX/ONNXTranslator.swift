/// Translates the nodes of an ONNX graph, one after the other, into TensorFlow's operations.
///
/// What is known so far is folded as it grows, because the meaning of many ONNX operators depends on shapes
/// and on inputs that must be constants. An operator that is unknown, or whose shapes are, stays under a name
/// of its own: that is an error only where the network depends on it.
struct ONNXTranslator {
  /// What the names of operations begin with that have no translation.
  static let untranslatedPrefix = "ONNX "
  /// Elements that an operation may make out of small constants: a mask of all pairs of tokens in a patch of 30 seconds
  /// has 2.8 million. They are worked out only where they are needed, within limits of their own (see ``FoldedGraph``).
  static let foldedElementLimit = 1 << 26
  /// Constants of more elements are worked out on demand, each time anew (see ``FoldedGraph``).
  private static let smallElementCount = 4096
  /// Operations that may stand behind a constant that is worked out on demand.
  private static let foldingCostLimit = 256
  private static let nodeLimit = 1 << 16

  /// Version of ONNX's operators that the file uses; while a node is translated, that which it is written for.
  private(set) var operatorVersion: Int
  private var external: ONNXExternalData
  private(set) var folded = FoldedGraph(Graph(nodes: [], addressable: [:], summary: ""))
  /// What each tensor's name stands for.
  private var values: [String: Value] = [:]
  private var types: [Value: ElementType] = [:]
  /// Elements that masks of triangles may still have.
  var triangleBudget = 1 << 25
  /// Operations that it takes to work out a constant made of large ones.
  private var foldingCosts: [Value: Int] = [:]
  /// See ``ConstantTensor``.
  private var fillBudget = ConstantTensor.fillLimit
  /// Name of the ONNX node that is being translated.
  private var currentName = ""
  /// What the file calls the operator of that node; empty for tensors and inputs.
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
  /// Adds an operation of TensorFlow's and gives its first output, of `type` or of its first input's type.
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

  /// Operations that working out `node` takes: 0 where its inputs are small, and so worked out already.
  private func foldingCost(_ node: Node) -> Int {
    guard node.inputs.contains(where: { count($0) ?? .max > Self.smallElementCount }),
      node.inputs.allSatisfy(folded.isConstant)
    else { return 0 }
    return node.inputs.reduce(1) { min($0 + (foldingCosts[$1] ?? 0), Self.foldingCostLimit + 1) }
  }

  /// Whether folding `node` would make a large constant out of small ones, as no real model does.
  private func growsBeyondLimit(_ node: Node) -> Bool {
    guard !node.inputs.isEmpty, node.inputs.allSatisfy(folded.isConstant) else { return false }
    let largest = node.inputs.map { count($0) ?? 0 }.max() ?? 0
    let results = ShapeRules.shapes(of: node, in: folded).map { $0?.reduce(1.0) { $0 * Double($1) } ?? 0 }
    return (results.max() ?? 0) > Double(max(Self.foldedElementLimit, largest))
  }

  /// All outputs of the operation whose first one is `value`, of the same type.
  mutating func outputs(of value: Value, count: Int) -> [Value] {
    let outputs = (0..<count).map { Value(node: value.node, output: $0) }
    for output in outputs { types[output] = type(of: value) }
    return outputs
  }

  /// The contents of a tensor of the file.
  mutating func contents(of tensor: ONNXTensorProto) throws(ConversionError) -> ConstantTensor {
    try ConstantTensor(tensor, node: currentName, external: &external, fillBudget: &fillBudget)
  }

  /// A value as another type.
  mutating func castNode(_ value: Value, to type: ElementType) throws(ConversionError) -> Value {
    let attributes = ["SrcT": Attribute.type(self.type(of: value)), "DstT": .type(type)]
    return try add("Cast", [value], attributes, type: type)
  }

  /// The same where it has another type; otherwise itself.
  mutating func cast(_ value: Value, to type: ElementType) throws(ConversionError) -> Value {
    self.type(of: value) == type ? value : try castNode(value, to: type)
  }

  mutating func constant(_ tensor: ConstantTensor) throws(ConversionError) -> Value {
    try add("Const", [], ["value": .tensor(tensor)], type: tensor.type)
  }

  /// A list of integers, for axes, shapes and the like.
  mutating func constant(_ integers: [Int]) throws(ConversionError) -> Value {
    try constant(ConstantTensor(integers: integers, shape: [integers.count]))
  }

  /// A scalar integer.
  mutating func constant(_ integer: Int) throws(ConversionError) -> Value {
    try constant(ConstantTensor(integers: [integer], shape: []))
  }

  /// A scalar number.
  mutating func constant(_ number: Float) throws(ConversionError) -> Value {
    try constant(ConstantTensor(floats: [number], shape: []))
  }

  /// Keeps an operator that has no translation here; `reason` tells what about it has none.
  mutating func untranslated(
    _ operation: ONNXOperation, _ reason: String? = nil
  ) throws(ConversionError) -> [Value] {
    currentOperator = operation.qualifiedType + (reason.map { " (\($0))" } ?? "")
    let node = try add(Self.untranslatedPrefix + currentOperator, operation.inputs.compactMap { $0 })
    return (0..<max(operation.outputCount, 1)).map { Value(node: node.node, output: $0) }
  }
}

// MARK: - What is known

extension ONNXTranslator {
  func shape(_ value: Value) -> [Int]? { folded.shape(of: value) }

  /// Whether a value is a product of matrices, without a bias.
  func isProduct(_ value: Value) -> Bool {
    PatternMatcher.products.contains(folded.node(of: value).operation)
  }

  func count(_ value: Value) -> Int? { shape(value)?.reduce(1, *) }

  /// The sizes, axes or positions along axes that a constant lists.
  func integers(_ value: Value) -> [Int]? { folded.list(value) }

  /// The integers of a small constant, such as indices.
  func smallIntegers(_ value: Value) -> [Int]? {
    guard let count = count(value), count <= Self.smallElementCount else { return nil }
    return folded.constant(value)?.integers
  }

  /// The truth values of a small constant.
  func booleans(_ value: Value) -> [Bool]? {
    guard let count = count(value), count <= Self.smallElementCount else { return nil }
    return folded.constant(value)?.booleans
  }

  func type(of value: Value) -> ElementType { types[value] ?? .float32 }

  /// The integers of an attribute or, in later versions of an operator, of its input at `index`.
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

/// A list of integers that an operator may have.
enum ONNXSetting {
  case known([Int])
  case absent
  /// It is computed from the graph's input.
  case unknown
}
