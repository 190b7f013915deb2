/// Sorts the nodes of a graph so that each comes after its inputs.
enum TopologicalOrder {
  /// Returns the graph with its nodes in topological order (Kahn's algorithm); throws if it contains a cycle.
  static func sorted(_ graph: Graph) throws(ConversionError) -> Graph {
    var waitingFor = graph.nodes.map(\.inputs.count)
    var users: [[Int]] = Array(repeating: [], count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs { users[input.node].append(index) }
    }
    var order = graph.nodes.indices.filter { waitingFor[$0] == 0 }
    var next = 0
    while next < order.count {
      for user in users[order[next]] {
        waitingFor[user] -= 1
        if waitingFor[user] == 0 { order.append(user) }
      }
      next += 1
    }
    guard order.count == graph.nodes.count else {
      let node = waitingFor.firstIndex { $0 > 0 }.map { graph.nodes[$0].name } ?? ""
      throw .cyclic(node: node)
    }
    return reordered(graph, order)
  }

  private static func reordered(_ graph: Graph, _ order: [Int]) -> Graph {
    var position = Array(repeating: 0, count: order.count)
    for (new, old) in order.enumerated() { position[old] = new }
    func moved(_ value: Value) -> Value { Value(node: position[value.node], output: value.output) }
    var result = graph
    result.nodes = order.map { old in
      var node = graph.nodes[old]
      node.inputs = node.inputs.map(moved)
      return node
    }
    result.addressable = graph.addressable.mapValues(moved)
    return result
  }
}
