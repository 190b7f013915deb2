import MAESTWeights

/// Finds MAEST in a graph by its topology: from the logits, or from the last block, back to the input.
struct ModelRecognizer {
  private let graph: FoldedGraph
  private let matcher: PatternMatcher
  private let search: GraphSearch

  private init(_ graph: FoldedGraph) {
    self.graph = graph
    matcher = PatternMatcher(graph)
    search = GraphSearch(matcher: matcher)
  }

  /// Recognises the model in `graph`. The error names the place in which the graph differs from MAEST.
  static func recognize(_ graph: FoldedGraph) throws(ConversionError) -> RecognizedModel {
    let recognizer = ModelRecognizer(graph)
    do { return try recognizer.recognize() } catch {
      guard case .unrecognized = error else { throw error }
      // Nothing is recognised after a value without a shape: report that value, which is where the graph really
      // differs.
      throw recognizer.search.firstWithoutShape() ?? error
    }
  }

  private func recognize() throws(ConversionError) -> RecognizedModel {
    try requireInput()
    let head = try findHead()
    let last = if let head { head.pattern.input } else { try search.lastBlockOutput() }
    let blocks = try findBlocks(endingAt: last)
    let embedding = try matcher.embedding(blocks[0].input)
    let assembly = ModelAssembly(
      matcher: matcher, embedding: embedding, blocks: blocks, head: head?.pattern)
    let values = roles(blocks: blocks, head: head)
    return RecognizedModel(
      configuration: try assembly.configuration(),
      inputName: matcher.node(embedding.convolution.input).name,
      parameters: try assembly.parameters(),
      outputs: outputs(values), values: values,
      explanation: ModelExplainer(assembly: assembly, search: search, values: values).explanation())
  }

  private func requireInput() throws(ConversionError) {
    let inputs = graph.graph.nodes.indices.filter { graph.graph.nodes[$0].operation == "Placeholder" }
    guard inputs.contains(where: { matcher.compactShape(Value(node: $0))?.count == 2 }) else {
      throw .noInput(found: inputs.map { graph.graph.nodes[$0].name })
    }
  }

  // MARK: - Walking back

  /// Returns the head, found from a sigmoid or from an addressable vector of logits; nil if the graph has neither.
  private func findHead() throws(ConversionError) -> (pattern: HeadPattern, activations: Value?)? {
    var firstFailure: ConversionError?
    for candidate in search.logitsCandidates() {
      do {
        return (try matcher.head(candidate.logits), candidate.activations)
      } catch {
        firstFailure = firstFailure ?? error
      }
    }
    if let firstFailure { throw firstFailure }
    return nil
  }

  /// Returns the blocks in order, from the first block to the one with the output `output`.
  private func findBlocks(endingAt output: Value) throws(ConversionError) -> [BlockPattern] {
    let count = search.blockCount(before: output)
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

  // MARK: - Outputs

  private func roles(
    blocks: [BlockPattern], head: (pattern: HeadPattern, activations: Value?)?
  ) -> [OutputRole: Value] {
    var values: [OutputRole: Value] = [:]
    values[.logits] = head?.pattern.logits
    values[.activations] = head?.activations.map(matcher.unwrap)
    for (index, block) in blocks.enumerated() { values[.layer(index + 1)] = block.output }
    return values
  }

  private func outputs(_ values: [OutputRole: Value]) -> [String: OutputRole] {
    let roles = Dictionary(values.map { ($0.value, $0.key) }) { first, _ in first }
    return graph.graph.addressable.compactMapValues { roles[matcher.unwrap($0)] }
  }
}
