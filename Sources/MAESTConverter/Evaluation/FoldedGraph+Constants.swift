import Synchronization

// Working out constants. What a constant takes is known from shapes alone, before anything is computed: that
// bounds the time and the memory that a graph of any contents can ask for.

extension FoldedGraph {
  /// The operations behind a constant that have to be worked out for it, in topological order.
  private struct Chain {
    var nodes: [Int] = []
    /// Elements of the `Const` nodes behind them.
    var sourceCount = 0
    /// Elements that the operations read and write, and what they and their products take beyond that.
    var cost = 0
    /// Whether they are few enough to be worked out.
    var isShort = true
  }

  /// Operations between a constant and the `Const` nodes that it is made of, and the inputs of all of them.
  private static let chainLimit = 64
  private static let chainInputLimit = 1024
  /// What an operation costs apart from its elements; and what it costs to find one.
  private static let operationCost = 256
  /// What one constant may cost, apart from what the `Const` nodes that it is made of allow: this many times
  /// their elements.
  private static let chainCostLimit = 1 << 24
  private static let costPerSourceElement = 16
  /// Elements of intermediate results that may be in memory at once, by the same rule.
  private static let liveLimit = 1 << 22
  private static let livePerSourceElement = 2

  /// The elements of a constant that tells a fact, such as a shape or a factor; nil where it is none, cannot be
  /// worked out, or where that takes more than is left for facts.
  package func constant(_ value: Value) -> ConstantTensor? {
    let value = source(of: value)
    if let tensor = known[value] { return tensor }
    guard isConstant(value), factBudget.isLeft else { return nil }
    let chain = chain(to: value)
    return factBudget.take(chain.cost) && chain.isShort ? result(of: chain, value) : nil
  }

  /// The sizes, axes or positions along axes that a constant lists; nil where they are more than a tensor may
  /// have axes.
  func list(_ value: Value) -> [Int]? {
    guard let count = shape(of: value)?.reduce(1, *), count <= ConstantTensor.rankLimit else { return nil }
    return constant(value)?.integers
  }

  /// The elements of a constant of any size; nil where it is none or cannot be worked out.
  func weight(_ value: Value) -> ConstantTensor? {
    let value = source(of: value)
    if let tensor = known[value] { return tensor }
    guard isConstant(value) else { return nil }
    let chain = chain(to: value)
    return chain.isShort ? result(of: chain, value) : nil
  }

  /// Elements that it takes to work out ``weight(_:)`` and to hand it over.
  func cost(ofWeight value: Value) -> Int {
    let value = source(of: value)
    return count(value) + (known[value] == nil ? chain(to: value).cost : 0)
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

  /// Elements of all `Const` nodes.
  var sourceElementCount: Int {
    graph.nodes.reduce(0) { $0 + ($1.attributes["value"]?.tensor?.count ?? 0) }
  }

  /// The operations that have to be worked out for a constant.
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

  /// Elements of a value; where they are not known, the most that folding makes.
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

  /// Works out the nodes of `chain`; a result is dropped after its last use.
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
    // No operation of a model makes a large constant of small ones.
    var context = EvaluationContext.folding
    context.elementLimit = max(context.elementLimit, inputs.reduce(0) { $0 + $1.count })
    return try? Operations.evaluate(node, inputs, in: context)
  }
}

/// Elements that may still be worked out; all copies of a graph take from one budget.
final class WorkBudget: Sendable {
  private let rest: Atomic<Int>

  init(_ elements: Int) { rest = Atomic(elements) }

  /// Whether there is anything left.
  var isLeft: Bool { rest.load(ordering: .relaxed) > 0 }

  /// Takes `cost`; false where less is left.
  func take(_ cost: Int) -> Bool { rest.subtract(cost, ordering: .relaxed).newValue >= 0 }
}
