/// Replaces every operation that reads a variable by a constant with its contents.
///
/// The graph itself states which checkpoint tensor belongs to which variable: its restore operations assign the result
/// of `RestoreV2` for a key to a variable. For a variable without a restore operation the name is used: as a key, or as
/// its name in the checkpoint's object graph. (Names alone are not sufficient: variables with equal names are numbered
/// in the graph, but not in the object graph.)
struct VariableResolver {
  private let graph: Graph
  private let checkpoint: TensorBundle
  /// Checkpoint keys by the position of the variable's node.
  private let restoredKeys: [Int: String]
  private let keysByName: [String: String]

  private static let variables: Set<String> = ["VarHandleOp", "VariableV2", "Variable"]
  private static let assignments: Set<String> = ["AssignVariableOp", "Assign"]

  /// Returns whether `graph` has any variables.
  static func isNeeded(for graph: Graph) -> Bool { graph.nodes.contains { variables.contains($0.operation) } }

  init(_ graph: Graph, checkpoint: TensorBundle) throws(ConversionError) {
    self.graph = graph
    self.checkpoint = checkpoint
    keysByName = try checkpoint.keysByVariableName()
    restoredKeys = Self.restoredKeys(graph)
  }

  /// Returns the graph with constants for the reads that `outputs` depend on, and their number.
  func resolved(for outputs: [Value]) throws(ConversionError) -> (graph: Graph, count: Int) {
    var result = graph
    for index in graph.nodes.indices where variable(readBy: index) != nil { result.nodes[index].inputs = [] }
    let needed = result.needed(for: outputs)
    var contents = Contents()
    var count = 0
    for index in needed.sorted() {
      guard let variable = variable(readBy: index) else { continue }
      result.nodes[index].operation = "Const"
      result.nodes[index].attributes = ["value": .tensor(try self.contents(ofVariable: variable, &contents))]
      count += 1
    }
    return (result.pruned(to: needed), count)
  }

  /// Returns the variable's node whose contents the node at `index` returns.
  private func variable(readBy index: Int) -> Int? {
    let node = graph.nodes[index]
    // A variable of the older kind is its own read operation.
    if Self.variables.contains(node.operation) { return node.operation == "VarHandleOp" ? nil : index }
    guard node.operation == "ReadVariableOp", let handle = node.inputs.first else { return nil }
    let source = Self.behindIdentities(handle, graph).node
    return graph.nodes[source].operation == "VarHandleOp" ? source : nil
  }

  /// The checkpoint tensors read so far; each is read once.
  private struct Contents {
    var tensors: [String: ConstantTensor] = [:]
    var fillBudget = ConstantTensor.fillLimit

    mutating func tensor(
      _ key: String, of checkpoint: TensorBundle
    ) throws(ConversionError) -> ConstantTensor {
      if let known = tensors[key] { return known }
      let tensor = try checkpoint.tensor(key, fillBudget: &fillBudget)
      tensors[key] = tensor
      return tensor
    }
  }

  /// Returns the contents of a variable.
  private func contents(
    ofVariable index: Int, _ contents: inout Contents
  ) throws(ConversionError) -> ConstantTensor {
    let node = graph.nodes[index]
    let name = node.attributes["shared_name"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? node.name
    let candidates = [restoredKeys[index], name, name + "/.ATTRIBUTES/VARIABLE_VALUE", keysByName[name]]
    guard let key = candidates.lazy.compactMap({ $0 }).first(where: checkpoint.contains) else {
      throw .missingVariable(name: name, checkpoint: checkpoint.prefix)
    }
    let tensor = try contents.tensor(key, of: checkpoint)
    if case .shape(let shape?) = node.attributes["shape"] {
      let fits =
        shape.count == tensor.shape.count && zip(shape, tensor.shape).allSatisfy { $0 == nil || $0 == $1 }
      guard fits else {
        let wanted = shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ")
        throw .badConstant(
          node: name, reason: "shape \(tensor.shape) in the checkpoint, [\(wanted)] in the graph")
      }
    }
    return tensor
  }

  // MARK: - Restore operations

  /// Follows each assignment back to the `RestoreV2` whose output it stores.
  private static func restoredKeys(_ graph: Graph) -> [Int: String] {
    var keys: [Int: String] = [:]
    for node in graph.nodes where assignments.contains(node.operation) && node.inputs.count >= 2 {
      let restored = behindIdentities(node.inputs[1], graph)
      let restore = graph[restored]
      guard restore.operation == "RestoreV2", restore.inputs.count >= 2,
        case .strings(let names) = graph[behindIdentities(restore.inputs[1], graph)]
          .attributes["value"]?.tensor?.elements,
        names.indices.contains(restored.output)
      else { continue }
      keys[behindIdentities(node.inputs[0], graph).node] = String(
        decoding: names[restored.output], as: UTF8.self)
    }
    return keys
  }

  private static func behindIdentities(_ start: Value, _ graph: Graph) -> Value {
    var value = start
    // The graph has no cycles, so this loop ends.
    while graph[value].operation == "Identity", let input = graph[value].inputs.first { value = input }
    return value
  }
}
