import MAESTConverter

/// Builds small graphs node by node.
struct GraphBuilder {
  private var nodes: [Node] = []

  /// Adds a node; returns its first output.
  mutating func add(
    _ operation: String, _ inputs: [Value] = [], named name: String? = nil,
    _ attributes: [String: Attribute] = [:]
  ) -> Value {
    nodes.append(
      Node(
        name: name ?? "\(operation)_\(nodes.count)", operation: operation, inputs: inputs,
        attributes: attributes))
    return Value(node: nodes.count - 1)
  }

  mutating func constant(_ tensor: ConstantTensor) -> Value { add("Const", ["value": .tensor(tensor)]) }

  mutating func placeholder(_ name: String, shape: [Int?]? = nil) -> Value {
    add("Placeholder", named: name, ["shape": .shape(shape), "dtype": .type(.float32)])
  }

  private mutating func add(_ operation: String, _ attributes: [String: Attribute]) -> Value {
    add(operation, [], named: nil, attributes)
  }

  /// The graph, with all nodes addressable by name.
  var graph: Graph {
    let names = nodes.enumerated().map { ($0.element.name, Value(node: $0.offset)) }
    return Graph(
      nodes: nodes, addressable: Dictionary(names, uniquingKeysWith: { first, _ in first }), summary: "")
  }
}

extension Value {
  /// Another output of the same node.
  func output(_ index: Int) -> Value { Value(node: node, output: index) }
}
