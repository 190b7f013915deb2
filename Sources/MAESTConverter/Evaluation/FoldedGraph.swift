/// A graph with everything worked out that does not depend on the input: shapes, small constants, and which
/// values merely pass another one on.
///
/// Sizes that the graph leaves open are taken as 1 (the batch). Large constants stay unevaluated until they are
/// asked for, so that weights are not copied.
package struct FoldedGraph {
  private(set) var graph: Graph
  /// Shape of each value; nil where it is not known.
  private var shapes: [Value: [Int]] = [:]
  /// Values that do not depend on the input.
  private var constants: Set<Value> = []
  /// Constants that have been worked out.
  private(set) var known: [Value: ConstantTensor] = [:]
  /// Values that pass another one on, unchanged.
  private var aliases: [Value: Value] = [:]
  /// Outputs of `Switch` on the side that is not taken, and nodes that depend on one.
  private var deadOutputs: Set<Value> = []
  private var deadNodes: Set<Int> = []
  /// Nodes with results that are made of more than may be worked out for a fact.
  private var heavyNodes: Set<Int> = []
  /// Elements that may still be worked out while the graph is folded, for results of which only the shape stays.
  private var shapeBudget = 1 << 26
  /// Elements of results that may still be kept, and outputs of nodes with several that may have a shape.
  private var keptBudget = 1 << 21
  private var outputBudget = 1 << 16
  /// Elements that may be worked out for facts.
  let factBudget = WorkBudget(1 << 27)

  /// Operations whose first input passes through.
  private static let passing: Set<String> = [
    "Identity", "StopGradient", "PreventGradient", "Snapshot", "EnsureShape", "CheckNumerics",
  ]
  /// Operations that have a value although one of their inputs has none.
  private static let choosing: Set<String> = ["Merge", "SelectBranch"]
  /// Constants with inputs of more elements than this are worked out only on demand.
  private static let eagerLimit = 4096
  /// What a result that is kept counts beyond its elements: the memory that it takes without any.
  private static let keptWeight = 64
  /// Elements of the largest value whose shape is believed.
  private static let elementLimit = 1 << 40

  package init(_ graph: Graph) {
    self.graph = graph
    for index in graph.nodes.indices { fold(index) }
  }

  /// Adds a node whose inputs are all there; returns its position.
  mutating func append(_ node: Node) -> Int {
    graph.nodes.append(node)
    fold(graph.nodes.count - 1)
    return graph.nodes.count - 1
  }

  /// The value that `value` passes on, or itself.
  func source(of value: Value) -> Value { aliases[value] ?? value }

  package func shape(of value: Value) -> [Int]? { shapes[source(of: value)] }

  package func isConstant(_ value: Value) -> Bool { constants.contains(source(of: value)) }

  func node(of value: Value) -> Node { graph[source(of: value)] }
}

// MARK: - Folding

extension FoldedGraph {
  private mutating func fold(_ index: Int) {
    let node = graph.nodes[index]
    guard Self.choosing.contains(node.operation) || !node.inputs.contains(where: isDead) else {
      deadNodes.insert(index)
      return
    }
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
    rememberShapes(ShapeRules.shapes(of: node, in: self), index, areConstant: isConstant)
  }

  private mutating func rememberShapes(_ list: [[Int]?], _ index: Int, areConstant: Bool) {
    outputBudget -= max(list.count - 1, 0)
    guard outputBudget >= 0 else { return }
    for (output, shape) in list.enumerated() {
      let value = Value(node: index, output: output)
      shapes[value] = shape.flatMap(believable)
      if areConstant { constants.insert(value) }
    }
  }

  /// The shape, if its elements can be counted.
  private func believable(_ shape: [Int]) -> [Int]? {
    guard shape.count <= ConstantTensor.rankLimit else { return nil }
    var count = 1
    for size in shape {
      guard size >= 0, size <= Self.elementLimit / count else { return nil }
      count *= max(size, 1)
    }
    return shape
  }

