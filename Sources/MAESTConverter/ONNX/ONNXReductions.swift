extension ONNXOperators {
  /// Reduction operators.
  static let reductions: [String: Translation] = [
    "ReduceMean": reduction("Mean"), "ReduceSum": reduction("Sum"), "ReduceMax": reduction("Max"),
    "ReduceMin": reduction("Min"), "ReduceProd": reduction("Prod"),
    "Sum": chain("AddV2"), "Max": chain("Maximum"), "Min": chain("Minimum"),
  ]

  /// TensorFlow's reduction `name` over the axes listed in an attribute or, in later versions, in an input; over all
  /// axes if there is no list.
  private static func reduction(_ name: String) -> Translation {
    { (operation, graph) throws(ConversionError) in
      let input = try operation.input(0)
      let keepsAxes = Attribute.boolean(operation.integer("keepdims", default: 1) != 0)
      let axes: [Int]
      switch graph.integers(operation, attribute: "axes", orInput: 1) {
      case .known(let known) where !known.isEmpty: axes = known
      case .unknown: return try graph.untranslated(operation, "axes that depend on the input")
      case .known, .absent:
        if operation.integer("noop_with_empty_axes", default: 0) != 0 { return [input] }
        guard let shape = graph.shape(input) else { return try graph.untranslated(operation) }
        axes = Array(shape.indices)
      }
      return [try graph.add(name, [input, graph.constant(axes)], ["keep_dims": keepsAxes])]
    }
  }

  /// An operator with any number of inputs, translated to a chain of TensorFlow's binary operation `name`.
  private static func chain(_ name: String) -> Translation {
    { (operation, graph) throws(ConversionError) in
      let inputs = try operands(operation)
      var result = inputs[0]
      for next in inputs.dropFirst() { result = try graph.add(name, [result, next]) }
      return [result]
    }
  }
}
