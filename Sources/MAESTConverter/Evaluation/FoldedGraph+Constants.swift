import Synchronization

// Evaluation of constants. The cost of a constant is derived from shapes alone before anything is computed. This bounds
// the time and memory that any graph can require.

extension FoldedGraph {
  /// The operations that must be evaluated for a constant, in topological order.
  private struct Chain {
    var nodes: [Int] = []
    /// Number of elements in the `Const` nodes that the constant depends on.
    var sourceCount = 0
    /// Elements that the operations read and write, plus the additional cost of the operations and their products.
    var cost = 0
    /// Whether the chain is short enough to be evaluated.
    var isShort = true
  }

  /// Maximum number of operations between a constant and the `Const` nodes that it depends on, and of their inputs.
  private static let chainLimit = 64
  private static let chainInputLimit = 1024
  /// Fixed cost of an operation, apart from its elements. Adding an operation to a chain costs the same.
  private static let operationCost = 256
  /// Maximum cost of one constant. The limit is raised by this multiple of the elements in its `Const` nodes.
  private static let chainCostLimit = 1 << 24
  private static let costPerSourceElement = 16
  /// Maximum number of intermediate elements in memory at once, raised in the same way.
  private static let liveLimit = 1 << 22
  private static let livePerSourceElement = 2

  /// Returns the elements of a constant that states a fact, such as a shape or a factor. Nil if the value is not
  /// constant, cannot be evaluated, or exceeds the remaining fact budget.
  package func constant(_ value: Value) -> ConstantTensor? {
    let value = source(of: value)
    if let tensor = known[value] { return tensor }
    guard isConstant(value), factBudget.isLeft else { return nil }
    let chain = chain(to: value)
    return factBudget.take(chain.cost) && chain.isShort ? result(of: chain, value) : nil
  }

  /// Returns the sizes, axes or positions along axes that a constant lists; nil if there are more than the maximum rank
  /// of a tensor.
  func list(_ value: Value) -> [Int]? {
    guard let count = shape(of: value)?.reduce(1, *), count <= ConstantTensor.rankLimit else { return nil }
    return constant(value)?.integers
  }

  /// Returns the elements of a constant of any size; nil if the value is not constant or cannot be evaluated.
  func weight(_ value: Value) -> ConstantTensor? {
    let value = source(of: value)
    if let tensor = known[value] { return tensor }
    guard isConstant(value) else { return nil }
    let chain = chain(to: value)
    return chain.isShort ? result(of: chain, value) : nil
  }

  /// Returns the cost of evaluating and returning ``weight(_:)``, in elements.
  func cost(ofWeight value: Value) -> Int {
    let value = source(of: value)
    return count(value) + (known[value] == nil ? chain(to: value).cost : 0)
  }

  /// Returns the `Const` nodes that `value` depends on.
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

  /// Total number of elements in all `Const` nodes.
  var sourceElementCount: Int {
    graph.nodes.reduce(0) { $0 + ($1.attributes["value"]?.tensor?.count ?? 0) }
  }

  /// Returns the operations that must be evaluated for a constant.
  private func chain(to value: Value) -> Chain {
    var chain = Chain()
    var found: Set<Int> = []
    var sources: Set<Int> = []
    var inputCount = 0
    var open = [value]
    while let next = open.popLast() {
      let node = graph[next]
      if node.operation == "Const" {
        chain.sourceCount += sources.insert(next.node).inserted ? count(next) : 0
        continue
      }
      guard known[next] == nil, found.insert(next.node).inserted else { continue }
      inputCount += node.inputs.count
      guard found.count <= Self.chainLimit, inputCount <= Self.chainInputLimit else {
        return Chain(cost: found.count * Self.operationCost, isShort: false)
      }
      chain.cost += cost(ofNode: next.node)
      open += node.inputs.map(source)
    }
    guard chain.cost <= Self.chainCostLimit + Self.costPerSourceElement * chain.sourceCount else {
      return Chain(cost: found.count * Self.operationCost, isShort: false)
    }
    chain.nodes = found.sorted()
    return chain
  }

  /// Returns the number of elements of a value; if it is unknown, the maximum that folding creates.
  private func count(_ value: Value) -> Int {
    known[value]?.count ?? shape(of: value)?.reduce(1, *) ?? EvaluationContext.folding.elementLimit
  }

  private func cost(ofNode index: Int) -> Int {
    let node = graph.nodes[index]
    let output = Value(node: index)
    let elements = node.inputs.reduce(count(output) + Self.operationCost) { $0 + count(source(of: $1)) }
    guard Operations.products[node.operation] != nil else { return elements }
    var products = EvaluationContext.folding.productLimit
    if node.operation.contains("MatMul"), let left = node.inputs.first, let width = shape(of: output)?.last {
      let (exact, overflow) = count(source(of: left)).multipliedReportingOverflow(by: width)
      products = overflow ? products : min(products, exact)
    }
    return elements + products / 4
  }

  /// Evaluates the nodes of `chain`; each result is released after its last use.
  private func result(of chain: Chain, _ value: Value) -> ConstantTensor? {
    var uses: [Value: Int] = [value: 1]
    for index in chain.nodes {
      for input in graph.nodes[index].inputs { uses[source(of: input), default: 0] += 1 }
    }
    var results: [Value: ConstantTensor] = [:]
    var live = 0
    for index in chain.nodes {
      let node = graph.nodes[index]
      guard let outputs = evaluated(node, results) else { return nil }
      for input in node.inputs.map(source) {
        uses[input, default: 1] -= 1
        if uses[input] == 0, let dropped = results.removeValue(forKey: input) { live -= dropped.count }
      }
      for (output, tensor) in outputs.enumerated() {
        let output = Value(node: index, output: output)
        guard uses[output, default: 0] > 0 else { continue }
        results[output] = tensor
        live += tensor.count
      }
      guard live <= Self.liveLimit + Self.livePerSourceElement * chain.sourceCount else { return nil }
    }
    return results[value]
  }

  private func evaluated(_ node: Node, _ results: [Value: ConstantTensor]) -> [ConstantTensor]? {
    var inputs: [ConstantTensor] = []
    for input in node.inputs.map(source) {
      guard let tensor = results[input] ?? known[input] else { return nil }
      inputs.append(tensor)
    }
    // No operation of a real model makes a large constant from small ones.
    var context = EvaluationContext.folding
    context.elementLimit = max(context.elementLimit, inputs.reduce(0) { $0 + $1.count })
    return try? Operations.evaluate(node, inputs, in: context)
  }
}

/// The remaining number of elements that may be evaluated; all copies of a graph share one budget.
final class WorkBudget: Sendable {
  private let rest: Atomic<Int>

  init(_ elements: Int) { rest = Atomic(elements) }

  /// Whether any budget remains.
  var isLeft: Bool { rest.load(ordering: .relaxed) > 0 }

  /// Subtracts `cost`; returns false if less than that remains.
  func take(_ cost: Int) -> Bool { rest.subtract(cost, ordering: .relaxed).newValue >= 0 }
}
