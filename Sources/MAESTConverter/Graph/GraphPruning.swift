extension Graph {
  /// Returns the positions of the nodes that `values` depend on.
  func needed(for values: [Value]) -> Set<Int> {
    var needed: Set<Int> = []
    var open = values.map(\.node)
    while let next = open.popLast() {
      guard needed.insert(next).inserted else { continue }
      open += nodes[next].inputs.map(\.node)
    }
    return needed
  }

  /// Returns the graph with only the nodes at the positions `kept`, which must include all their inputs.
  func pruned(to kept: Set<Int>) -> Graph {
    let order = nodes.indices.filter(kept.contains)
    let position = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($0.element, $0.offset) })
    func moved(_ value: Value) -> Value? {
      position[value.node].map { Value(node: $0, output: value.output) }
    }
    var result = self
    result.nodes = order.map { old in
      var node = nodes[old]
      node.inputs = node.inputs.compactMap(moved)
      return node
    }
    result.addressable = addressable.compactMapValues(moved)
    return result
  }
}
