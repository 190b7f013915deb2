extension ONNXOperators {
  /// Operators that concatenate, split or slice tensors.
  static let selections: [String: Translation] = [
    "Concat": { (operation, graph) throws(ConversionError) in
      let axis = try graph.constant(operation.integer("axis", default: 0))
      return [try graph.add("ConcatV2", operands(operation) + [axis])]
    },
    "Gather": { (operation, graph) throws(ConversionError) in
      let (input, indices) = (try operation.input(0), try operation.input(1))
      let axis = operation.integer("axis", default: 0)
      var positive = indices
      if let numbers = graph.smallIntegers(indices), numbers.contains(where: { $0 < 0 }) {
        // Negative indices count from the end.
        guard let shape = graph.shape(input), let indexShape = graph.shape(indices) else {
          return try graph.untranslated(operation)
        }
        let size = shape[try operation.axis(axis, rank: shape.count)]
        let counted = numbers.map { $0 < 0 ? $0 &+ size : $0 }
        positive = try graph.constant(ConstantTensor(integers: counted, shape: indexShape))
      }
      return [try graph.add("GatherV2", [input, positive, graph.constant(axis)])]
    },
    "Slice": { (operation, graph) throws(ConversionError) in
      let input = try operation.input(0)
      guard let shape = graph.shape(input),
        case .known(let starts) = graph.integers(operation, attribute: "starts", orInput: 1),
        case .known(let ends) = graph.integers(operation, attribute: "ends", orInput: 2)
      else { return try graph.untranslated(operation) }
      var axes = Array(starts.indices)
      var steps = starts.map { _ in 1 }
      switch graph.integers(operation, attribute: "axes", orInput: 3) {
      case .known(let known): axes = known
      case .unknown: return try graph.untranslated(operation, "axes that are not known")
      case .absent: break
      }
      switch graph.integers(operation, attribute: "no steps", orInput: 4) {
      case .known(let known): steps = known
      case .unknown: return try graph.untranslated(operation, "steps that are not known")
      case .absent: break
      }
      guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else {
        throw operation.failure("\(starts.count) starts, \(ends.count) ends, \(axes.count) axes")
      }
      var (begin, end, strides) = (shape.map { _ in 0 }, shape, shape.map { _ in 1 })
      for (index, axis) in axes.enumerated() {
        let axis = try operation.axis(axis, rank: shape.count)
        (begin[axis], end[axis], strides[axis]) = (starts[index], ends[index], steps[index])
      }
      return [try slice(input, begin, end, strides, &graph)]
    },
    "Split": split,
  ]

  private static let split: Translation = { (operation, graph) throws(ConversionError) in
    let input = try operation.input(0)
    let count = operation.outputCount
    guard let shape = graph.shape(input), (1...Operations.partLimit).contains(count) else {
      return try graph.untranslated(operation)
    }
    let axis = try operation.axis(operation.integer("axis", default: 0), rank: shape.count)
    var sizes: [Int]
    switch graph.integers(operation, attribute: "split", orInput: 1) {
    case .known(let known): sizes = known
    case .unknown: return try graph.untranslated(operation)
    case .absent:
      // Equal parts; the last part is smaller if the length is not divisible.
      let size = (shape[axis] + count - 1) / count
      sizes = (0..<count).map { max(0, min(size, shape[axis] - $0 * size)) }
    }
    let fits = sizes.allSatisfy { (0...shape[axis]).contains($0) } && sizes.reduce(0, &+) == shape[axis]
    guard sizes.count == count, fits else {
      throw operation.failure("\(shape[axis]) elements in \(count) parts of sizes \(sizes.brief)")
    }
    if Set(sizes).count == 1 {
      let node = try graph.add(
        "Split", [graph.constant(axis), input], ["num_split": .integer(count)], type: graph.type(of: input))
      return graph.outputs(of: node, count: count)
    }
    var parts: [Value] = []
    var start = 0
    for size in sizes {
      var (begin, end) = (shape.map { _ in 0 }, shape)
      (begin[axis], end[axis]) = (start, start + size)
      parts.append(try slice(input, begin, end, shape.map { _ in 1 }, &graph))
      start += size
    }
    return parts
  }
}
