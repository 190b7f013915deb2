/// The outputs of TensorFlow's operations, as far as graphs of MAEST use them.
enum OperationOutputs {
  /// Names of the outputs of operations that have more than one, in order.
  static let names: [String: [String]] = [
    "Switch": ["output_false", "output_true"],
    "Merge": ["output", "value_index"],
  ]

  /// How many outputs `node` has; nil where that is not known.
  static func count(of node: Node) -> Int? {
    switch node.operation {
    case "Split": node.integer("num_split", default: 1)
    case "Unpack": node.integer("num", default: 1)
    case let operation where single.contains(operation): 1
    default: names[node.operation]?.count
    }
  }

  private static let single: Set<String> = [
    "Add", "AddV2", "All", "BatchMatMul", "BatchMatMulV2", "BiasAdd", "BroadcastTo", "Cast", "CheckNumerics",
    "ConcatV2", "Const", "Conv2D", "EnsureShape", "Equal", "Erf", "Erfc", "ExpandDims", "Fill", "FloorDiv",
    "FloorMod", "GatherNd", "GatherV2", "Greater", "GreaterEqual", "Identity", "Less", "LessEqual",
    "LogicalAnd", "LogicalNot", "LogicalOr", "MatMul", "Maximum", "Mean", "Minimum", "Mul", "Neg", "NotEqual",
    "Pack", "Placeholder", "Pow", "PreventGradient", "Prod", "Range", "Rank", "RealDiv", "Reciprocal", "Relu",
    "Reshape", "Rsqrt", "Select", "SelectV2", "Shape", "Sigmoid", "Size", "Slice", "Snapshot", "Softmax",
    "SparseToDense", "Sqrt", "Square", "SquaredDifference", "Squeeze", "StopGradient", "StridedSlice", "Sub",
    "Sum", "Tanh", "Tile", "Transpose", "Where",
  ]
}
