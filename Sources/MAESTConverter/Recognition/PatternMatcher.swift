/// Primitives for matching the patterns of a transformer: looking through no-op operations, and taking operations
/// apart.
///
/// The batch is always 1, so axes of size 1 carry no information: shapes are compared without them ("compact").
struct PatternMatcher {
  let graph: FoldedGraph
  /// For each no-op node, the value behind it.
  private var behind: [Int: Value] = [:]
  let masks = MaskElements()

  init(_ graph: FoldedGraph) {
    self.graph = graph
    // Inputs precede their users, so each step looks only one operation back.
    for index in graph.graph.nodes.indices {
      if let inner = unwrappedOnce(Value(node: index)) { behind[index] = unwrap(inner) }
    }
  }

  /// Returns the value behind operations that neither compute nor move anything: identities, reshapes that only add or
  /// drop axes of size 1, products with 1, sums with 0.
  func unwrap(_ value: Value) -> Value {
    let source = graph.source(of: value)
    return source.output == 0 ? behind[source.node] ?? source : source
  }

  func node(_ value: Value) -> Node { graph.graph[value] }

  func compactShape(_ value: Value) -> [Int]? { graph.shape(of: value)?.filter { $0 != 1 } }

  /// Returns whether two values are equal apart from no-op operations.
  func same(_ left: Value, _ right: Value) -> Bool { unwrap(left) == unwrap(right) }

  /// Returns the number in a constant of one element.
  func scalar(_ value: Value) -> Double? {
    guard let shape = graph.shape(of: value), shape.reduce(1, *) == 1 else { return nil }
    return graph.constant(value)?.scalar
  }

  /// Returns the axes, sizes or positions that a constant lists.
  func integers(_ value: Value) -> [Int]? { graph.list(value) }

  /// Returns the input of an operation that changes nothing but axes of size 1; nil for any other.
  func unwrappedOnce(_ value: Value) -> Value? {
    let node = node(value)
    guard let first = node.inputs.first, !graph.isConstant(value) else { return nil }
    switch node.operation {
    case "Reshape", "Squeeze", "ExpandDims":
      guard let shape = compactShape(value), shape == compactShape(first) else { return nil }
      return first
    case "Transpose": return keepsOrder(node) ? first : nil
    case "StridedSlice", "Slice", "Split", "SplitV": return wholeInput(value)
    case "ConcatV2": return node.inputs.count == 2 ? first : nil
    case "Cast":
      return node.attributes["SrcT"]?.type == node.attributes["DstT"]?.type ? first : nil
    case "Mul": return neutralPartner(node, neutral: 1, commutes: true)
    case "RealDiv": return neutralPartner(node, neutral: 1, commutes: false)
    case "Add", "AddV2": return neutralPartner(node, neutral: 0, commutes: true)
    case "Sub": return neutralPartner(node, neutral: 0, commutes: false)
    default: return nil
    }
  }

  /// Returns the input of a selection that selects all of it.
  func wholeInput(_ value: Value) -> Value? {
    guard let part = narrowing(value), part.counts == graph.shape(of: part.input) else { return nil }
    return part.input
  }

  /// Returns whether a transposition keeps the order of the axes of more than one element.
  private func keepsOrder(_ node: Node) -> Bool {
    guard let (shape, order) = transposition(node) else { return false }
    let moved = order.filter { shape[$0] != 1 }
    return moved == moved.sorted()
  }

  private func neutralPartner(_ node: Node, neutral: Double, commutes: Bool) -> Value? {
    guard node.inputs.count == 2 else { return nil }
    if scalar(node.inputs[1]) == neutral { return node.inputs[0] }
    return commutes && scalar(node.inputs[0]) == neutral ? node.inputs[1] : nil
  }
}

// MARK: - Broadcasting

extension PatternMatcher {
  /// Returns the length of a constant that is applied along the last axis of another operand; nil for anything else.
  func vectorLength(_ constant: Value) -> Int? {
    guard let shape = compactShape(constant), shape.count == 1, graph.shape(of: constant)?.last == shape[0]
    else { return nil }
    return shape[0]
  }

  /// Returns whether two values have the same shape, so that a sum or product of them is not broadcast.
  func sameShape(_ left: Value, _ right: Value) -> Bool {
    guard let shape = compactShape(left) else { return false }
    return shape == compactShape(right)
  }
}

// MARK: - Taking operations apart

extension PatternMatcher {
  static let additions: Set<String> = ["Add", "AddV2"]

  /// Returns the input shape and the axis order of a transposition; nil for anything else.
  func transposition(_ node: Node) -> (shape: [Int], order: [Int])? {
    guard node.operation == "Transpose", node.inputs.count == 2, let shape = graph.shape(of: node.inputs[0]),
      let order = integers(node.inputs[1]), order.sorted() == Array(shape.indices)
    else { return nil }
    return (shape, order)
  }

  /// Returns the inputs of `value`'s operation if it is one of `operations`.
  func inputs(of value: Value, _ operations: Set<String>) -> [Value]? {
    let node = node(unwrap(value))
    return operations.contains(node.operation) ? node.inputs : nil
  }

  func inputs(of value: Value, _ operation: String) -> [Value]? { inputs(of: value, [operation]) }

  /// Returns the operands of a sum or product, the constant one second.
  func withConstant(_ value: Value, _ operations: Set<String>) -> (variable: Value, constant: Value)? {
    let node = node(unwrap(value))
    return operations.contains(node.operation) ? constantOperand(node) : nil
  }

  /// Returns the operands of a binary operation with one constant operand, the constant one second.
  func constantOperand(_ node: Node) -> (variable: Value, constant: Value)? {
    guard node.inputs.count == 2 else { return nil }
    switch (graph.isConstant(node.inputs[0]), graph.isConstant(node.inputs[1])) {
    case (false, true): return (node.inputs[0], node.inputs[1])
    case (true, false): return (node.inputs[1], node.inputs[0])
    case (false, false), (true, true): return nil
    }
  }

  /// Matches `value = variable * factor`, written as a product or a quotient with a constant.
  func scaled(_ value: Value) -> (variable: Value, factor: Double)? {
    if let (variable, constant) = withConstant(value, ["Mul"]), let factor = scalar(constant) {
      return (variable, factor)
    }
    if let operands = inputs(of: value, "RealDiv"), operands.count == 2, !graph.isConstant(operands[0]),
      let divisor = scalar(operands[1]), divisor != 0
    {
      return (operands[0], 1 / divisor)
    }
    return nil
  }

  /// Returns the input of a mean over the last axis that keeps this axis with one element.
  func meanOverLastAxis(_ value: Value) -> Value? {
    guard let operands = inputs(of: value, "Mean"), operands.count == 2,
      let shape = graph.shape(of: operands[0]), let axes = integers(operands[1]),
      axes == [shape.count - 1] || axes == [-1], graph.shape(of: value) == shape.dropLast() + [1]
    else { return nil }
    return operands[0]
  }

  /// Returns an error at `value`: what was found there and what was expected.
  func mismatch(_ place: String, _ value: Value, expected: String) -> ConversionError {
    let node = node(unwrap(value))
    return .unrecognized(
      place: place, node: node.name, found: node.sourceOperation ?? node.operation, expected: expected)
  }
}
