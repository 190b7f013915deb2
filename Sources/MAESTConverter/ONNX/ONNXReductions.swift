extension ONNXOperators {
  /// Operators that make one element of many.
  static let reductions: [String: Translation] = [
    "ReduceMean": reduction("Mean"), "ReduceSum": reduction("Sum"), "ReduceMax": reduction("Max"),
    "ReduceMin": reduction("Min"), "ReduceProd": reduction("Prod"),
    "Sum": chain("AddV2"), "Max": chain("Maximum"), "Min": chain("Minimum"),
  ]

  /// TensorFlow's reduction `name` over the axes that an attribute or, in later versions, an input lists; over all
  /// axes where there is no list.
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

  /// An operator of any number of inputs as TensorFlow's of two, `name`, one after the other.
  private static func chain(_ name: String) -> Translation {
    { (operation, graph) throws(ConversionError) in
      let inputs = try operands(operation)
      var result = inputs[0]
      for next in inputs.dropFirst() { result = try graph.add(name, [result, next]) }
      return [result]
    }
  }
}
