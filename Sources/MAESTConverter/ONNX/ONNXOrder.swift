/// Sorts the nodes of an ONNX graph so that each comes after those whose outputs it uses.
enum ONNXOrder {
  /// Returns the positions of the nodes in topological order (Kahn's algorithm); throws if they form a cycle or if two
  /// nodes have the same output.
  static func sorted(_ nodes: [ONNXNodeProto]) throws(ConversionError) -> [Int] {
    var producer: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for output in node.output where !output.isEmpty {
        guard producer.updateValue(index, forKey: output) == nil else {
          throw .duplicateName(output)
        }
      }
    }
    var waitingFor = Array(repeating: 0, count: nodes.count)
    var users: [[Int]] = Array(repeating: [], count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for source in node.input.compactMap({ producer[$0] }) {
        waitingFor[index] += 1
        users[source].append(index)
      }
    }
    var order = nodes.indices.filter { waitingFor[$0] == 0 }
    var next = 0
    while next < order.count {
      for user in users[order[next]] {
        waitingFor[user] -= 1
        if waitingFor[user] == 0 { order.append(user) }
      }
      next += 1
    }
    guard order.count == nodes.count else {
      let node = waitingFor.firstIndex { $0 > 0 }.map { nodes[$0] }
      throw .cyclic(node: node?.output.first ?? "")
    }
    return order
  }
}
