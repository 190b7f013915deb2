/// Shapes of operations' results where the elements are not known.
enum ShapeRules {
  private typealias Rule = @Sendable (Node, FoldedGraph) throws -> [Int]?

  /// The shape of each output of `node`; nil where it cannot be told.
  static func shapes(of node: Node, in graph: FoldedGraph) -> [[Int]?] {
    switch node.operation {
    case "Split":
      let parts = node.integer("num_split", default: 1)
      guard (1...1024).contains(parts) else { return [nil] }
      return Array(repeating: try? splitShape(node, graph, parts: parts), count: parts)
    case "SplitV": return (try? partShapes(node, graph)) ?? [nil]
    case "Unpack":
      let parts = node.integer("num", default: 1)
      guard (1...1024).contains(parts) else { return [nil] }
      return Array(repeating: unpackedShape(node, graph), count: parts)
    case let operation where sameShape.contains(operation): return [input(node, graph, 0)]
    case let operation where broadcasting.contains(operation): return [broadcastShape(node, graph)]
    case let operation: return [(try? rules[operation]?(node, graph)) ?? nil]
    }
  }

  private static let sameShape: Set<String> = [
    "Softmax", "Erf", "Erfc", "Sigmoid", "Tanh", "Relu", "Elu", "Gelu", "Sqrt", "Rsqrt", "Square", "Neg",
    "Reciprocal", "Cast", "Exp", "Log", "BiasAdd", "ZerosLike", "OnesLike", "Switch",
  ]
  private static let broadcasting: Set<String> = [
    "Add", "AddV2", "Sub", "Mul", "RealDiv", "Pow", "Minimum", "Maximum", "SquaredDifference", "Equal",
    "Less", "Greater", "LogicalAnd",
  ]

  private static let rules: [String: Rule] = [
    "Placeholder": { node, _ in
      guard case .shape(let shape?) = node.attributes["shape"] else { return nil }
      return shape.map { $0 ?? 1 }
    },
    "Reshape": { node, graph in
      guard let shape = input(node, graph, 0), let wanted = integers(node, graph, 1) else { return nil }
      return try Operations.reshapedShape(node, from: shape, to: wanted)
    },
    "ExpandDims": { node, graph in
      guard let shape = input(node, graph, 0), let axis = integers(node, graph, 1)?.first else { return nil }
      return try Operations.expandedShape(node, shape, axis: axis)
    },
    "Squeeze": { node, graph in
      try input(node, graph, 0).map { try Operations.squeezedShape(node, $0) }
    },
    "Transpose": { node, graph in
      guard let shape = input(node, graph, 0), let order = integers(node, graph, 1) else { return nil }
      return try Operations.permutation(node, order, rank: shape.count).map { shape[$0] }
    },
    "ConcatV2": concatenatedShape,
    "Conv2D": convolvedShape,
    "MatMul": { node, graph in productShape(node, graph, adjoint: ("transpose_a", "transpose_b")) },
    "BatchMatMul": { node, graph in productShape(node, graph, adjoint: ("adj_x", "adj_y")) },
    "BatchMatMulV2": { node, graph in productShape(node, graph, adjoint: ("adj_x", "adj_y")) },
    "Mean": reducedShape, "Sum": reducedShape, "Max": reducedShape, "Prod": reducedShape,
    "GatherV2": { node, graph in
      guard let shape = input(node, graph, 0), let indices = input(node, graph, 1),
        let value = integers(node, graph, 2)?.first
      else { return nil }
      let axis = try Operands(node: node, inputs: []).axis(value, rank: shape.count)
      return shape[..<axis] + indices + shape[(axis + 1)...]
    },
    "Gather": { node, graph in
      guard let shape = input(node, graph, 0), let indices = input(node, graph, 1), !shape.isEmpty else {
        return nil
      }
      return indices + shape.dropFirst()
    },
    "Slice": { node, graph in
      guard let shape = input(node, graph, 0), let begin = integers(node, graph, 1),
        let sizes = integers(node, graph, 2), begin.count == shape.count, sizes.count == shape.count,
        shape.indices.allSatisfy({
          (0...shape[$0]).contains(begin[$0]) && (-1...shape[$0] - begin[$0]).contains(sizes[$0])
        })
      else { return nil }
      return shape.indices.map { sizes[$0] == -1 ? shape[$0] - begin[$0] : sizes[$0] }
    },
    "StridedSlice": { node, graph in
      guard let shape = input(node, graph, 0), let begin = integers(node, graph, 1),
        let end = integers(node, graph, 2), let strides = integers(node, graph, 3)
      else { return nil }
      return try StridedSlice(node, shape: shape, begin: begin, end: end, strides: strides).resultShape
    },
    "Pack": { node, graph in
      guard let shape = input(node, graph, 0) else { return nil }
      let axis = try Operands(node: node, inputs: []).axis(
        node.integer("axis", default: 0), rank: shape.count + 1)
      return shape[..<axis] + [node.inputs.count] + shape[axis...]
    },
    "SelectV2": { node, graph in
      guard let chosen = input(node, graph, 1), let other = input(node, graph, 2) else { return nil }
      return Broadcast.shape(chosen, other)
    },
  ]

