extension Operations {
  /// Operations that change only the shape of a tensor, or return shapes.
  static let layout: [String: Implementation] = [
    "Reshape": reshape, "ExpandDims": expand, "Squeeze": squeeze, "Transpose": transpose,
    "BroadcastTo": broadcast, "Shape": shape, "Rank": rank, "Size": size, "ZerosLike": filled(with: 0),
    "OnesLike": filled(with: 1),
  ]

  private static func reshape(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let tensor = try operands.tensor(0)
    let shape = try reshapedShape(operands.node, from: tensor.shape, to: operands.list(1))
    return [tensor.reshaped(shape)]
  }

  private static func expand(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let tensor = try operands.tensor(0)
    return [tensor.reshaped(try expandedShape(operands.node, tensor.shape, axis: operands.integer(1)))]
  }

  private static func squeeze(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let tensor = try operands.tensor(0)
    return [tensor.reshaped(try squeezedShape(operands.node, tensor.shape))]
  }

  private static func transpose(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let tensor = try operands.tensor(0)
    return [tensor.permuted(try permutation(operands.node, operands.list(1), rank: tensor.shape.count))]
  }

  private static func broadcast(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let tensor = try operands.tensor(0)
    let shape = try operands.list(1)
    try operands.checkedCount(shape)
    guard tensor.shape.count <= shape.count, Broadcast.shape(tensor.shape, shape) == shape else {
      throw operands.node.failure("shape \(tensor.shape), it does not broadcast to \(shape)")
    }
    return [tensor.broadcast(to: shape)]
  }

  private static func shape(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let shape = try operands.tensor(0).shape
    return [ConstantTensor(integers: shape, shape: [shape.count], type: operands.node.shapeType)]
  }

  private static func rank(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    [ConstantTensor(integers: [try operands.tensor(0).shape.count], shape: [], type: .int32)]
  }

  private static func size(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    [ConstantTensor(integers: [try operands.tensor(0).count], shape: [], type: operands.node.shapeType)]
  }

  private static func filled(with number: Int) -> Implementation {
    { (operands) throws(ConversionError) in
      let tensor = try operands.tensor(0)
      let elements: ConstantTensor.Elements =
        if tensor.type.isFloating {
          .floats(Array(repeating: Float(number), count: tensor.count))
        } else if tensor.type.isInteger {
          .integers(Array(repeating: number, count: tensor.count))
        } else if tensor.type == .bool {
          .booleans(Array(repeating: number != 0, count: tensor.count))
        } else {
          throw operands.node.failure("a tensor of type \(tensor.type.rawValue), expected numbers")
        }
      return [ConstantTensor(type: tensor.type, shape: tensor.shape, elements: elements)]
    }
  }

  // MARK: - Shapes, also used if the elements are not known

  /// Returns the result shape of `Reshape`; one size may be -1.
  static func reshapedShape(
    _ node: Node, from shape: [Int], to wanted: [Int]
  ) throws(ConversionError) -> [Int] {
    let count = shape.reduce(1, *)
    let operands = Operands(node: node, inputs: [], context: .shapes)
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
    let named = node.attributes["squeeze_dims"]?.integers ?? node.attributes["axis"]?.integers ?? []
    guard named.count <= ConstantTensor.rankLimit else {
      throw node.failure("axes \(named.brief) of \(shape)")
    }
    for axis in named {
      axes.insert(try operands.axis(axis, rank: shape.count))
    }
    guard axes.allSatisfy({ shape[$0] == 1 }) else {
      throw node.failure("axes \(axes.sorted()) of \(shape), only sizes of 1 can be dropped")
    }
    return shape.enumerated()
      .filter { axes.isEmpty ? $0.element != 1 : !axes.contains($0.offset) }.map(\.element)
  }

  static func permutation(_ node: Node, _ order: [Int], rank: Int) throws(ConversionError) -> [Int] {
    let operands = Operands(node: node, inputs: [])
    var axes: [Int] = []
    for axis in order { axes.append(try operands.axis(axis, rank: rank)) }
    guard axes.sorted() == Array(0..<rank) else { throw node.failure("order \(order) of \(rank) axes") }
    return axes
  }
}

extension Node {
  /// The integer type in which shapes and sizes are returned.
  var shapeType: ElementType { attributes["out_type"]?.type ?? .int32 }
}
