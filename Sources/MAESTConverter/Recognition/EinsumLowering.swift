/// Replaces every `Einsum` of a graph by transpositions, reshapes and one matrix product, so that only these have to be
/// recognised.
struct EinsumLowering {
  /// The new graph, folded as it grows.
  private var folded = FoldedGraph(Graph(nodes: [], addressable: [:], summary: ""))
  /// For each node of the original graph, the node that replaces it.
  private var positions: [Int] = []

  /// Returns the graph without `Einsum`; nil if it has none. `origins` maps its nodes to the positions of the nodes in
  /// `graph` that compute the same values, if there are any.
  static func lower(_ graph: Graph) -> (graph: Graph, origins: [Int: Int])? {
    guard graph.nodes.contains(where: { $0.operation == "Einsum" }) else { return nil }
    var lowering = EinsumLowering()
    for node in graph.nodes { lowering.add(node) }
    var lowered = lowering.folded.graph
    lowered.addressable = graph.addressable.mapValues(lowering.moved)
    lowered.summary = graph.summary
    let origins = lowering.positions.enumerated().map { ($0.element, $0.offset) }
    return (lowered, Dictionary(origins) { first, _ in first })
  }

  private func moved(_ value: Value) -> Value { Value(node: positions[value.node], output: value.output) }

  private mutating func add(_ node: Node) {
    var node = node
    node.inputs = node.inputs.map(moved)
    if node.operation == "Einsum", let product = EinsumProduct(node, folded.shape(of:)) {
      positions.append(add(product, node))
    } else {
      // An Einsum that is not a matrix product stays, and is refused if the network needs it.
      positions.append(folded.append(node))
    }
  }

  private mutating func add(_ product: EinsumProduct, _ node: Node) -> Int {
    var operands: [Value] = []
    for operand in [product.left, product.right] {
      let ordered = append("Transpose", node, [operand.value, constant(operand.order, node)])
      operands.append(append("Reshape", node, [ordered, constant(operand.shape, node)]))
    }
    let operation = operands.allSatisfy { folded.shape(of: $0)?.count == 2 } ? "MatMul" : "BatchMatMulV2"
    let matrices = append(operation, node, operands)
    let axes = append("Reshape", node, [matrices, constant(product.shape, node)])
    return append("Transpose", node, [axes, constant(product.order, node)]).node
  }

  private mutating func append(_ operation: String, _ origin: Node, _ inputs: [Value]) -> Value {
    Value(
      node: folded.append(Node(name: origin.name, operation: operation, inputs: inputs, attributes: [:])))
  }

  private mutating func constant(_ integers: [Int], _ origin: Node) -> Value {
    let tensor = ConstantTensor(integers: integers, shape: [integers.count])
    return Value(
      node: folded.append(
        Node(name: origin.name, operation: "Const", inputs: [], attributes: ["value": .tensor(tensor)])))
  }
}

/// An `Einsum` of two operands as a product of stacks of matrices.
private struct EinsumProduct {
  /// One operand: the order of its axes, and its shape with axes of the same kind merged.
  struct Operand {
    var value: Value
    var order: [Int]
    var shape: [Int]
  }

  var left: Operand
  var right: Operand
  /// The product's shape before axes are merged, and the order of its axes in the result.
  var shape: [Int]
  var order: [Int]

  /// Nil if an axis that only one operand has is summed, if an operand has an axis twice, or if shapes are unknown.
  init?(_ node: Node, _ shapeOf: (Value) -> [Int]?) {
    guard node.inputs.count == 2, let first = shapeOf(node.inputs[0]), let second = shapeOf(node.inputs[1]),
      let equation = node.attributes["equation"]?.string,
      let terms = Self.terms(equation, ranks: [first.count, second.count]),
      let sizes = Self.sizes(terms, [first, second])
    else { return nil }
    let result = terms[2]
    // The operand whose own axes come first in the result is the left one.
    let isSwapped =
      result.first { !(terms[0].contains($0) && terms[1].contains($0)) }
      .map { terms[1].contains($0) } ?? false
    let (a, b) = isSwapped ? (terms[1], terms[0]) : (terms[0], terms[1])
    let batch = result.filter { a.contains($0) && b.contains($0) }
    let (rows, columns) = (result.filter { !b.contains($0) }, result.filter { !a.contains($0) })
    let inner = a.filter { b.contains($0) && !result.contains($0) }
    guard a.count == batch.count + rows.count + inner.count,
      b.count == batch.count + columns.count + inner.count
    else { return nil }
    func extent(_ labels: [Character]) -> [Int] { labels.compactMap { sizes[$0] } }
    func merged(_ labels: [Character]) -> Int { extent(labels).reduce(1, *) }
    left = Operand(
      value: node.inputs[isSwapped ? 1 : 0],
      order: (batch + rows + inner).compactMap { a.firstIndex(of: $0) },
      shape: extent(batch) + [merged(rows), merged(inner)])
    right = Operand(
      value: node.inputs[isSwapped ? 0 : 1],
      order: (batch + inner + columns).compactMap { b.firstIndex(of: $0) },
      shape: extent(batch) + [merged(inner), merged(columns)])
    let axes = batch + rows + columns
    shape = extent(axes)
    order = result.compactMap { axes.firstIndex(of: $0) }
  }

  /// Returns the labels of both operands and of the result; the axes of an ellipsis are named by digits.
  private static func terms(_ equation: String, ranks: [Int]) -> [[Character]]? {
    let sides = equation.filter { $0 != " " }.replacing("->", with: ">").split(
      separator: ">", omittingEmptySubsequences: false)
    guard sides.count == 2, !equation.contains(where: \.isNumber) else { return nil }
    let operands = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard operands.count == 2 else { return nil }
    let hidden = zip(operands, ranks).map { $0.contains("...") ? $1 - ($0.count - 3) : 0 }
    guard let rest = hidden.max(), (0..<10).contains(rest), hidden.allSatisfy({ $0 == rest || $0 == 0 })
    else {
      return nil
    }
    let names = String((0..<rest).compactMap { "\($0)".first })
    let terms = (operands + [String(sides[1])]).map { Array($0.replacing("...", with: names)) }
    let isPlain = terms.allSatisfy {
      Set($0).count == $0.count && $0.allSatisfy { $0.isLetter || $0.isNumber }
    }
    return isPlain && terms[2].allSatisfy { (terms[0] + terms[1]).contains($0) } ? terms : nil
  }

  private static func sizes(_ terms: [[Character]], _ shapes: [[Int]]) -> [Character: Int]? {
    var sizes: [Character: Int] = [:]
    for (labels, shape) in zip(terms, shapes) {
      guard labels.count == shape.count else { return nil }
      for (label, size) in zip(labels, shape) {
        guard sizes.updateValue(size, forKey: label) ?? size == size else { return nil }
      }
    }
    return sizes
  }
}