  private static func input(_ node: Node, _ graph: FoldedGraph, _ index: Int) -> [Int]? {
    node.inputs.indices.contains(index) ? graph.shape(of: node.inputs[index]) : nil
  }

  private static func integers(_ node: Node, _ graph: FoldedGraph, _ index: Int) -> [Int]? {
    node.inputs.indices.contains(index) ? graph.constant(node.inputs[index])?.integers : nil
  }

  private static func broadcastShape(_ node: Node, _ graph: FoldedGraph) -> [Int]? {
    guard let left = input(node, graph, 0), let right = input(node, graph, 1) else { return nil }
    return Broadcast.shape(left, right)
  }

  private static func splitShape(_ node: Node, _ graph: FoldedGraph, parts: Int) throws -> [Int]? {
    guard let value = integers(node, graph, 0)?.first, var shape = input(node, graph, 1) else { return nil }
    let axis = try Operands(node: node, inputs: []).axis(value, rank: shape.count)
    guard shape[axis] % parts == 0 else { return nil }
    shape[axis] /= parts
    return shape
  }

  /// Parts of sizes that the second input gives, along the axis that the third one names.
  private static func partShapes(_ node: Node, _ graph: FoldedGraph) throws -> [[Int]?] {
    guard let shape = input(node, graph, 0), let sizes = integers(node, graph, 1),
      let value = integers(node, graph, 2)?.first
    else { return [nil] }
    let axis = try Operands(node: node, inputs: []).axis(value, rank: shape.count)
    return Operations.partSizes(sizes, of: shape[axis])?.map { size in
      var part = shape
      part[axis] = size
      return part
    } ?? [nil]
  }

  private static func unpackedShape(_ node: Node, _ graph: FoldedGraph) -> [Int]? {
    guard var shape = input(node, graph, 0),
      let axis = try? Operands(node: node, inputs: []).axis(
        node.integer("axis", default: 0), rank: shape.count)
    else { return nil }
    shape.remove(at: axis)
    return shape
  }

  private static let concatenatedShape: Rule = { node, graph in
    guard var shape = input(node, graph, 0),
      let value = integers(node, graph, node.inputs.count - 1)?.first
    else { return nil }
    let axis = try Operands(node: node, inputs: []).axis(value, rank: shape.count)
    for index in 1..<max(node.inputs.count - 1, 1) {
      guard let next = input(node, graph, index), next.count == shape.count else { return nil }
      shape[axis] += next[axis]
    }
    return shape
  }

  /// `NHWC` data, kernel `[height, width, input, output]`, padding `VALID`.
  private static let convolvedShape: Rule = { node, graph in
    guard let data = input(node, graph, 0), let kernel = input(node, graph, 1), data.count == 4,
      kernel.count == 4, let strides = node.attributes["strides"]?.integers, strides.count == 4,
      node.attributes["padding"]?.string == "VALID",
      node.attributes["data_format"]?.string ?? "NHWC" == "NHWC",
      strides[1] > 0, strides[2] > 0, data[1] >= kernel[0], data[2] >= kernel[1]
    else { return nil }
    return [
      data[0], (data[1] - kernel[0]) / strides[1] + 1, (data[2] - kernel[1]) / strides[2] + 1, kernel[3],
    ]
  }

  private static func productShape(
    _ node: Node, _ graph: FoldedGraph, adjoint: (String, String)
  ) -> [Int]? {
    guard let left = input(node, graph, 0), let right = input(node, graph, 1), left.count >= 2,
      right.count >= 2
    else { return nil }
    let rows = node.flag(adjoint.0) ? left[left.count - 1] : left[left.count - 2]
    let inner = node.flag(adjoint.0) ? left[left.count - 2] : left[left.count - 1]
    let columns = node.flag(adjoint.1) ? right[right.count - 2] : right[right.count - 1]
    let innerRight = node.flag(adjoint.1) ? right[right.count - 1] : right[right.count - 2]
    guard inner == innerRight, let batch = Broadcast.shape(left.dropLast(2), right.dropLast(2)) else {
      return nil
    }
    return batch + [rows, columns]
  }

  private static let reducedShape: Rule = { node, graph in
    guard let shape = input(node, graph, 0), let axes = integers(node, graph, 1) else { return nil }
    var reduced: Set<Int> = []
    for axis in axes { reduced.insert(try Operands(node: node, inputs: []).axis(axis, rank: shape.count)) }
    return shape.enumerated().compactMap { axis, size in
      reduced.contains(axis) ? (node.flag("keep_dims") ? 1 : nil) : size
    }
  }
}

extension Broadcast {
  fileprivate static func shape(_ left: ArraySlice<Int>, _ right: ArraySlice<Int>) -> [Int]? {
    shape(Array(left), Array(right))
  }
}
