/// The nodes of a graph that are not part of the network, and the reasons.
struct IgnoredNodes {
  private(set) var list: [ConversionExplanation.Ignored] = []
  /// Number of nodes that were folded or that only pass values on.
  private(set) var foldedCount = 0

  private static let checkpoint: Set<String> = [
    "SaveV2", "RestoreV2", "MergeV2Checkpoints", "ShardedFilename", "StringJoin", "Save", "Restore",
  ]
  private static let control: Set<String> = ["NoOp", "Assert", "Print", "PrintV2", "ControlTrigger", "Abort"]

  /// - Parameter values: the network's outputs.
  init(search: GraphSearch, values: [Value]) {
    let graph = search.matcher.graph
    let used = search.reachable(from: values)
    let needed = graph.graph.needed(for: values)
    for (index, node) in graph.graph.nodes.enumerated() where !used.contains(index) {
      guard let reason = Self.reason(index, node, graph, isNeeded: needed.contains(index)) else {
        foldedCount += 1
        continue
      }
      list.append(.init(name: node.name, operation: node.operation, reason: reason))
    }
  }

  /// Returns nil for a node that was folded or passes a value on.
  private static func reason(
    _ index: Int, _ node: Node, _ graph: FoldedGraph, isNeeded: Bool
  ) -> ConversionExplanation.Reason? {
    if isNeeded {
      let value = Value(node: index)
      return graph.isConstant(value) || graph.source(of: value) != value ? nil : .branchNotTaken
    }
    if node.operation == "Const" { return .unusedConstant }
    if checkpoint.contains(node.operation) { return .checkpoint }
    if control.contains(node.operation) { return .control }
    // Identities after outputs.
    return graph.source(of: Value(node: index)) != Value(node: index) ? nil : .otherOutput
  }
}
