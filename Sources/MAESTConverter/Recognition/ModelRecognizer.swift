import MAESTWeights

/// Finds MAEST in a graph by its topology: from the logits back through the blocks to the input.
struct ModelRecognizer {
  private let graph: FoldedGraph
  private let matcher: PatternMatcher

  private init(_ graph: FoldedGraph) {
    self.graph = graph
    matcher = PatternMatcher(graph)
  }

  /// Recognises the model in `graph`. The error tells in which place the graph differs from MAEST.
  static func recognize(_ graph: FoldedGraph) throws(ConversionError) -> RecognizedModel {
    let recognizer = ModelRecognizer(graph)
    do { return try recognizer.recognize() } catch {
      guard case .unrecognized = error else { throw error }
      // Behind a value without a shape nothing is recognised: that is where the graph really differs.
      throw recognizer.firstWithoutShape() ?? error
    }
  }

  private func recognize() throws(ConversionError) -> RecognizedModel {
    try requireInput()
    let (head, activations) = try findHead()
    let blocks = try findBlocks(endingAt: head.input)
    let embedding = try matcher.embedding(blocks[0].input)
    let assembly = ModelAssembly(matcher: matcher, embedding: embedding, blocks: blocks, head: head)
    let roles = roles(blocks: blocks, head: head, activations: activations)
    return RecognizedModel(
      configuration: try assembly.configuration(),
      inputName: matcher.node(embedding.convolution.input).name,
      parameters: try assembly.parameters(),
      outputs: roles.outputs,
      unusedConstants: unusedConstants(reachableFrom: roles.values))
  }

  private func requireInput() throws(ConversionError) {
    let inputs = graph.graph.nodes.indices.filter { graph.graph.nodes[$0].operation == "Placeholder" }
    guard inputs.contains(where: { matcher.compactShape(Value(node: $0))?.count == 2 }) else {
      throw .noInput(found: inputs.map { graph.graph.nodes[$0].name })
    }
  }

  // MARK: - Walking back

  /// The head, found from a sigmoid or from an addressable vector of logits.
  private func findHead() throws(ConversionError) -> (HeadPattern, activations: Value?) {
    var firstFailure: ConversionError?
    for candidate in logitsCandidates() {
      do {
        return (try matcher.head(candidate.logits), candidate.activations)
      } catch {
        firstFailure = firstFailure ?? error
      }
    }
    throw firstFailure ?? .notMAEST(reason: "it has no output of one value for each label")
  }

  private func logitsCandidates() -> [(logits: Value, activations: Value?)] {
    let sigmoids = graph.graph.nodes.indices
      .filter { graph.graph.nodes[$0].operation == "Sigmoid" && !graph.graph.nodes[$0].inputs.isEmpty }
      .map { (logits: graph.graph.nodes[$0].inputs[0], activations: Optional(Value(node: $0))) }
    var seen: Set<Value> = []
    let vectors = graph.graph.addressable.sorted { $0.key < $1.key }.map { matcher.unwrap($0.value) }
      .filter { !graph.isConstant($0) && matcher.compactShape($0)?.count == 1 && seen.insert($0).inserted }
      .filter { matcher.dense($0) != nil }
    return sigmoids.reversed() + vectors.map { (logits: $0, activations: nil) }
  }

  /// The blocks in order, from the first to the one that gives `output`.
  private func findBlocks(endingAt output: Value) throws(ConversionError) -> [BlockPattern] {
    let count = blockCount(before: output)
    guard count > 0 else { throw .notMAEST(reason: "it has no block with a Softmax and a GELU") }
    var blocks: [BlockPattern] = []
    var value = output
    for number in (1...count).reversed() {
      let block = try matcher.block(value, place: "block \(number)")
      blocks.append(block)
      value = block.input
    }
    return blocks.reversed()
  }

  /// The blocks that `value` depends on. Two kinds of operations are counted that every block has once, so that
  /// a block that differs in one of them keeps its number in messages.
  private func blockCount(before value: Value) -> Int {
    let operations = reachableNodes(from: [value]).map { graph.graph.nodes[$0].operation }
    return max(operations.count { $0 == "Softmax" }, operations.count { $0 == "Erf" || $0 == "Erfc" })
  }

  private func reachableNodes(from values: [Value]) -> Set<Int> {
    var found: Set<Int> = []
    var open = values.map { graph.source(of: $0).node }
    while let next = open.popLast() {
      guard found.insert(next).inserted else { continue }
      open += graph.graph.nodes[next].inputs.map { graph.source(of: $0).node }
    }
    return found
  }

  /// An error at the first operation before the logits whose result's shape cannot be told.
  private func firstWithoutShape() -> ConversionError? {
    let before = reachableNodes(from: logitsCandidates().map(\.logits))
    let first = before.sorted().first { index in
      let inputs = graph.graph.nodes[index].inputs
      return graph.shape(of: Value(node: index)) == nil && !inputs.isEmpty
        && inputs.allSatisfy { graph.shape(of: $0) != nil }
    }
    guard let first else { return nil }
    let number = blockCount(before: Value(node: first))
    let place = number == 0 ? "patch embedding or block 1" : "block \(number) or \(number + 1)"
    return matcher.mismatch(
      place, Value(node: first), expected: "an operation on these inputs whose result's shape can be told")
  }

  // MARK: - Outputs and what is left

  private func roles(
    blocks: [BlockPattern], head: HeadPattern, activations: Value?
  ) -> (outputs: [String: OutputRole], values: [Value]) {
    var roleOfValue: [Value: OutputRole] = [head.logits: .logits]
    if let activations { roleOfValue[matcher.unwrap(activations)] = .activations }
    for (index, block) in blocks.enumerated() { roleOfValue[block.output] = .layer(index + 1) }
    var outputs: [String: OutputRole] = [:]
    for (name, value) in graph.graph.addressable {
      if let role = roleOfValue[matcher.unwrap(value)] { outputs[name] = role }
    }
    return (outputs, Array(roleOfValue.keys))
  }

  /// Constants that no output of the network depends on: checkpoint savers, assertions and the like.
  private func unusedConstants(reachableFrom values: [Value]) -> [String] {
    let reachable = reachableNodes(from: values)
    return graph.graph.nodes.indices
      .filter { graph.graph.nodes[$0].operation == "Const" && !reachable.contains($0) }
      .map { graph.graph.nodes[$0].name }.sorted()
  }
}
