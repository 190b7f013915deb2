extension Operations {
  /// Operations that choose, gather or scatter elements.
  static let selection: [String: Implementation] = [
    "SelectV2": select, "Select": select, "GatherV2": gather, "Gather": gather, "GatherNd": gatherAtPositions,
    "SparseToDense": scatter, "Where": whereTrue,
  ]

  // MARK: - Choosing

  private static func select(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    var condition = try operands.tensor(0)
    let (chosen, other) = (try operands.tensor(1), try operands.tensor(2))
    _ = try operands.booleans(0)
    if operands.node.operation == "Select", condition.shape.count == 1, chosen.shape.count > 1 {
      // The older operation takes one truth value per row.
      condition = condition.reshaped(condition.shape + Array(repeating: 1, count: chosen.shape.count - 1))
    }
    guard let branches = Broadcast.shape(chosen.shape, other.shape),
      let shape = Broadcast.shape(condition.shape, branches)
    else {
      throw operands.node.failure(
        "shapes \(condition.shape), \(chosen.shape), \(other.shape), expected equal sizes or 1")
    }
    try operands.checkedCount(shape)
    let flags = condition.broadcast(to: shape).booleans ?? []
    let (left, right) = (chosen.broadcast(to: shape), other.broadcast(to: shape))
    let elements: ConstantTensor.Elements
    if let a = left.floats, let b = right.floats {
      elements = .floats(picked(flags, a, b))
    } else if let a = left.integers, let b = right.integers {
      elements = .integers(picked(flags, a, b))
    } else if let a = left.booleans, let b = right.booleans {
      elements = .booleans(picked(flags, a, b))
    } else {
      throw operands.node.failure("values of types \(chosen.type.rawValue) and \(other.type.rawValue)")
    }
    return [ConstantTensor(type: chosen.type, shape: shape, elements: elements)]
  }

  private static func picked<T>(_ flags: [Bool], _ chosen: [T], _ other: [T]) -> [T] {
    flags.indices.map { flags[$0] ? chosen[$0] : other[$0] }
  }

  /// Returns the coordinates of the elements that are true or not 0.
  private static func whereTrue(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let tensor = try operands.tensor(0)
    let flags = tensor.booleans ?? tensor.integers?.map { $0 != 0 } ?? tensor.floats?.map { $0 != 0 }
    guard let flags else { throw operands.node.failure("a condition of type \(tensor.type.rawValue)") }
    let shape = [flags.count { $0 }, tensor.shape.count]
    var coordinates: [Int] = []
    coordinates.reserveCapacity(try operands.checkedCount(shape))
    let strides = ConstantTensor.strides(tensor.shape)
    for position in flags.indices where flags[position] {
      for (size, stride) in zip(tensor.shape, strides) { coordinates.append(position / stride % size) }
    }
    return [ConstantTensor(integers: coordinates, shape: shape)]
  }

  // MARK: - Gathering

  private static func gather(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let (tensor, indices) = (try operands.tensor(0), try operands.tensor(1))
    let axis = operands.inputs.count > 2 ? try operands.axis(at: 2, rank: tensor.shape.count) : 0
    guard operands.node.integer("batch_dims", default: 0) == 0 else {
      throw operands.node.failure("batch_dims \(operands.node.integer("batch_dims", default: 0)), expected 0")
    }
    guard tensor.shape.indices.contains(axis) else { throw operands.node.failure("a tensor without axes") }
    let size = tensor.shape[axis]
    let chosen = try operands.integers(1)
    for index in chosen where index < 0 || index >= size {
      throw operands.node.failure("index \(index) of \(size)")
    }
    let shape = tensor.shape[..<axis] + indices.shape + tensor.shape[(axis + 1)...]
    try operands.checkedCount(Array(shape))
    let width = tensor.shape[(axis + 1)...].reduce(1, *)
    let rows = tensor.shape[..<axis].reduce(1, *)
    let starts = (0..<rows).lazy.flatMap { row in chosen.lazy.map { (row * size + $0) * width } }
    return [tensor.mapElements(shape: Array(shape), Runs(starts: starts, width: width))]
  }

  private static func gatherAtPositions(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let (tensor, indices) = (try operands.tensor(0), try operands.tensor(1))
    let values = try operands.integers(1)
    let depth = indices.shape.last ?? 0
    guard depth > 0, depth <= tensor.shape.count else {
      throw operands.node.failure("indices of shape \(indices.shape) for \(tensor.shape)")
    }
    let shape = Array(indices.shape.dropLast() + tensor.shape[depth...])
    try operands.checkedCount(shape)
    let starts = try positions(values, of: tensor.shape, depth: depth, operands)
    let runs = Runs(starts: starts, width: tensor.shape[depth...].reduce(1, *))
    return [tensor.mapElements(shape: shape, runs)]
  }

  /// Returns the positions of the elements whose first `depth` indices are listed in `coordinates`.
  private static func positions(
    _ coordinates: [Int], of shape: [Int], depth: Int, _ operands: Operands
  ) throws(ConversionError) -> [Int] {
    let strides = ConstantTensor.strides(shape)
    var positions: [Int] = []
    positions.reserveCapacity(coordinates.count / depth)
    for start in stride(from: 0, to: coordinates.count, by: depth) {
      var position = 0
      for axis in 0..<depth {
        let index = coordinates[start + axis]
        guard index >= 0, index < shape[axis] else {
          throw operands.node.failure("index \(index) of \(shape[axis])")
        }
        position += index * strides[axis]
      }
      positions.append(position)
    }
    return positions
  }

  // MARK: - Scattering

  private static func scatter(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let shape = try operands.list(1)
    let indices = try operands.integers(0)
    let (values, background) = (try operands.tensor(2), try operands.tensor(3))
    try operands.checkedCount(shape)
    let count = shape.isEmpty ? 0 : indices.count / shape.count
    guard !shape.isEmpty, indices.count == count * shape.count, values.count == count || values.count == 1,
      background.count == 1
    else {
      throw operands.node.failure("\(indices.count) indices, \(values.count) values for shape \(shape)")
    }
    let positions = try positions(indices, of: shape, depth: shape.count, operands)
    let dense = background.reshaped([]).broadcast(to: shape)
    let elements: ConstantTensor.Elements
    if let base = dense.floats, let values = values.floats {
      elements = .floats(written(values, to: positions, of: base))
    } else if let base = dense.integers, let values = values.integers {
      elements = .integers(written(values, to: positions, of: base))
    } else if let base = dense.booleans, let values = values.booleans {
      elements = .booleans(written(values, to: positions, of: base))
    } else {
      throw operands.node.failure("values of types \(values.type.rawValue) and \(background.type.rawValue)")
    }
    return [ConstantTensor(type: values.type, shape: shape, elements: elements)]
  }

  private static func written<T>(_ values: [T], to positions: [Int], of base: [T]) -> [T] {
    var result = base
    for (entry, position) in positions.enumerated() {
      result[position] = values.count == 1 ? values[0] : values[entry]
    }
    return result
  }
}

/// Runs of `width` consecutive elements.
private struct Runs<Starts: Sequence<Int>>: ElementRearrangement {
  let starts: Starts
  let width: Int

  func callAsFunction<T>(_ elements: [T]) -> [T] {
    var result: [T] = []
    guard width > 0 else { return result }
    for start in starts { result += elements[start..<(start + width)] }
    return result
  }
}
