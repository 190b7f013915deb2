/// A graph with everything worked out that does not depend on the input: shapes, small constants, and which
/// values merely pass another one on.
///
/// Sizes that the graph leaves open are taken as 1 (the batch). Large constants stay unevaluated until they are
/// asked for, so that weights are not copied.
struct FoldedGraph {
  let graph: Graph
  /// Shape of each value; nil where it is not known.
  private var shapes: [Value: [Int]] = [:]
  /// Values that do not depend on the input.
  private var constants: Set<Value> = []
  /// Constants that have been worked out.
  private var known: [Value: ConstantTensor] = [:]
  /// Values that pass another one on, unchanged.
  private var aliases: [Value: Value] = [:]

  /// Operations whose first input passes through.
  private static let passing: Set<String> = [
    "Identity", "StopGradient", "PreventGradient", "Snapshot", "EnsureShape", "CheckNumerics",
  ]
  /// Constants with inputs of more elements than this are worked out only on demand.
  private static let eagerLimit = 4096
  /// Operations between a large constant and the `Const` node that it is made of.
  private static let depthLimit = 64
  /// Elements of the largest value whose shape is believed.
  private static let elementLimit = 1 << 40

  init(_ graph: Graph) {
    self.graph = graph
    for index in graph.nodes.indices { fold(index) }
  }

  /// The value that `value` passes on, or itself.
  func source(of value: Value) -> Value { aliases[value] ?? value }

  func shape(of value: Value) -> [Int]? { shapes[source(of: value)] }

  func isConstant(_ value: Value) -> Bool { constants.contains(source(of: value)) }

  func node(of value: Value) -> Node { graph[source(of: value)] }

  /// The elements of a constant; nil where it is none or cannot be worked out.
  func constant(_ value: Value) -> ConstantTensor? { constant(value, depth: 0) }

  private func constant(_ value: Value, depth: Int) -> ConstantTensor? {
    let value = source(of: value)
    if let tensor = known[value] { return tensor }
    guard constants.contains(value), depth < Self.depthLimit else { return nil }
    let node = graph[value]
    var inputs: [ConstantTensor] = []
    for input in node.inputs {
      guard let tensor = constant(input, depth: depth + 1) else { return nil }
      inputs.append(tensor)
    }
    guard let outputs = try? Operations.evaluate(node, inputs), outputs.indices.contains(value.output) else {
      return nil
    }
    return outputs[value.output]
  }

  /// The `Const` nodes that `value` is made of.
  func constantNodes(of value: Value) -> Set<Int> {
    var found: Set<Int> = []
    var open = [source(of: value)]
    var seen: Set<Value> = []
    while let next = open.popLast() {
      guard seen.insert(next).inserted else { continue }
      if graph[next].operation == "Const" { found.insert(next.node) }
      open += graph[next].inputs.map(source)
    }
    return found
  }
}

// MARK: - Folding

extension FoldedGraph {
  private mutating func fold(_ index: Int) {
    let node = graph.nodes[index]
    if let target = passedValue(node, index) {
      for (output, value) in target { aliases[Value(node: index, output: output)] = source(of: value) }
      return
    }
    let isConstant = node.operation == "Const" || isPure(node) && node.inputs.allSatisfy(self.isConstant)
    if isConstant, node.operation == "Const" || inputsAreSmall(node), foldEagerly(node, index) { return }
    if let shapeOnly = shapeValue(node) {
      remember([shapeOnly], index)
      return
    }
    for (output, shape) in ShapeRules.shapes(of: node, in: self).enumerated() {
      let value = Value(node: index, output: output)
      shapes[value] = shape.flatMap(believable)
      if isConstant { constants.insert(value) }
    }
  }

  /// The shape, if its elements can be counted.
  private func believable(_ shape: [Int]) -> [Int]? {
    var count = 1
    for size in shape {
      guard size >= 0, size <= Self.elementLimit / max(count, 1) else { return nil }
      count *= size
    }
    return shape
  }

  /// Where a node's outputs merely pass on another value: by output.
  private func passedValue(_ node: Node, _ index: Int) -> [Int: Value]? {
    guard let first = node.inputs.first else { return nil }
    switch node.operation {
    case let operation where Self.passing.contains(operation): return [0: first]
    case "IdentityN": return Dictionary(uniqueKeysWithValues: node.inputs.enumerated().map { ($0, $1) })
    case "Switch":
      guard node.inputs.count == 2, let taken = constant(node.inputs[1])?.booleans?.first else { return nil }
      return [taken ? 1 : 0: first]
    case "Merge":
      // Only one input is alive once every condition is known.
      let alive = node.inputs.filter { !isDead($0) }
      return alive.count == 1 ? [0: alive[0]] : nil
    case "SelectBranch":
      guard node.inputs.count == 3, let taken = constant(first)?.booleans?.first else { return nil }
      return [0: taken ? node.inputs[1] : node.inputs[2]]
    default: return nil
    }
  }

  /// Whether a value comes from the side of a `Switch` that is not taken.
  private func isDead(_ value: Value) -> Bool {
    var value = source(of: value)
    // Dead values run through chains of single-input operations such as Identity.
    for _ in 0..<64 {
      let node = graph[value]
      if node.operation == "Switch" { return aliases[value] == nil && constant(node.inputs[1]) != nil }
      guard let next = node.inputs.first else { return false }
      value = source(of: next)
    }
    return false
  }

  private func isPure(_ node: Node) -> Bool {
    !node.inputs.isEmpty && Operations.table[node.operation] != nil
  }

  private func inputsAreSmall(_ node: Node) -> Bool {
    node.inputs.allSatisfy { (shape(of: $0)?.reduce(1, *) ?? .max) <= Self.eagerLimit }
  }

  private mutating func foldEagerly(_ node: Node, _ index: Int) -> Bool {
    let inputs = node.inputs.compactMap(constant)
    guard inputs.count == node.inputs.count, let outputs = try? Operations.evaluate(node, inputs) else {
      return false
    }
    remember(outputs, index)
    return true
  }

  private mutating func remember(_ outputs: [ConstantTensor], _ index: Int) {
    for (output, tensor) in outputs.enumerated() {
      let value = Value(node: index, output: output)
      known[value] = tensor
      shapes[value] = tensor.shape
      constants.insert(value)
    }
  }

  /// `Shape`, `Rank` and `Size` of a value whose shape is known are constants, whatever its elements.
  private func shapeValue(_ node: Node) -> ConstantTensor? {
    guard let input = node.inputs.first, let shape = shape(of: input) else { return nil }
    switch node.operation {
    case "Shape": return ConstantTensor(integers: shape, shape: [shape.count])
    case "Rank": return ConstantTensor(integers: [shape.count], shape: [], type: .int32)
    case "Size": return ConstantTensor(integers: [shape.reduce(1, *)], shape: [], type: .int32)
    default: return nil
    }
  }
}