  /// Where a node's outputs merely pass on another value: by output.
  private mutating func passedValue(_ node: Node, _ index: Int) -> [Int: Value]? {
    guard let first = node.inputs.first else { return nil }
    switch node.operation {
    case let operation where Self.passing.contains(operation): return [0: first]
    case "IdentityN": return Dictionary(uniqueKeysWithValues: node.inputs.enumerated().map { ($0, $1) })
    case "Switch":
      guard node.inputs.count == 2, let taken = condition(node.inputs[1]) else { return nil }
      deadOutputs.insert(Value(node: index, output: taken ? 0 : 1))
      return [taken ? 1 : 0: first]
    case "Merge":
      // Only one input is alive once every condition is known.
      let alive = node.inputs.filter { !isDead($0) }
      return alive.count == 1 ? [0: alive[0]] : nil
    case "SelectBranch":
      guard node.inputs.count == 3, let taken = condition(first) else { return nil }
      return [0: taken ? node.inputs[1] : node.inputs[2]]
    default: return nil
    }
  }

  /// Whether a value comes from the side of a `Switch` that is not taken.
  private func isDead(_ value: Value) -> Bool {
    let value = source(of: value)
    return deadOutputs.contains(value) || deadNodes.contains(value.node)
  }

  /// The truth value of a condition.
  private mutating func condition(_ value: Value) -> Bool? {
    guard let tensor = smallConstant(value), tensor.count == 1 else { return nil }
    return tensor.booleans?.first
  }

  /// The elements of a small constant; they are worked out only once.
  private mutating func smallConstant(_ value: Value) -> ConstantTensor? {
    let value = source(of: value)
    if let tensor = known[value] { return tensor }
    guard let tensor = constant(value) else { return nil }
    if tensor.count <= Self.eagerLimit, keptBudget >= tensor.count + Self.keptWeight {
      keptBudget -= tensor.count + Self.keptWeight
      known[value] = tensor
    }
    return tensor
  }

  private func isPure(_ node: Node) -> Bool {
    !node.inputs.isEmpty && Operations.table[node.operation] != nil
  }

  private func inputsAreSmall(_ node: Node) -> Bool {
    node.inputs.allSatisfy { (shape(of: $0)?.reduce(1, *) ?? .max) <= Self.eagerLimit }
  }

  private mutating func foldEagerly(_ node: Node, _ index: Int) -> Bool {
    var inputs: [ConstantTensor] = []
    for input in node.inputs {
      guard !heavyNodes.contains(source(of: input).node), let tensor = smallConstant(input) else {
        heavyNodes.insert(index)
        return false
      }
      inputs.append(tensor)
    }
    if node.operation == "Const" || keptBudget > 0,
      let outputs = try? Operations.evaluate(node, inputs, in: .eagerFolding)
    {
      if node.operation != "Const" { keptBudget -= outputs.reduce(0) { $0 + $1.count + Self.keptWeight } }
      remember(outputs, index)
      return true
    }
    // A large result of small inputs, as of Fill: its shape is kept, its elements are worked out on demand.
    let shapes = ShapeRules.shapes(of: node, in: self)
    guard shapes.contains(nil) else {
      rememberShapes(shapes, index, areConstant: true)
      return true
    }
    guard shapeBudget > 0, let outputs = try? Operations.evaluate(node, inputs, in: .shapeFolding) else {
      return false
    }
    shapeBudget -= outputs.reduce(0) { $0 + $1.count }
    rememberShapes(outputs.map(\.shape), index, areConstant: true)
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
    case "Shape": return ConstantTensor(integers: shape, shape: [shape.count], type: node.shapeType)
    case "Rank": return ConstantTensor(integers: [shape.count], shape: [], type: .int32)
    case "Size": return ConstantTensor(integers: [shape.reduce(1, *)], shape: [], type: node.shapeType)
    default: return nil
    }
  }
}
