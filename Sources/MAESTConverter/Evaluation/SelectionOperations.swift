extension Operations {
  /// Operations that choose, gather, scatter or summarise elements.
  static let selection: [String: Implementation] = [
    "SelectV2": select, "Select": select,
    "GatherV2": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      let (tensor, indices) = (try operands.tensor(0), try operands.tensor(1))
      let axis = try operands.axis(inputs.count > 2 ? operands.integer(2) : 0, rank: tensor.shape.count)
      let size = tensor.shape[axis]
      guard node.integer("batch_dims", default: 0) == 0 else { throw node.failure("batch_dims is not 0") }
      var chosen: [Int] = []
      for index in try operands.integers(1) {
        guard index >= 0, index < size else { throw node.failure("index \(index) of \(size)") }
        chosen.append(index)
      }
      let inner = tensor.shape[(axis + 1)...].reduce(1, *)
      let outer = tensor.shape[..<axis].reduce(1, *)
      let shape = tensor.shape[..<axis] + indices.shape + tensor.shape[(axis + 1)...]
      try operands.checkedCount(Array(shape))
      let positions = (0..<outer).flatMap { row in
        chosen.flatMap { index in (0..<inner).map { (row * size + index) * inner + $0 } }
      }
      return [tensor.gathering(positions, shape: Array(shape))]
    },
    "GatherNd": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      let (tensor, indices) = (try operands.tensor(0), try operands.tensor(1))
      let depth = indices.shape.last ?? 0
      guard depth > 0, depth <= tensor.shape.count else { throw node.failure("indices of depth \(depth)") }
      let values = try operands.integers(1)
      let strides = ConstantTensor.strides(tensor.shape)
      let inner = tensor.shape[depth...].reduce(1, *)
      var positions: [Int] = []
      for start in stride(from: 0, to: values.count, by: depth) {
        var base = 0
        for axis in 0..<depth {
          let index = values[start + axis]
          guard index >= 0, index < tensor.shape[axis] else {
            throw node.failure("index \(index) of \(tensor.shape[axis])")
          }
          base += index * strides[axis]
        }
        positions += (0..<inner).map { base + $0 }
      }
      let shape = Array(indices.shape.dropLast() + tensor.shape[depth...])
      try operands.checkedCount(shape)
      return [tensor.gathering(positions, shape: shape)]
    },
    "SparseToDense": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      let shape = try operands.integers(1)
      let (indices, values) = (try operands.integers(0), try operands.integers(2))
      let count = try operands.checkedCount(shape)
      let strides = ConstantTensor.strides(shape)
      let entryCount = shape.isEmpty ? 0 : indices.count / shape.count
      guard !shape.isEmpty, indices.count == entryCount * shape.count,
        values.count == entryCount || values.count == 1
      else { throw node.failure("\(indices.count) indices, \(values.count) values for \(shape)") }
      var dense = Array(repeating: try operands.integer(3), count: count)
      for entry in 0..<entryCount {
        var position = 0
        for axis in shape.indices {
          let index = indices[entry * shape.count + axis]
          guard index >= 0, index < shape[axis] else { throw node.failure("index \(index) of \(shape[axis])") }
          position += index * strides[axis]
        }
        dense[position] = values.count == 1 ? values[0] : values[entry]
      }
      return [ConstantTensor(integers: dense, shape: shape, type: try operands.tensor(2).type)]
    },
    "Where": { (node, inputs) throws(ConversionError) in
      let condition = try Operands(node: node, inputs: inputs).tensor(0)
      guard let flags = condition.booleans else { throw node.failure("no truth values") }
      let strides = ConstantTensor.strides(condition.shape)
      let found = flags.indices.filter { flags[$0] }
      let coordinates = found.flatMap { position in
        zip(condition.shape, strides).map { size, stride in position / stride % size }
      }
      return [ConstantTensor(integers: coordinates, shape: [found.count, condition.shape.count])]
    },
    "StridedSlice": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      let tensor = try operands.tensor(0)
      let slice = try StridedSlice(
        node, shape: tensor.shape, begin: operands.integers(1), end: operands.integers(2),
        strides: operands.integers(3))
      return [tensor.gathering(slice.positions(in: tensor.shape), shape: slice.resultShape)]
    },
    "Slice": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      var result = try operands.tensor(0)
      let (begin, sizes) = (try operands.integers(1), try operands.integers(2))
      guard begin.count == result.shape.count, sizes.count == begin.count else {
        throw node.failure("begin \(begin), size \(sizes) for shape \(result.shape)")
      }
      for axis in begin.indices {
        let extent = result.shape[axis]
        guard begin[axis] >= 0, begin[axis] <= extent, sizes[axis] >= -1,
          sizes[axis] <= extent - begin[axis]
        else { throw node.failure("begin \(begin), size \(sizes) for shape \(result.shape)") }
        let size = sizes[axis] == -1 ? extent - begin[axis] : sizes[axis]
        result = section(of: result, axis: axis, range: begin[axis]..<(begin[axis] + size))
      }
      return [result]
    },
    "All": { (node, inputs) throws(ConversionError) in
      let tensor = try Operands(node: node, inputs: inputs).tensor(0)
      let axes = try Operands(node: node, inputs: inputs).integers(1)
      guard let flags = tensor.booleans, axes.count == tensor.shape.count else {
        throw node.failure("only over all axes")
      }
      let shape = node.flag("keep_dims") ? tensor.shape.map { _ in 1 } : []
      return [ConstantTensor(booleans: [flags.allSatisfy { $0 }], shape: shape)]
    },
    "Prod": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      let tensor = try operands.tensor(0)
      guard try operands.integers(1).count == tensor.shape.count else { throw node.failure("only over all axes") }
      let shape = node.flag("keep_dims") ? tensor.shape.map { _ in 1 } : []
      return [
        ConstantTensor(integers: [try operands.integers(0).reduce(1, &*)], shape: shape, type: tensor.type)
      ]
    },
  ]

  private static let select: Implementation = { (node, inputs) throws(ConversionError) in
    let operands = Operands(node: node, inputs: inputs)
    let condition = try operands.tensor(0)
    let (chosen, other) = (try operands.tensor(1), try operands.tensor(2))
    guard let flags = condition.booleans else { throw node.failure("no truth values") }
    let branches = try Broadcast(node, [chosen, other])
    let whole = try Broadcast(node, [condition, ConstantTensor(booleans: [true], shape: [])])
    guard let shape = Broadcast.shape(whole.shape, branches.shape), shape == branches.shape else {
      throw node.failure("condition \(condition.shape) for values \(branches.shape)")
    }
    let model = ConstantTensor(
      booleans: Array(repeating: true, count: try operands.checkedCount(shape)), shape: shape)
    let flagPositions = try Broadcast(node, [model, condition]).positions(of: condition.shape)
    let chosenPositions = branches.positions(of: chosen.shape)
    let otherPositions = branches.positions(of: other.shape)
    func pick<T>(_ a: [T], _ b: [T]) -> [T] {
      flagPositions.indices.map { flags[flagPositions[$0]] ? a[chosenPositions[$0]] : b[otherPositions[$0]] }
    }
    if let (a, b) = branches.integers {
      return [ConstantTensor(integers: pick(a, b), shape: shape, type: chosen.type)]
    }
    if let (a, b) = branches.floats { return [ConstantTensor(floats: pick(a, b), shape: shape)] }
    guard let (a, b) = branches.booleans else { throw node.failure(branches.typeMismatch) }
    return [ConstantTensor(booleans: pick(a, b), shape: shape)]
  }
}

