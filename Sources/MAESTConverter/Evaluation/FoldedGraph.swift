/// A graph with constant folding: shapes, small constants and pass-through values that do not depend on the input are
/// evaluated.
///
/// Sizes that the graph leaves open are taken as 1 (the batch). Large constants are evaluated on demand, so that
/// weights are not copied.
package struct FoldedGraph {
  private(set) var graph: Graph
  /// Shape of each value; nil if it is unknown.
  private var shapes: [Value: [Int]] = [:]
  /// Values that do not depend on the input.
  private var constants: Set<Value> = []
  /// Constants that have been evaluated.
  private(set) var known: [Value: ConstantTensor] = [:]
  /// Values that pass another value on unchanged.
  private var aliases: [Value: Value] = [:]
  /// Outputs of `Switch` on the branch that is not taken, and nodes that depend on them.
  private var deadOutputs: Set<Value> = []
  private var deadNodes: Set<Int> = []
  /// Nodes whose results depend on more elements than the limit for facts.
  private var heavyNodes: Set<Int> = []
  /// Remaining number of elements that may be evaluated during folding for results of which only the shape is kept.
  private var shapeBudget = 1 << 26
  /// Remaining number of result elements that may be kept, and of outputs of multi-output nodes that may have a shape.
  private var keptBudget = 1 << 21
  private var outputBudget = 1 << 16
  /// Remaining number of elements that may be evaluated for facts.
  let factBudget = WorkBudget(1 << 27)

  /// Operations that pass their first input on.
  private static let passing: Set<String> = [
    "Identity", "StopGradient", "PreventGradient", "Snapshot", "EnsureShape", "CheckNumerics",
  ]
  /// Operations that have a value even if one of their inputs has none.
  private static let choosing: Set<String> = ["Merge", "SelectBranch"]
  /// Constants with larger inputs than this (in elements) are evaluated only on demand.
  private static let eagerLimit = 4096
  /// Fixed cost of a kept result in addition to its elements: its memory overhead.
  private static let keptWeight = 64
  /// Maximum number of elements of a value; larger shapes are ignored.
  private static let elementLimit = 1 << 40

  package init(_ graph: Graph) {
    self.graph = graph
    for index in graph.nodes.indices { fold(index) }
  }

  /// Appends a node whose inputs are already in the graph; returns its position.
  mutating func append(_ node: Node) -> Int {
    graph.nodes.append(node)
    fold(graph.nodes.count - 1)
    return graph.nodes.count - 1
  }

  /// Returns the value that `value` passes on, or `value` itself.
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

  /// Returns the shape if its number of elements is within the limit.
  private func believable(_ shape: [Int]) -> [Int]? {
    guard shape.count <= ConstantTensor.rankLimit else { return nil }
    var count = 1
    for size in shape {
      guard size >= 0, size <= Self.elementLimit / count else { return nil }
      count *= max(size, 1)
    }
    return shape
  }

  /// Returns the values that a node's outputs merely pass on, by output.
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
      // Only one input is alive once all conditions are known.
      let alive = node.inputs.filter { !isDead($0) }
      return alive.count == 1 ? [0: alive[0]] : nil
    case "SelectBranch":
      guard node.inputs.count == 3, let taken = condition(first) else { return nil }
      return [0: taken ? node.inputs[1] : node.inputs[2]]
    default: return nil
    }
  }

  /// Returns whether a value comes from the branch of a `Switch` that is not taken.
  private func isDead(_ value: Value) -> Bool {
    let value = source(of: value)
    return deadOutputs.contains(value) || deadNodes.contains(value.node)
  }

  /// Returns the truth value of a condition.
  private mutating func condition(_ value: Value) -> Bool? {
    guard let tensor = smallConstant(value), tensor.count == 1 else { return nil }
    return tensor.booleans?.first
  }

  /// Returns the elements of a small constant; they are evaluated only once.
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
    // A large result of small inputs, such as that of Fill: keep its shape and evaluate its elements on demand.
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

  /// Returns the result of `Shape`, `Rank` or `Size` for a value of known shape: it is constant whatever the elements.
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
