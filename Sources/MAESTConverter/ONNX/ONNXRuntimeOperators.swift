extension ONNXOperators {
  /// Operators of the domain `com.microsoft`, which onnxruntime writes when it fuses operators (onnxruntime,
  /// docs/ContribOperators.md).
  static let runtime: [String: Translation] = [
    "FusedMatMul": { (operation, graph) throws(ConversionError) in
      for attribute in ["transBatchA", "transBatchB"] where operation.integer(attribute, default: 0) != 0 {
        return try graph.untranslated(operation, "\(attribute) 1; 0 is supported")
      }
      let flags: [String: Attribute] = [
        "adj_x": .boolean(operation.integer("transA", default: 0) != 0),
        "adj_y": .boolean(operation.integer("transB", default: 0) != 0),
      ]
      let product = try graph.add("BatchMatMulV2", [operation.input(0), operation.input(1)], flags)
      return [try scaled(product, by: operation.float("alpha", default: 1), &graph)]
    },
    "Gelu": { (operation, graph) throws(ConversionError) in [try gelu(operation.input(0), &graph)] },
    "BiasGelu": { (operation, graph) throws(ConversionError) in
      [try gelu(graph.add("AddV2", [operation.input(0), operation.input(1)]), &graph)]
    },
    "SkipLayerNormalization": { (operation, graph) throws(ConversionError) in
      var (input, skip) = (try operation.input(0), try operation.input(1))
      if let bias = operation.optionalInput(4) {
        // The bias belongs to the matrix product, whichever operand that is.
        if graph.isProduct(skip) {
          skip = try graph.add("AddV2", [skip, bias])
        } else {
          input = try graph.add("AddV2", [input, bias])
        }
      }
      let sum = try graph.add("AddV2", [input, skip])
      let norm = try layerNorm(
        sum, scale: operation.input(2), bias: operation.optionalInput(3),
        epsilon: operation.float("epsilon", default: 1e-12), &graph)
      return norm + [sum]
    },
  ]
}
