/// A dense layer: `input · weight + bias`.
struct DensePattern {
  /// The product's input `[token, input]`.
  var input: Value
  /// The product, and the sum of the product and the bias.
  var product: Value
  var sum: Value
  /// `[input, output]`.
  var weight: WeightExpression
  /// `[output]`.
  var bias: WeightExpression
  var outputWidth: Int { weight.shape[1] }
}

extension PatternMatcher {
  static let products: Set<String> = ["MatMul", "BatchMatMul", "BatchMatMulV2"]

  /// Maximum number of no-op operations to look through one by one.
  private static let peelLimit = 8

  /// Recognises a constant matrix product plus a constant, in either order, with the matrix transposed or not, and with
  /// an optional constant factor on the product. Nil for anything else.
  ///
  /// The last axes of the result may together be the layer's outputs, as in `[token, head, width]`.
  func dense(_ value: Value) -> DensePattern? {
    sums(behind: value).lazy.compactMap { dense(sum: $0, product: $1, bias: $2) }.first
  }

  /// Returns all sums with a constant, or biases along the last axis, that equal `value` apart from no-op operations. A
  /// sum with zero may be a no-op, or the bias of a layer with one output.
  private func sums(behind value: Value) -> [(sum: Value, variable: Value, constant: Value)] {
    var candidates = [graph.source(of: value)]
    while let last = candidates.last, candidates.count < Self.peelLimit, last.output == 0,
      let inner = unwrappedOnce(last)
    {
      candidates.append(graph.source(of: inner))
    }
    candidates.append(unwrap(value))
    return candidates.compactMap { sum in
      biasOperands(node(sum)).map { (sum, $0.variable, $0.constant) }
    }
  }

  private func dense(sum: Value, product: Value, bias: Value) -> DensePattern? {
    let (unscaled, factor) = scaled(product) ?? (product, 1)
    let product = behindReshapes(unscaled)
    let node = node(product)
    guard Self.products.contains(node.operation), node.inputs.count == 2,
      !node.flag("transpose_a"), !node.flag("adj_x"), !graph.isConstant(node.inputs[0]),
      graph.isConstant(node.inputs[1]), let shape = graph.shape(of: node.inputs[1]), shape.count >= 2,
      shape.dropLast(2).allSatisfy({ $0 == 1 })
    else { return nil }
    var weight = WeightExpression.constant(node.inputs[1], shape: Array(shape.suffix(2)))
    if node.flag("transpose_b") || node.flag("adj_y") { weight = weight.permuted([1, 0]) }
    let width = weight.shape[1]
    guard addsToOutputs(sum: sum, product: product, bias: bias, width: width) else { return nil }
    return DensePattern(
      input: node.inputs[0], product: product, sum: sum, weight: weight.scaled(Float(factor)),
      bias: .constant(bias, shape: [width]))
  }

  /// Returns whether `bias` has one number for each of the `width` outputs and is added to every row of the product.
  private func addsToOutputs(sum: Value, product: Value, bias: Value, width: Int) -> Bool {
    guard let result = graph.shape(of: sum), let rows = graph.shape(of: product)?.dropLast(),
      let shape = graph.shape(of: bias)
    else { return false }
    let outputs = Array(shape.drop { $0 == 1 })
    return outputs.reduce(1, *) == width && result.suffix(outputs.count) == outputs[...]
      && result.dropLast(outputs.count).filter { $0 != 1 } == rows.filter { $0 != 1 }
  }

  /// Returns the value behind operations that change only its shape.
  private func behindReshapes(_ value: Value) -> Value {
    var value = unwrap(value)
    while ["Reshape", "Squeeze", "ExpandDims"].contains(node(value).operation), value.output == 0,
      let input = node(value).inputs.first, !graph.isConstant(value)
    {
      value = unwrap(input)
    }
    return value
  }

  /// Returns the operands of a sum with a constant, written as an addition or as a bias along the last axis.
  func withBias(_ value: Value) -> (variable: Value, constant: Value)? { biasOperands(node(unwrap(value))) }

  private func biasOperands(_ node: Node) -> (variable: Value, constant: Value)? {
    let format = node.attributes["data_format"]?.string
    guard format == nil || format == "NHWC",
      node.operation == "BiasAdd" || Self.additions.contains(node.operation)
    else { return nil }
    return constantOperand(node)
  }
}
