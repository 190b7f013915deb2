extension Operations {
  /// Operations that move elements or speak of shapes.
  static let layout: [String: Implementation] = [
    "Reshape": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      let tensor = try operands.tensor(0)
      let shape = try reshapedShape(node, from: tensor.shape, to: operands.integers(1))
      return [tensor.reshaped(shape)]
    },
    "ExpandDims": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      let tensor = try operands.tensor(0)
      return [tensor.reshaped(try expandedShape(node, tensor.shape, axis: operands.integer(1)))]
    },
    "Squeeze": { (node, inputs) throws(ConversionError) in
      let tensor = try Operands(node: node, inputs: inputs).tensor(0)
      return [tensor.reshaped(try squeezedShape(node, tensor.shape))]
    },
    "Transpose": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      let tensor = try operands.tensor(0)
      let order = try permutation(node, operands.integers(1), rank: tensor.shape.count)
      let strides = ConstantTensor.strides(tensor.shape)
      let shape = order.map { tensor.shape[$0] }
      let positions = ConstantTensor.positions(shape: shape, strides: order.map { strides[$0] })
      return [tensor.gathering(positions, shape: shape)]
    },
    "Split": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      let tensor = try operands.tensor(1)
      let axis = try operands.axis(operands.integer(0), rank: tensor.shape.count)
      let parts = node.integer("num_split", default: 1)
      guard parts > 0, tensor.shape[axis] % parts == 0 else {
        throw node.failure("\(tensor.shape[axis]) elements in \(parts) parts")
      }
      let size = tensor.shape[axis] / parts
      return (0..<parts).map { section(of: tensor, axis: axis, range: ($0 * size)..<(($0 + 1) * size)) }
    },
    "Unpack": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      let tensor = try operands.tensor(0)
      let axis = try operands.axis(node.integer("axis", default: 0), rank: tensor.shape.count)
      return (0..<tensor.shape[axis]).map { index in
        let part = section(of: tensor, axis: axis, range: index..<(index + 1))
        return part.reshaped(part.shape.enumerated().filter { $0.offset != axis }.map(\.element))
      }
    },
    "Pack": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      let first = try operands.tensor(0)
      let axis = try operands.axis(node.integer("axis", default: 0), rank: first.shape.count + 1)
      var parts: [ConstantTensor] = []
      for tensor in inputs { parts.append(tensor.reshaped(try expandedShape(node, tensor.shape, axis: axis))) }
      return [try concatenation(node, parts, axis: axis)]
    },
    "ConcatV2": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      let rank = try operands.tensor(0).shape.count
      let axis = try operands.axis(operands.integer(inputs.count - 1), rank: rank)
      return [try concatenation(node, Array(inputs.dropLast()), axis: axis)]
    },
    "Fill": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      let shape = try operands.integers(0)
      let count = try operands.checkedCount(shape)
      let value = try operands.tensor(1)
      guard value.count == 1 else { throw node.failure("the value is no scalar") }
      return [value.gathering(Array(repeating: 0, count: count), shape: shape)]
    },
    "Tile": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      let tensor = try operands.tensor(0)
      let multiples = try operands.integers(1)
      guard multiples.count == tensor.shape.count, multiples.allSatisfy({ $0 >= 0 }) else {
        throw node.failure("multiples \(multiples) for shape \(tensor.shape)")
      }
      var result = tensor
      for (axis, multiple) in multiples.enumerated() {
        result = try concatenation(
          node, Array(repeating: result, count: multiple), axis: axis, emptyLike: result)
      }
      return [result]
    },
    "BroadcastTo": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      let shape = try operands.integers(1)
      let count = try operands.checkedCount(shape)
      let ones = ConstantTensor(integers: Array(repeating: 1, count: count), shape: shape)
      let pair = try Broadcast(node, [try operands.tensor(0), ones])
      guard pair.shape == shape else { throw node.failure("\(pair.left.shape) does not fit \(shape)") }
      return [pair.left.gathering(pair.positions(of: pair.left.shape), shape: shape)]
    },
    "Range": { (node, inputs) throws(ConversionError) in
      let operands = Operands(node: node, inputs: inputs)
      let (start, limit, step) = (
        try operands.integer(0), try operands.integer(1), try operands.integer(2)
      )
      let reach = 1 << 40
      guard step != 0, [start, limit, step].allSatisfy({ abs(Double($0)) < Double(reach) }),
        abs(limit - start) / abs(step) < elementLimit
      else { throw node.failure("range from \(start) to \(limit) by \(step)") }
      let values = Array(stride(from: start, to: limit, by: step))
      return [ConstantTensor(integers: values, shape: [values.count], type: try operands.tensor(0).type)]
    },
    "Shape": { (node, inputs) throws(ConversionError) in
      let shape = try Operands(node: node, inputs: inputs).tensor(0).shape
      return [ConstantTensor(integers: shape, shape: [shape.count])]
    },
  ]

  // MARK: - Shapes, also used where the elements are not known

  /// The shape that `Reshape` gives; one size may be -1.
  static func reshapedShape(_ node: Node, from shape: [Int], to wanted: [Int]) throws(ConversionError) -> [Int] {
    let count = shape.reduce(1, *)
    let operands = Operands(node: node, inputs: [])
    let known = try operands.checkedCount(wanted.filter { $0 != -1 })
    var result = wanted
    if let free = wanted.firstIndex(of: -1) {
      guard known > 0, count % known == 0, !wanted[(free + 1)...].contains(-1) else {
        throw node.failure("\(shape) cannot become \(wanted)")
      }
      result[free] = count / known
    }
    guard result.reduce(1, *) == count else { throw node.failure("\(shape) cannot become \(wanted)") }
    return result
  }

  static func expandedShape(_ node: Node, _ shape: [Int], axis: Int) throws(ConversionError) -> [Int] {
    var result = shape
    result.insert(1, at: try Operands(node: node, inputs: []).axis(axis, rank: shape.count + 1))
    return result
  }

  static func squeezedShape(_ node: Node, _ shape: [Int]) throws(ConversionError) -> [Int] {
    let operands = Operands(node: node, inputs: [])
    var axes = Set<Int>()
    for axis in node.attributes["squeeze_dims"]?.integers ?? node.attributes["axis"]?.integers ?? [] {
      axes.insert(try operands.axis(axis, rank: shape.count))
    }
    guard axes.allSatisfy({ shape[$0] == 1 }) else { throw node.failure("cannot squeeze \(shape)") }
    return shape.enumerated()
      .filter { axes.isEmpty ? $0.element != 1 : !axes.contains($0.offset) }.map(\.element)
  }

  static func permutation(_ node: Node, _ order: [Int], rank: Int) throws(ConversionError) -> [Int] {
    guard order.sorted() == Array(0..<rank) else { throw node.failure("order \(order) of \(rank) axes") }
    return order
  }

  // MARK: - Parts

  static func section(of tensor: ConstantTensor, axis: Int, range: Range<Int>) -> ConstantTensor {
    var shape = tensor.shape
    shape[axis] = range.count
    let strides = ConstantTensor.strides(tensor.shape)
    let positions = ConstantTensor.positions(
      shape: shape, strides: strides, start: range.lowerBound * strides[axis])
    return tensor.gathering(positions, shape: shape)
  }

  private static func concatenation(
    _ node: Node, _ parts: [ConstantTensor], axis: Int, emptyLike model: ConstantTensor? = nil
  ) throws(ConversionError) -> ConstantTensor {
    guard let first = parts.first ?? model else { throw node.failure("nothing to put together") }
    var shape = first.shape
    shape[axis] = 0
    for part in parts {
      guard part.shape.count == shape.count,
        part.shape.indices.allSatisfy({ $0 == axis || part.shape[$0] == shape[$0] })
      else { throw node.failure("parts of shapes \(parts.map(\.shape))") }
      shape[axis] += part.shape[axis]
    }
    try Operands(node: node, inputs: []).checkedCount(shape)
    let outer = shape[..<axis].reduce(1, *)
    func joined<T>(_ lists: [[T]]) -> [T] {
      (0..<outer).flatMap { row in
        lists.flatMap { list in list[(row * list.count / outer)..<((row + 1) * list.count / outer)] }
      }
    }
    let elements: ConstantTensor.Elements
    if parts.allSatisfy({ $0.floats != nil }) {
      elements = .floats(joined(parts.compactMap(\.floats)))
    } else if parts.allSatisfy({ $0.integers != nil }) {
      elements = .integers(joined(parts.compactMap(\.integers)))
    } else {
      throw node.failure("parts of different types")
    }
    return ConstantTensor(type: first.type, shape: shape, elements: elements)
  }
}
