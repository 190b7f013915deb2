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
    try ModelRecognizer(graph).recognize()
  }

  private func recognize() throws(ConversionError) -> RecognizedModel {
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
    let count = attentionCount(before: output)
    var blocks: [BlockPattern] = []
    var value = output
    while let block = try matcher.block(value, place: "block \(count - blocks.count)") {
      blocks.append(block)
      value = block.input
    }
    guard !blocks.isEmpty else {
      throw matcher.mismatch("last block", output, expected: "the sum of a feed-forward layer and its input")
    }
    return blocks.reversed()
  }

  /// Attention layers that `value` depends on: the number of blocks, for messages.
  private func attentionCount(before value: Value) -> Int {
    reachableNodes(from: [value]).count { graph.graph.nodes[$0].operation == "Softmax" }
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
