/// Translations of ONNX operators to TensorFlow operations, by ONNX name (onnx, docs/Operators.md).
enum ONNXOperators {
  typealias Translation =
    @Sendable (ONNXOperation, inout ONNXTranslator) throws(ConversionError) -> [Value]

  /// Returns the translation of an operator of `domain`; nil if it is unknown.
  static func translation(_ name: String, domain: String) -> Translation? {
    if ONNXOperation.isStandard(domain) { return table[name] }
    return domain == "com.microsoft" ? runtime[name] : nil
  }

  private static let table: [String: Translation] =
    elementwise.merging(shapes) { $1 }.merging(selections) { $1 }.merging(reductions) { $1 }
    .merging(layers) { $1 }

  /// Operators that differ from TensorFlow's only in name.
  private static let sameMeaning = [
    "Add": "AddV2", "Sub": "Sub", "Mul": "Mul", "Sqrt": "Sqrt", "Erf": "Erf",
    "Sigmoid": "Sigmoid",
    "Tanh": "Tanh", "Exp": "Exp", "Log": "Log", "Neg": "Neg", "Reciprocal": "Reciprocal", "Relu": "Relu",
    "Abs": "Abs", "Floor": "Floor", "Ceil": "Ceil", "Round": "Round", "Tile": "Tile",
  ]
  private static let comparisons = [
    "Equal": "Equal", "Less": "Less", "LessOrEqual": "LessEqual", "Greater": "Greater",
    "GreaterOrEqual": "GreaterEqual", "And": "LogicalAnd", "Or": "LogicalOr", "Not": "LogicalNot",
    "IsNaN": "IsNan",
  ]

  private static let elementwise: [String: Translation] =
    sameMeaning.mapValues { renamed($0) }
    .merging(comparisons.mapValues { renamed($0, type: .bool) }) { $1 }
    .merging([
      "Div": { (operation, graph) throws(ConversionError) in
        let inputs = try operands(operation)
        let isInteger = inputs.allSatisfy { graph.type(of: $0).isInteger }
        return [try graph.add(isInteger ? "TruncateDiv" : "RealDiv", inputs)]
      },
      "Pow": { (operation, graph) throws(ConversionError) in
        let base = try operation.input(0)
        return [try graph.add("Pow", [base, graph.cast(operation.input(1), to: graph.type(of: base))])]
      },
      "Where": { (operation, graph) throws(ConversionError) in
        let inputs = try operands(operation)
        guard inputs.count == 3 else { throw operation.failure("\(inputs.count) inputs, expected 3") }
        return [try graph.add("SelectV2", inputs, type: graph.type(of: inputs[1]))]
      },
      "Cast": { (operation, graph) throws(ConversionError) in
        let code = operation.integer("to", default: 0)
        let target = ElementType(ONNXDataType(rawValue: code))
        return [try graph.castNode(operation.input(0), to: target)]
      },
      "CastLike": { (operation, graph) throws(ConversionError) in
        [try graph.castNode(operation.input(0), to: graph.type(of: operation.input(1)))]
      },
      "Mod": { (operation, graph) throws(ConversionError) in
        // With fmod the result has the sign of the dividend, otherwise the sign of the divisor.
        let isTruncated = operation.integer("fmod", default: 0) != 0
        return [try graph.add(isTruncated ? "TruncateMod" : "FloorMod", operands(operation))]
      },
      "Clip": { (operation, graph) throws(ConversionError) in
        var value = try operation.input(0)
        if let least = operation.optionalInput(1) { value = try graph.add("Maximum", [value, least]) }
        if let most = operation.optionalInput(2) { value = try graph.add("Minimum", [value, most]) }
        return [value]
      },
      "Identity": passing, "Dropout": dropout,
      "Constant": { (operation, graph) throws(ConversionError) in
        [try graph.constant(constant(operation, &graph))]
      },
    ]) { $1 }

  /// An operator that TensorFlow calls `name`; its result has type `type`, by default the type of the first input.
  private static func renamed(_ name: String, type: ElementType? = nil) -> Translation {
    { (operation, graph) throws(ConversionError) in [try graph.add(name, operands(operation), type: type)] }
  }

  private static let passing: Translation = { (operation, _) throws(ConversionError) in
    [try operation.input(0)]
  }

  /// Passes the input of a Dropout on. A Dropout in training mode is not translated.
  private static let dropout: Translation = { (operation, graph) throws(ConversionError) in
    guard let training = operation.optionalInput(2) else { return [try operation.input(0)] }
    guard graph.booleans(training) == [false] else {
      return try graph.untranslated(operation, "training_mode; dropout that is switched off is supported")
    }
    return [try operation.input(0)]
  }

  private static func constant(
    _ operation: ONNXOperation, _ graph: inout ONNXTranslator
  ) throws(ConversionError) -> ConstantTensor {
    if let tensor = operation.tensor("value") { return try graph.contents(of: tensor) }
    if let values = operation.integers("value_ints") {
      return ConstantTensor(integers: values, shape: [values.count])
    }
    if operation.has("value_int") {
      return ConstantTensor(integers: [operation.integer("value_int", default: 0)], shape: [])
    }
    if let values = operation.floats("value_floats") {
      return ConstantTensor(floats: values, shape: [values.count])
    }
    if operation.has("value_float") {
      return ConstantTensor(floats: [operation.float("value_float", default: 0)], shape: [])
    }
    throw operation.failure("it has no value, or one of a kind that is not supported")
  }

  /// Returns all inputs; throws if one of them is omitted.
  static func operands(_ operation: ONNXOperation) throws(ConversionError) -> [Value] {
    let inputs = operation.inputs.compactMap { $0 }
    guard !inputs.isEmpty, inputs.count == operation.inputs.count else {
      throw operation.failure("an input is missing")
    }
    return inputs
  }
}
