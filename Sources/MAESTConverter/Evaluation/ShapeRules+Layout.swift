extension ShapeRules {
  /// Operations that change only the shape of a tensor.
  static let layout: [String: Rule] = [
    "Placeholder": { (inputs) throws(ConversionError) in
      guard case .shape(let shape?) = inputs.node.attributes["shape"] else { return nil }
      return shape.map { $0 ?? 1 }
    },
    "Reshape": { (inputs) throws(ConversionError) in
      guard let shape = inputs.shape(0), let wanted = inputs.list(1) else { return nil }
      return try Operations.reshapedShape(inputs.node, from: shape, to: wanted)
    },
    "ExpandDims": { (inputs) throws(ConversionError) in
      guard let shape = inputs.shape(0), let axis = inputs.list(1)?.first else { return nil }
      return try Operations.expandedShape(inputs.node, shape, axis: axis)
    },
    "Squeeze": { (inputs) throws(ConversionError) in
      guard let shape = inputs.shape(0) else { return nil }
      return try Operations.squeezedShape(inputs.node, shape)
    },
    "Transpose": { (inputs) throws(ConversionError) in
      guard let shape = inputs.shape(0), let order = inputs.list(1) else { return nil }
      return try Operations.permutation(inputs.node, order, rank: shape.count).map { shape[$0] }
    },
  ]

  /// Operations that concatenate, repeat or create tensors.
  static let assembly: [String: Rule] = [
    "Pack": { (inputs) throws(ConversionError) in
      guard let shape = inputs.shape(0) else { return nil }
      let axis = try inputs.axis(inputs.node.integer("axis", default: 0), rank: shape.count + 1)
      return shape[..<axis] + [inputs.node.inputs.count] + shape[axis...]
    },
    "ConcatV2": { (inputs) throws(ConversionError) in
      try concatenatedShape(inputs, inputs.node.inputs.indices.dropLast(), axis: inputs.node.inputs.count - 1)
    },
    "Concat": { (inputs) throws(ConversionError) in
      try concatenatedShape(inputs, inputs.node.inputs.indices.dropFirst(), axis: 0)
    },
    "Tile": { (inputs) throws(ConversionError) in
      guard let shape = inputs.shape(0), let multiples = inputs.list(1), multiples.count == shape.count else {
        return nil
      }
      return areCountable(zip(multiples, shape).flatMap { [$0, $1] })
        ? zip(multiples, shape).map { $0 * $1 } : nil
    },
    "BroadcastTo": { (inputs) throws(ConversionError) in
      guard let shape = inputs.shape(0), let wanted = inputs.list(1), shape.count <= wanted.count,
        Broadcast.shape(shape, wanted) == wanted
      else { return nil }
      return wanted
    },
    "Fill": { (inputs) throws(ConversionError) in inputs.list(0) },
    "SparseToDense": { (inputs) throws(ConversionError) in inputs.list(1) },
  ]

  private static func concatenatedShape(
    _ inputs: ShapeInputs, _ parts: Range<Int>, axis: Int
  ) throws(ConversionError) -> [Int]? {
    guard let first = parts.first, var shape = inputs.shape(first),
      let axis = try inputs.axis(at: axis, rank: shape.count)
    else { return nil }
    for index in parts.dropFirst() {
      guard let next = inputs.shape(index), next.count == shape.count else { return nil }
      // Cannot overflow: sizes are below 2^40 and operations have fewer than 2^20 inputs.
      shape[axis] += next[axis]
    }
    return shape
  }

  /// Returns whether the product of all sizes other than 0 is within the element limit.
  private static func areCountable(_ sizes: [Int]) -> Bool {
    var product = 1
    for size in sizes {
      let (next, overflow) = product.multipliedReportingOverflow(by: max(size, 1))
      guard size >= 0, !overflow else { return false }
      product = next
    }
    return true
  }
}
