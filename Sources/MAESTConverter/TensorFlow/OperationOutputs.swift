/// The outputs of the TensorFlow operations that graphs of MAEST use.
enum OperationOutputs {
  /// Names of the outputs of operations that have more than one, in order.
  static let names: [String: [String]] = [
    "Switch": ["output_false", "output_true"],
    "Merge": ["output", "value_index"],
  ]

  /// Returns the number of outputs of `node`; nil if it is unknown.
  static func count(of node: Node) -> Int? {
    switch node.operation {
    case "Split": node.integer("num_split", default: 1)
    case "SplitV": node.integer("num_split", default: 1)
    case "Unpack": node.integer("num", default: 1)
    case let operation where single.contains(operation): 1
    default: names[node.operation]?.count
    }
  }

  private static let single: Set<String> = [
    "Abs", "Add", "AddN", "AddV2", "All", "Any", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "BiasAdd",
    "BroadcastTo", "Cast", "CheckNumerics",
    "ConcatV2", "Const", "Conv2D", "Div", "Einsum", "Elu", "EnsureShape", "Equal", "Erf", "Erfc", "Exp",
    "ExpandDims", "Fill", "FloorDiv",
    "FloorMod", "Gather", "GatherNd", "GatherV2", "Greater", "GreaterEqual", "Identity", "Less", "LessEqual",
    "Log", "LogicalAnd", "LogicalNot", "LogicalOr", "MatMul", "Max", "Maximum", "Mean", "Min", "Minimum",
    "Mul", "Neg", "NotEqual",
    "Pack", "Placeholder", "Pow", "PreventGradient", "Prod", "Range", "Rank", "RealDiv", "Reciprocal", "Relu",
    "Reshape", "Rsqrt", "Select", "SelectV2", "Shape", "Sigmoid", "Size", "Slice", "Snapshot", "Softmax",
    "SparseToDense", "Sqrt", "Square", "SquaredDifference", "Squeeze", "StopGradient", "StridedSlice", "Sub",
    "Sum", "Tanh", "Tile", "Transpose", "Where",
  ]
}
