/// The semantics of operations, by TensorFlow's operation names.
///
/// Both constant folding and the interpreter of whole graphs use this table.
package enum Operations {
  typealias Implementation = @Sendable (Operands) throws(ConversionError) -> [ConstantTensor]

  static let table: [String: Implementation] = [
    arithmetic, logic, functions, conversions, layout, assembly, slicing, selection, reductions, products,
  ].reduce(into: [:]) { table, group in table.merge(group) { first, _ in first } }

  /// Operations whose results depend on the precision in which they are computed.
  private static let computing = Set([arithmetic, functions, reductions, products].flatMap(\.keys))

  /// Computes `node` on `inputs`; throws if the operation is unknown or does not match its inputs.
  package static func evaluate(
    _ node: Node, _ inputs: [ConstantTensor], in context: EvaluationContext = .folding
  ) throws(ConversionError) -> [ConstantTensor] {
    if node.operation == "Const" {
      guard let value = node.attributes["value"]?.tensor else { throw node.failure("it has no value") }
      return [value]
    }
    guard let implementation = table[node.operation] else {
      throw node.failure("the operation is not supported")
    }
    // The other sizes of a shape with a size of 0 are limited here, so that later products of sizes cannot overflow.
    let shapes = Operands(node: node, inputs: inputs, context: .shapes)
    for input in inputs { try shapes.checkedCount(input.shape) }
    guard !computing.contains(node.operation) || !inputs.contains(where: { $0.type == .float64 }) else {
      throw node.failure("arithmetic in double precision; float32 is supported")
    }
    return try implementation(Operands(node: node, inputs: inputs, context: context)).map(\.rounded)
  }
}

extension Node {
  func failure(_ reason: String) -> ConversionError {
    .badOperation(node: name, operation: operation, reason: reason)
  }
}

extension ConstantTensor {
  /// Returns the row-major strides of `shape`.
  static func strides(_ shape: [Int]) -> [Int] {
    var strides = Array(repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    return strides
  }
}

/// A rearrangement of lists of elements of any type.
protocol ElementRearrangement {
  func callAsFunction<T>(_ elements: [T]) -> [T]
}

extension ConstantTensor {
  /// Returns a tensor of the same type whose elements are rearranged by `rearrangement`.
  func mapElements(shape: [Int], _ rearrangement: some ElementRearrangement) -> ConstantTensor {
    let rearranged: Elements =
      switch elements {
      case .floatBytes, .floats: .floats(rearrangement(floats ?? []))
      case .integers(let values): .integers(rearrangement(values))
      case .booleans(let values): .booleans(rearrangement(values))
      case .strings(let values): .strings(rearrangement(values))
      }
    return ConstantTensor(type: type, shape: shape, elements: rearranged)
  }
}
