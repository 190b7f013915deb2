extension ShapeRules {
  /// Operations with several outputs.
  static let partRules: [String: @Sendable (ShapeInputs) throws(ConversionError) -> [[Int]?]] = [
    "Split": { (inputs) throws(ConversionError) in
      let parts = inputs.node.integer("num_split", default: 1)
      guard (1...Operations.partLimit).contains(parts), var shape = inputs.shape(1),
        let axis = try inputs.axis(at: 0, rank: shape.count), shape[axis] % parts == 0
      else { return [nil] }
      shape[axis] /= parts
      return Array(repeating: shape, count: parts)
    },
    "SplitV": { (inputs) throws(ConversionError) in
      guard let shape = inputs.shape(0), let sizes = inputs.list(1),
        let axis = try inputs.axis(at: 2, rank: shape.count)
      else { return [nil] }
      return try Operations.partSizes(inputs.node, sizes, length: shape[axis]).map { size in
        var part = shape
        part[axis] = size
        return part
      }
    },
    "Unpack": { (inputs) throws(ConversionError) in
      guard var shape = inputs.shape(0) else { return [nil] }
      let axis = try inputs.axis(inputs.node.integer("axis", default: 0), rank: shape.count)
      let parts = shape.remove(at: axis)
      guard (1...Operations.partLimit).contains(parts) else { return [nil] }
      return Array(repeating: shape, count: parts)
    },
  ]

  /// Operations that slice tensors, select between them, or reduce them.
  static let selection: [String: Rule] = [
    "Slice": { (inputs) throws(ConversionError) in
      guard let shape = inputs.shape(0), let begin = inputs.list(1), let sizes = inputs.list(2) else {
        return nil
      }
      return try Operations.slicedShape(inputs.node, shape, begin: begin, sizes: sizes)
    },
    "StridedSlice": { (inputs) throws(ConversionError) in
      guard let shape = inputs.shape(0), let begin = inputs.list(1), let end = inputs.list(2),
        let strides = inputs.list(3)
      else { return nil }
      return try StridedSlice(inputs.node, shape: shape, begin: begin, end: end, strides: strides).resultShape
    },
    "GatherV2": gatheredShape, "Gather": gatheredShape,
    "GatherNd": { (inputs) throws(ConversionError) in
      guard let shape = inputs.shape(0), let indices = inputs.shape(1), let depth = indices.last,
        (1...max(shape.count, 1)).contains(depth), depth <= shape.count
      else { return nil }
      return indices.dropLast() + shape[depth...]
    },
    "SelectV2": { (inputs) throws(ConversionError) in
      guard let condition = inputs.shape(0), let chosen = inputs.shape(1), let other = inputs.shape(2),
        let branches = Broadcast.shape(chosen, other)
      else { return nil }
      return Broadcast.shape(condition, branches)
    },
    "Select": { (inputs) throws(ConversionError) in
      guard let chosen = inputs.shape(1), chosen == inputs.shape(2) else { return nil }
      return chosen
    },
    "Mean": reducedShape, "Sum": reducedShape, "Max": reducedShape, "Min": reducedShape, "Prod": reducedShape,
    "All": reducedShape, "Any": reducedShape,
  ]

  private static let gatheredShape: Rule = { (inputs) throws(ConversionError) in
    guard let shape = inputs.shape(0), let indices = inputs.shape(1),
      inputs.node.integer("batch_dims", default: 0) == 0,
      let axis = inputs.node.inputs.count > 2 ? try inputs.axis(at: 2, rank: shape.count) : 0,
      shape.indices.contains(axis)
    else { return nil }
    return shape[..<axis] + indices + shape[(axis + 1)...]
  }

  private static let reducedShape: Rule = { (inputs) throws(ConversionError) in
    guard let shape = inputs.shape(0), let axes = inputs.list(1) else { return nil }
    var reduced: Set<Int> = []
    for axis in axes { reduced.insert(try inputs.axis(axis, rank: shape.count)) }
    return shape.enumerated().compactMap { axis, size in
      reduced.contains(axis) ? (inputs.node.flag("keep_dims") ? 1 : nil) : size
    }
  }
}
