/// Result shapes of operations whose elements are not known.
enum ShapeRules {
  /// A rule; it returns nil or throws if the shape cannot be determined.
  typealias Rule = @Sendable (ShapeInputs) throws(ConversionError) -> [Int]?

  /// Returns the shape of each output of `node`; nil if it cannot be determined.
  static func shapes(of node: Node, in graph: FoldedGraph) -> [[Int]?] {
    let inputs = ShapeInputs(node: node, graph: graph)
    if let parts = partRules[node.operation] { return (try? parts(inputs)) ?? [nil] }
    if sameShape.contains(node.operation) { return [inputs.shape(0)] }
    if broadcasting.contains(node.operation) { return [broadcastShape(inputs)] }
    return [(try? rules[node.operation]?(inputs)) ?? nil]
  }

  private static let rules = [layout, selection, products, assembly].reduce(into: [:]) { table, group in
    table.merge(group) { first, _ in first }
  }

  private static let sameShape: Set<String> = [
    "Softmax", "Erf", "Erfc", "Sigmoid", "Tanh", "Relu", "Elu", "Gelu", "Sqrt", "Rsqrt", "Square", "Neg",
    "Reciprocal", "Inv", "Cast", "Exp", "Log", "Abs", "Floor", "Ceil", "Rint", "Round", "LogicalNot", "IsNan",
    "BiasAdd", "AddN", "ZerosLike", "OnesLike", "Switch",
  ]
  private static let broadcasting: Set<String> = [
    "Add", "AddV2", "Sub", "Mul", "Div", "RealDiv", "TruncateDiv", "TruncateMod", "FloorDiv", "FloorMod",
    "Pow", "Minimum", "Maximum", "SquaredDifference", "Equal", "NotEqual", "Less", "LessEqual", "Greater",
    "GreaterEqual", "LogicalAnd", "LogicalOr",
  ]

  private static func broadcastShape(_ inputs: ShapeInputs) -> [Int]? {
    guard let left = inputs.shape(0), let right = inputs.shape(1) else { return nil }
    return Broadcast.shape(left, right)
  }
}

/// The information about an operation that shape rules may use.
struct ShapeInputs {
  let node: Node
  let graph: FoldedGraph

  func shape(_ index: Int) -> [Int]? {
    node.inputs.indices.contains(index) ? graph.shape(of: node.inputs[index]) : nil
  }

  /// Returns the sizes, axes or positions that a constant input lists.
  func list(_ index: Int) -> [Int]? {
    node.inputs.indices.contains(index) ? graph.list(node.inputs[index]) : nil
  }

  /// Returns the axis that a constant input names, for a tensor of rank `rank`; nil if it is unknown.
  func axis(at index: Int, rank: Int) throws(ConversionError) -> Int? {
    guard let value = list(index), value.count == 1 else { return nil }
    return try axis(value[0], rank: rank)
  }

  func axis(_ value: Int, rank: Int) throws(ConversionError) -> Int {
    try Operands(node: node, inputs: []).axis(value, rank: rank)
  }
}
