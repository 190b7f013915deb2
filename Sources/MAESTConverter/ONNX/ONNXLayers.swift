extension ONNXOperators {
  /// Products, convolutions, norms and activations.
  static let layers: [String: Translation] = [
    "MatMul": { (operation, graph) throws(ConversionError) in
      let operands = [try operation.input(0), try operation.input(1)]
      let arePlain = operands.allSatisfy { graph.shape($0)?.count == 2 }
      return [try graph.add(arePlain ? "MatMul" : "BatchMatMulV2", operands)]
    },
    "Gemm": gemm,
    "Conv": convolution,
    "Attention": attention,
    "Softmax": { (operation, graph) throws(ConversionError) in
      let input = try operation.input(0)
      // Before version 13 softmax flattened all axes from `axis` on; for the last axis the result is the same.
      let axis = operation.integer("axis", default: graph.operatorVersion < 13 ? 1 : -1)
      if axis != -1 {
        guard let rank = graph.shape(input)?.count, axis == rank - 1 else {
          return try graph.untranslated(operation, "axis \(axis); the last one is supported")
        }
      }
      return [try graph.add("Softmax", [input])]
    },
    "LayerNormalization": layerNormalization,
    "Gelu": { (operation, graph) throws(ConversionError) in
      let form = operation.string("approximate") ?? "none"
      guard form == "none" else {
        return try graph.untranslated(operation, "approximate \(form); none is supported")
      }
      return [try gelu(operation.input(0), &graph)]
    },
  ]

  /// `alpha · A · B + beta · C`, with A and B optionally transposed.
  private static let gemm: Translation = { (operation, graph) throws(ConversionError) in
    let flags: [String: Attribute] = [
      "transpose_a": .boolean(operation.integer("transA", default: 0) != 0),
      "transpose_b": .boolean(operation.integer("transB", default: 0) != 0),
    ]
    var result = try graph.add("MatMul", [operation.input(0), operation.input(1)], flags)
    result = try scaled(result, by: operation.float("alpha", default: 1), &graph)
    if let addend = operation.optionalInput(2) {
      let term = try scaled(addend, by: operation.float("beta", default: 1), &graph)
      result = try graph.add("AddV2", [result, term])
    }
    return [result]
  }

  static func scaled(
    _ value: Value, by factor: Float, _ graph: inout ONNXTranslator
  ) throws(ConversionError) -> Value {
    factor == 1 ? value : try graph.add("Mul", [value, graph.constant(factor)])
  }

  /// Converts data `[batch, channel, height, width]` and kernel `[output, input, height, width]` to TensorFlow's
  /// `[batch, height, width, channel]` and `[height, width, input, output]`, and converts the result back.
  private static let convolution: Translation = { (operation, graph) throws(ConversionError) in
    let (input, kernel) = (try operation.input(0), try operation.input(1))
    let padding = operation.string("auto_pad") ?? "NOTSET"
    guard graph.shape(input)?.count == 4, graph.shape(kernel)?.count == 4,
      operation.integer("group", default: 1) == 1, ["NOTSET", "VALID"].contains(padding),
      operation.integers("pads")?.allSatisfy({ $0 == 0 }) ?? true
    else { return try graph.untranslated(operation) }
    let strides = operation.integers("strides") ?? [1, 1]
    let dilations = operation.integers("dilations") ?? [1, 1]
    guard strides.count == 2, dilations.count == 2, (strides + dilations).allSatisfy({ $0 > 0 }) else {
      throw operation.failure("strides \(strides.brief), dilations \(dilations.brief)")
    }
    let data = try graph.add("Transpose", [input, graph.constant([0, 2, 3, 1])])
    let filter = try graph.add("Transpose", [kernel, graph.constant([2, 3, 1, 0])])
    let attributes: [String: Attribute] = [
      "strides": .integers([1] + strides + [1]), "dilations": .integers([1] + dilations + [1]),
      "padding": .string("VALID"), "data_format": .string("NHWC"),
    ]
    var result = try graph.add("Conv2D", [data, filter], attributes)
    if let bias = operation.optionalInput(2) { result = try graph.add("BiasAdd", [result, bias]) }
    return [try graph.add("Transpose", [result, graph.constant([0, 3, 1, 2])])]
  }

  /// `0.5 · x · (1 + erf(x / √2))`.
  static func gelu(_ input: Value, _ graph: inout ONNXTranslator) throws(ConversionError) -> Value {
    let argument = try graph.add("RealDiv", [input, graph.constant(Float(2).squareRoot())])
    let gate = try graph.add("AddV2", [graph.add("Erf", [argument]), graph.constant(Float(1))])
    return try graph.add("Mul", [graph.add("Mul", [input, gate]), graph.constant(Float(0.5))])
  }

  private static let layerNormalization: Translation = { (operation, graph) throws(ConversionError) in
    let input = try operation.input(0)
    let axis = operation.integer("axis", default: -1)
    if axis != -1 {
      guard let rank = graph.shape(input)?.count, axis == rank - 1 else {
        return try graph.untranslated(operation, "axis \(axis); the last one is supported")
      }
    }
    return try layerNorm(
      input, scale: operation.input(1), bias: operation.optionalInput(2),
      epsilon: operation.float("epsilon", default: 1e-5), &graph)
  }

  /// Adds `(x - mean) / sqrt(variance + epsilon) · scale + bias` over the last axis; also returns the means and `1 /
  /// sqrt(variance + epsilon)`.
  static func layerNorm(
    _ input: Value, scale: Value, bias: Value?, epsilon: Float, _ graph: inout ONNXTranslator
  ) throws(ConversionError) -> [Value] {
    let keepsAxes = ["keep_dims": Attribute.boolean(true)]
    let mean = try graph.add("Mean", [input, graph.constant([-1])], keepsAxes)
    let centered = try graph.add("Sub", [input, mean])
    let variance = try graph.add("Mean", [graph.add("Square", [centered]), graph.constant([-1])], keepsAxes)
    let deviation = try graph.add("Sqrt", [graph.add("AddV2", [variance, graph.constant(epsilon)])])
    var result = try graph.add("Mul", [graph.add("RealDiv", [centered, deviation]), scale])
    if let bias { result = try graph.add("AddV2", [result, bias]) }
    return [result, mean, try graph.add("Reciprocal", [deviation])]
  }
}
