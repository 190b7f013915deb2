/// Typed access to an operation's inputs, and checks of its results.
struct Operands {
  let node: Node
  let inputs: [ConstantTensor]
  let context: EvaluationContext

  init(node: Node, inputs: [ConstantTensor], context: EvaluationContext = .folding) {
    self.node = node
    self.inputs = inputs
    self.context = context
  }

  func tensor(_ index: Int) throws(ConversionError) -> ConstantTensor {
    guard inputs.indices.contains(index) else { throw node.failure("input \(index) is missing") }
    return inputs[index]
  }

  func floats(_ index: Int) throws(ConversionError) -> [Float] {
    let tensor = try tensor(index)
    guard let values = tensor.floats else {
      throw wrongType(index, tensor, expected: "floating-point numbers")
    }
    return values
  }

  func integers(_ index: Int) throws(ConversionError) -> [Int] {
    let tensor = try tensor(index)
    guard let values = tensor.integers else { throw wrongType(index, tensor, expected: "integers") }
    return values
  }

  /// Returns the sizes, axes or positions along axes that input `index` lists, at most the maximum rank of a tensor.
  func list(_ index: Int) throws(ConversionError) -> [Int] {
    let count = try tensor(index).count
    guard count <= ConstantTensor.rankLimit else {
      throw node.failure(
        "input \(index) lists \(count) numbers, allowed are \(ConstantTensor.rankLimit) sizes or axes")
    }
    return try integers(index)
  }

  func booleans(_ index: Int) throws(ConversionError) -> [Bool] {
    let tensor = try tensor(index)
    guard let values = tensor.booleans else { throw wrongType(index, tensor, expected: "truth values") }
    return values
  }

  func integer(_ index: Int) throws(ConversionError) -> Int {
    let values = try integers(index)
    guard values.count == 1 else {
      throw node.failure("input \(index) has \(values.count) elements, expected 1")
    }
    return values[0]
  }

  /// Returns the axis that input `index` names, for a tensor of rank `rank`.
  func axis(at index: Int, rank: Int) throws(ConversionError) -> Int { try axis(integer(index), rank: rank) }

  /// Returns the axis `value` of `rank` axes; a negative value counts from the end.
  func axis(_ value: Int, rank: Int) throws(ConversionError) -> Int {
    guard value >= -rank, value < rank else { throw node.failure("axis \(value), the tensor has \(rank)") }
    return value < 0 ? value + rank : value
  }

  /// Returns the number of elements of `shape`; throws if it exceeds the limit.
  ///
  /// The other sizes of a shape that has a size of 0 are limited as well, so that products of any of the sizes cannot
  /// overflow.
  @discardableResult
  func checkedCount(_ shape: [Int]) throws(ConversionError) -> Int {
    guard shape.count <= ConstantTensor.rankLimit else {
      throw node.failure("a tensor of \(shape.count) axes, allowed are \(ConstantTensor.rankLimit)")
    }
    var product = 1
    for size in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: max(size, 1))
      guard size >= 0, !overflow, next <= context.elementLimit else {
        throw node.failure("a result of shape \(shape.brief), allowed are \(context.elementLimit) elements")
      }
      product = next
    }
    return shape.contains(0) ? 0 : product
  }

  /// Throws if a product would take more multiplications than allowed.
  func checkWork(_ sizes: [Int]) throws(ConversionError) {
    var product = 1
    for size in sizes {
      let (next, overflow) = product.multipliedReportingOverflow(by: max(size, 1))
      guard !overflow, next <= context.productLimit else {
        throw node.failure(
          "a product of sizes \(sizes.brief), allowed are \(context.productLimit) multiplications")
      }
      product = next
    }
  }

  private func wrongType(_ index: Int, _ tensor: ConstantTensor, expected: String) -> ConversionError {
    node.failure("input \(index) is of type \(tensor.type.rawValue), expected \(expected)")
  }
}