/// The selection of a `StridedSlice` (the ellipsis and new-axis masks are not supported).
struct StridedSlice {
  /// First index, stride and count for each axis.
  private(set) var axes: [(start: Int, stride: Int, count: Int)] = []
  /// Shape of the result, without the axes that are reduced to one element.
  private(set) var resultShape: [Int] = []

  init(_ node: Node, shape: [Int], begin: [Int], end: [Int], strides: [Int]) throws(ConversionError) {
    func isSet(_ mask: String, _ axis: Int) -> Bool { node.integer(mask, default: 0) >> axis & 1 == 1 }
    guard begin.count == end.count, begin.count == strides.count, begin.count <= shape.count,
      node.integer("ellipsis_mask", default: 0) == 0, node.integer("new_axis_mask", default: 0) == 0
    else { throw node.failure("slice from \(begin) to \(end) of \(shape)") }
    for (axis, size) in shape.enumerated() {
      guard axis < begin.count else {
        axes.append((0, 1, size))
        resultShape.append(size)
        continue
      }
      let step = strides[axis]
      guard step > 0, step <= 1 << 30 else { throw node.failure("stride \(step)") }
      func clamped(_ index: Int) -> Int { min(max(index < 0 ? index + size : index, 0), size) }
      let first = isSet("begin_mask", axis) ? 0 : clamped(begin[axis])
      if isSet("shrink_axis_mask", axis) {
        guard first < size else { throw node.failure("index \(begin[axis]) of \(size)") }
        axes.append((first, 1, 1))
      } else {
        let last = isSet("end_mask", axis) ? size : clamped(end[axis])
        let count = max(0, (last - first + step - 1) / step)
        axes.append((first, step, count))
        resultShape.append(count)
      }
    }
  }

  func positions(in shape: [Int]) -> [Int] {
    let strides = ConstantTensor.strides(shape)
    let start = zip(axes, strides).reduce(0) { $0 + $1.0.start * $1.1 }
    return ConstantTensor.positions(
      shape: axes.map(\.count), strides: zip(axes, strides).map { $0.stride * $1 }, start: start)
  }
}
