/// A dense layer: `input · weight + bias`.
struct DensePattern {
  var input: Value
  /// `[input, output]`.
  var weight: WeightExpression
  /// `[output]`.
  var bias: WeightExpression
  var inputWidth: Int { weight.shape[0] }
  var outputWidth: Int { weight.shape[1] }
}

extension PatternMatcher {
  static let products: Set<String> = ["MatMul", "BatchMatMul", "BatchMatMulV2"]

  /// Recognises a product with a constant matrix plus a constant vector, in either order, with the matrix
  /// transposed or not, and a constant factor on the product. Nil for anything else.
  func dense(_ value: Value) -> DensePattern? {
    guard let (product, bias) = withBias(value), let width = vectorLength(bias) else { return nil }
    let (unscaled, factor) = scaled(product) ?? (product, 1)
    let node = node(unwrap(unscaled))
    guard Self.products.contains(node.operation), node.inputs.count == 2,
      !node.flag("transpose_a"), !node.flag("adj_x"), !graph.isConstant(node.inputs[0]),
      graph.isConstant(node.inputs[1]), let shape = compactShape(node.inputs[1]), shape.count == 2
    else { return nil }
    let isTransposed = node.flag("transpose_b") || node.flag("adj_y")
    let weight = WeightExpression(
      value: node.inputs[1], sourceShape: shape, permutation: isTransposed ? [1, 0] : nil,
      factor: Float(factor), shape: isTransposed ? shape.reversed() : shape)
    guard weight.shape[1] == width, let rows = compactShape(node.inputs[0]), rows.last == weight.shape[0],
      compactShape(value) == rows.dropLast() + [width]
    else { return nil }
    return DensePattern(
      input: node.inputs[0], weight: weight,
      bias: WeightExpression(value: bias, sourceShape: [width], shape: [width]))
  }

  /// The operands of a sum with a constant, written as an addition or as a bias along the last axis.
  func withBias(_ value: Value) -> (variable: Value, constant: Value)? {
    let format = node(unwrap(value)).attributes["data_format"]?.string
    guard format == nil || format == "NHWC" else { return nil }
    return withConstant(value, Self.additions.union(["BiasAdd"]))
  }
}
