package import MAESTKernels
package import MAESTTensor

/// A stand-alone classification head: takes tokens of one layer, returns logits and activations.
///
/// It is recognised by topology: the single input, and the final sigmoid (or softmax). Essentia publishes such heads
/// for MAEST (`genre_discogs400-discogs-maest-30s-pw-1.pb`); each is the tail of its model.
package struct ClassificationGraph: Sendable {
  package let program: GraphProgram
  /// Name of the input.
  package let inputName: String
  /// Number and width of the tokens that the input takes.
  package let tokenCount: Int
  package let embeddingWidth: Int
  /// Names of the labels in output order.
  package let labels: [String]
  /// SHA-256 of the graph's file.
  package let digest: String
  /// Set if the label names are an assumption.
  package let notice: String?
  /// Names of the logits and of the activations in the graph; nil if the logits have no name.
  package let logitsName: String?
  package let activationsName: String

  /// Reads the head at `path`, with labels from `metadataPath` or from the `.json` beside the graph.
  ///
  /// - Throws: ``ConversionError`` if the file is not such a graph.
  package init(path: String, metadataAt metadataPath: String? = nil, compute: Compute) throws(ConversionError)
  {
    program = try GraphProgram(path: path, compute: compute)
    guard !program.graph.nodes.contains(where: { $0.operation == "Conv2D" }) else {
      throw .notMAEST(reason: "a classification head has no convolution; this graph looks like a whole model")
    }
    let folded = FoldedGraph(program.graph)
    let input = try Self.input(of: program)
    (inputName, tokenCount, embeddingWidth) = input
    let end = try Self.end(of: folded)
    let names = Self.names(of: folded)
    guard let activations = names[end.activations] else {
      throw .notMAEST(reason: "the head's activations have no name in the graph")
    }
    activationsName = activations
    logitsName = names[end.logits]
    let labels = try LabelSource.find(
      count: end.labelCount, own: nil, graphPath: path, metadataPath: metadataPath)
    self.labels = labels.labels
    notice =
      labels.notice == nil
      ? nil : "\(path): no .json with label names beside it; its labels are \(labels.origin)"
    digest = try SourceReader.digest(of: path)
  }

  /// Computes logits (nil if the graph has no name for them) and activations, each `[label]`, from tokens `[token,
  /// embedding]` of the layer that the head was made for.
  package func callAsFunction(
    _ tokens: Tensor
  ) throws(ConversionError) -> (logits: Tensor?, activations: Tensor) {
    precondition(
      tokens.shape == [tokenCount, embeddingWidth],
      "tokens \(tokens.shape), the head takes [\(tokenCount), \(embeddingWidth)]")
    let input = Tensor(shape: [1, tokenCount, embeddingWidth], elements: tokens.elements)
    let results = try program.run(
      [inputName: input], outputs: [activationsName] + [logitsName].compactMap(\.self))
    let vectors = results.map { Tensor(shape: [$0.count], elements: $0.elements) }
    return (vectors.count > 1 ? vectors[1] : nil, vectors[0])
  }

  // MARK: - Recognition

  private static func input(
    of program: GraphProgram
  ) throws(ConversionError) -> (name: String, tokenCount: Int, width: Int) {
    guard program.inputs.count == 1, let input = program.inputs.first, input.type == .float32,
      let shape = input.shape?.map({ $0 ?? 1 }), shape.count == 3, shape[0] == 1, shape[1] > 1
    else {
      throw .notMAEST(
        reason: "a classification head has one input [1, token, embedding]; this graph's inputs: "
          + program.inputs.map { "\($0.name) \(describe($0.shape))" }.joined(separator: ", "))
    }
    return (input.name, shape[1], shape[2])
  }

  private static func describe(_ shape: [Int?]?) -> String {
    guard let shape else { return "of any shape" }
    return "[" + shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ") + "]"
  }

  /// Returns the last sigmoid or softmax with one value per label.
  private static func end(
    of graph: FoldedGraph
  ) throws(ConversionError) -> (logits: Value, activations: Value, labelCount: Int) {
    let nodes = graph.graph.nodes
    let used = Set(
      nodes.flatMap { node in node.operation == "Identity" ? [] : node.inputs.map(graph.source) })
    let ends = nodes.indices.filter { index in
      ["Sigmoid", "Softmax"].contains(nodes[index].operation) && !nodes[index].inputs.isEmpty
        && !used.contains(Value(node: index))
    }
    guard let last = ends.last, let count = graph.shape(of: Value(node: last))?.reduce(1, *), count > 0 else {
      throw .notMAEST(reason: "a classification head ends in a sigmoid or softmax; this graph does not")
    }
    return (graph.source(of: nodes[last].inputs[0]), Value(node: last), count)
  }

  /// Returns the shortest name of each named value; of equally short names, the alphabetically first.
  private static func names(of graph: FoldedGraph) -> [Value: String] {
    var names: [Value: String] = [:]
    for (name, value) in graph.graph.addressable {
      let source = graph.source(of: value)
      if let known = names[source], (known.count, known) <= (name.count, name) { continue }
      names[source] = name
    }
    return names
  }
}
