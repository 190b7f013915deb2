extension ONNXOperators {
  /// `softmax(scale · Q · Kᵀ + mask) · V` for each head (onnx, docs/Operators.md, "Attention").
  ///
  /// Queries, keys and values are `[batch, head, token, width]` or `[batch, token, head · width]`.
  static let attention: Translation = { (operation, graph) throws(ConversionError) in
    if let reason = unsupported(operation) { return try graph.untranslated(operation, reason) }
    guard let queries = try heads(operation, 0, "q_num_heads", &graph),
      let keys = try heads(operation, 1, "kv_num_heads", &graph),
      let values = try heads(operation, 2, "kv_num_heads", &graph),
      let shape = graph.shape(queries), let keyShape = graph.shape(keys)
    else { return try graph.untranslated(operation, "queries, keys and values need shapes and heads") }
    guard shape[1] == keyShape[1] else {
      return try graph.untranslated(
        operation, "\(shape[1]) heads of queries over \(keyShape[1]) of keys; as many are supported")
    }
    let scale = operation.float("scale", default: 1 / Float(shape[3]).squareRoot())
    let products = try graph.add("BatchMatMulV2", [queries, keys], ["adj_y": .boolean(true)])
    let scores = try graph.add("Mul", [products, graph.constant(scale)])
    guard let masked = try applyMask(operation, scores, &graph) else {
      return try graph.untranslated(operation, "a mask that is not of all queries and keys")
    }
    let weights = try graph.add("Softmax", [masked])
    var result = try graph.add("BatchMatMulV2", [weights, values])
    if let wanted = try graph.shape(operation.input(0)), wanted.count == 3, let shape = graph.shape(result) {
      // Merge the heads into the last axis again.
      let transposed = try graph.add("Transpose", [result, graph.constant([0, 2, 1, 3])])
      result = try graph.add(
        "Reshape", [transposed, graph.constant([shape[0], shape[2], shape[1] * shape[3]])])
    }
    let stages = [scores, masked, masked, weights]
    return [result, keys, values, stages[operation.integer("qk_matmul_output_mode", default: 0)]]
  }

  /// Returns the setting of the operator that encoder attention does not support; nil if there is none.
  private static func unsupported(_ operation: ONNXOperation) -> String? {
    if operation.integer("is_causal", default: 0) != 0 { return "is_causal 1; 0 is supported" }
    let cap = operation.float("softcap", default: 0)
    if cap != 0 { return "softcap \(cap); 0 is supported" }
    if operation.optionalInput(4) != nil || operation.optionalInput(5) != nil {
      return "keys and values of earlier calls; none are supported"
    }
    if operation.optionalInput(6) != nil {
      return "a count of tokens that are not padding; none is supported"
    }
    // Element type codes of ONNX: 1 is single precision, 11 is double precision.
    let precision = operation.integer("softmax_precision", default: 1)
    if ![1, 11].contains(precision) { return "softmax_precision \(precision); 1 and 11 are supported" }
    let mode = operation.integer("qk_matmul_output_mode", default: 0)
    return (0...3).contains(mode) ? nil : "qk_matmul_output_mode \(mode); 0 to 3 are supported"
  }

  /// Returns queries, keys or values as `[batch, head, token, width]`; nil if the shape does not determine it.
  private static func heads(
    _ operation: ONNXOperation, _ index: Int, _ attribute: String, _ graph: inout ONNXTranslator
  ) throws(ConversionError) -> Value? {
    let value = try operation.input(index)
    guard let shape = graph.shape(value) else { return nil }
    if shape.count == 4 { return value }
    let count = operation.integer(attribute, default: 0)
    guard shape.count == 3, count > 0, shape[2] % count == 0 else { return nil }
    let split = try graph.add(
      "Reshape", [value, graph.constant([shape[0], shape[1], count, shape[2] / count])])
    return try graph.add("Transpose", [split, graph.constant([0, 2, 1, 3])])
  }

  /// Applies a mask: it is added to the scores, or its truth values select the scores that count. Nil if the mask's
  /// shape does not cover every key: the operator would hide the remaining keys.
  private static func applyMask(
    _ operation: ONNXOperation, _ scores: Value, _ graph: inout ONNXTranslator
  ) throws(ConversionError) -> Value? {
    guard let mask = operation.optionalInput(3) else { return scores }
    guard let shape = graph.shape(scores), let maskShape = graph.shape(mask),
      (2...4).contains(maskShape.count),
      maskShape.last == shape.last, Broadcast.shape(shape, maskShape) == shape
    else { return nil }
    guard graph.type(of: mask) == .bool else { return try graph.add("AddV2", [scores, mask]) }
    return try graph.add(
      "SelectV2", [mask, scores, graph.constant(-Float.infinity)], type: graph.type(of: scores))
  }
}
