/// Finds candidates for the parts of MAEST in a graph by its dependencies.
struct GraphSearch {
  let matcher: PatternMatcher
  /// For each node, the number of blocks on the longest path to it, including its own block.
  private let blockCounts: [Int]
  private var graph: FoldedGraph { matcher.graph }
  private var nodes: [Node] { matcher.graph.graph.nodes }

  init(matcher: PatternMatcher) {
    self.matcher = matcher
    blockCounts = Self.blockCounts(matcher.graph)
  }

  /// Counts two kinds of operations that occur once in every block, so that a block that differs in one of them still
  /// gets the right number in messages.
  private static func blockCounts(_ graph: FoldedGraph) -> [Int] {
    var counts: [(softmax: Int, gelu: Int)] = []
    // Inputs precede the nodes that use them.
    for node in graph.graph.nodes {
      var (softmax, gelu) = (0, 0)
      for input in node.inputs {
        let before = counts[graph.source(of: input).node]
        (softmax, gelu) = (max(softmax, before.softmax), max(gelu, before.gelu))
      }
      if node.operation == "Softmax" { softmax += 1 }
      if node.operation == "Erf" || node.operation == "Erfc" { gelu += 1 }
      counts.append((softmax, gelu))
    }
    return counts.map { max($0.softmax, $0.gelu) }
  }

  /// Returns the number of blocks before `value`.
  func blockCount(before value: Value) -> Int { blockCounts[graph.source(of: value).node] }

  /// Returns the nodes that `values` depend on, except those that only pass values on.
  func reachable(from values: [Value]) -> Set<Int> {
    var found: Set<Int> = []
    var open = values.map { graph.source(of: $0).node }
    while let next = open.popLast() {
      guard found.insert(next).inserted else { continue }
      open += nodes[next].inputs.map { graph.source(of: $0).node }
    }
    return found
  }

  /// The addressable values that depend on the input, sorted by name.
  var outputs: [Value] {
    var seen: Set<Value> = []
    return graph.graph.addressable.sorted { $0.key < $1.key }.map { matcher.unwrap($0.value) }
      .filter { !graph.isConstant($0) && seen.insert($0).inserted }
  }

  // MARK: - The head

  /// Returns the values that may be logits, with their activations: inputs of a sigmoid, or addressable vectors.
  func logitsCandidates() -> [(logits: Value, activations: Value?)] {
    let sigmoids = nodes.indices
      .filter { nodes[$0].operation == "Sigmoid" && !nodes[$0].inputs.isEmpty }
      .map { (logits: nodes[$0].inputs[0], activations: Optional(Value(node: $0))) }
    let vectors = outputs.filter { isVector($0) && matcher.dense($0) != nil }
    return sigmoids.reversed() + vectors.map { (logits: $0, activations: nil) }
  }

  private func isVector(_ value: Value) -> Bool {
    matcher.compactShape(value).map { $0.count <= 1 } ?? false
  }

  // MARK: - Without a head

  /// Returns the last value that may be a block's output, for a graph without a head.
  ///
  /// All blocks of the graph precede it, so that a graph whose last block differs is not taken for a model with fewer
  /// blocks.
  func lastBlockOutput() throws(ConversionError) -> Value {
    let reachable = reachable(from: outputs)
    let count = reachable.map { blockCounts[$0] }.max() ?? 0
    let last = reachable.sorted().reversed().first { index in
      blockCounts[index] == count && PatternMatcher.additions.contains(nodes[index].operation)
        && matcher.residual(Value(node: index)) != nil
    }
    guard count > 0, let last else {
      throw .notMAEST(reason: "it has no block with a Softmax and a GELU")
    }
    try requireNoLayer(behind: last)
    return Value(node: last)
  }

  /// Checks that no vector output (such as logits) is computed by a layer after the last block.
  private func requireNoLayer(behind last: Int) throws(ConversionError) {
    var (behind, made): (Set<Int>, Set<Int>) = ([last], [])
    for (index, node) in nodes.enumerated().dropFirst(last + 1) {
      let inputs = node.inputs.map { graph.source(of: $0).node }
      guard inputs.contains(where: behind.contains) else { continue }
      behind.insert(index)
      if PatternMatcher.products.contains(node.operation) || inputs.contains(where: made.contains) {
        made.insert(index)
      }
    }
    for output in outputs where made.contains(output.node) && isVector(output) {
      throw matcher.mismatch("head", output, expected: "a dense layer that gives the logits")
    }
  }

  // MARK: - Failures

  /// Returns an error at the first operation before the outputs whose result shape cannot be determined.
  func firstWithoutShape() -> ConversionError? {
    let logits = logitsCandidates().map(\.logits)
    let first = reachable(from: logits.isEmpty ? outputs : logits).sorted().first { index in
      let inputs = nodes[index].inputs
      return graph.shape(of: Value(node: index)) == nil && !inputs.isEmpty
        && inputs.allSatisfy { graph.shape(of: $0) != nil }
    }
    guard let first else { return nil }
    let number = blockCount(before: Value(node: first))
    let place = number == 0 ? "patch embedding or block 1" : "block \(number) or \(number + 1)"
    let isForeign = nodes[first].operation.hasPrefix(ONNXTranslator.untranslatedPrefix)
    return matcher.mismatch(
      place, Value(node: first),
      expected: isForeign
        ? "an operator that the converter knows, in a form that MAEST is written with"
        : "an operation on these inputs whose result's shape can be told")
  }
}
