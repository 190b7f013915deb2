extension FoldedGraph {
  /// Operations whose results contain only elements of their first input; for `Fill`, of the second one.
  private static let spreading: Set<String> = [
    "BroadcastTo", "Tile", "Reshape", "ExpandDims", "Squeeze", "Transpose",
  ]
  /// Operations whose result elements depend only on the input elements at the same position.
  private static let elementwise = Set(
    ["SelectV2", "Cast"] + [Operations.arithmetic, Operations.logic, Operations.functions].flatMap(\.keys)
  ).subtracting(["BiasAdd"])
  /// Maximum number of operations to look through.
  private static let uniformDepthLimit = 64

  /// Returns the element that all elements of a constant are equal to; nil if they differ or cannot be evaluated.
  ///
  /// Operations that broadcast one element to a shape are looked through, so that a mask over all pairs of tokens costs
  /// as much as a mask of a single pair.
  package func uniformElement(of value: Value) -> ConstantTensor? {
    var known: [Value: ConstantTensor?] = [:]
    return uniformElement(of: value, depth: 0, &known)
  }

  private func uniformElement(
    of value: Value, depth: Int, _ found: inout [Value: ConstantTensor?]
  ) -> ConstantTensor? {
    let value = source(of: value)
    if let element = found[value] { return element }
    guard isConstant(value), depth < Self.uniformDepthLimit else { return nil }
    let element = spreadElement(value, depth: depth, &found) ?? constant(value)?.uniformElement
    found[value] = .some(element)
    return element
  }

  /// Returns the result element of `value`'s operation for uniform inputs.
  private func spreadElement(
    _ value: Value, depth: Int, _ found: inout [Value: ConstantTensor?]
  ) -> ConstantTensor? {
    let node = graph[value]
    guard value.output == 0, !node.inputs.isEmpty, shape(of: value)?.contains(0) == false else { return nil }
    if Self.spreading.contains(node.operation) {
      return uniformElement(of: node.inputs[0], depth: depth + 1, &found)
    }
    if node.operation == "Fill", node.inputs.count == 2 {
      return uniformElement(of: node.inputs[1], depth: depth + 1, &found)
    }
    guard Self.elementwise.contains(node.operation) else { return nil }
    var inputs: [ConstantTensor] = []
    for input in node.inputs {
      guard let element = uniformElement(of: input, depth: depth + 1, &found) else { return nil }
      inputs.append(element)
    }
    return try? Operations.evaluate(node, inputs, in: .eagerFolding).first
  }
}

extension ConstantTensor {
  /// The common element as a scalar tensor if all elements are the same number or truth value; otherwise nil.
  fileprivate var uniformElement: ConstantTensor? {
    if let values = floats, let first = values.first,
      values.allSatisfy({ $0.bitPattern == first.bitPattern && !$0.isNaN })
    {
      return ConstantTensor(type: type, shape: [], elements: .floats([first]))
    }
    if let values = integers, let first = values.first, values.allSatisfy({ $0 == first }) {
      return ConstantTensor(type: type, shape: [], elements: .integers([first]))
    }
    if let values = booleans, let first = values.first, values.allSatisfy({ $0 == first }) {
      return ConstantTensor(booleans: [first], shape: [])
    }
    return nil
  }
}
