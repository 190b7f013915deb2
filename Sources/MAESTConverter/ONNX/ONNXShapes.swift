extension ONNXOperators {
  /// Operators that return or change shapes.
  static let shapes: [String: Translation] = [
    "Shape": { (operation, graph) throws(ConversionError) in
      let shape = try graph.add(
        "Shape", [operation.input(0)], ["out_type": .type(.int64)], type: .int64)
      guard operation.has("start") || operation.has("end") else { return [shape] }
      let range = (operation.integer("start", default: 0), operation.integer("end", default: .max))
      return [try slice(shape, [range.0], [range.1], [1], &graph)]
    },
    "Size": { (operation, graph) throws(ConversionError) in
      [try graph.add("Size", [operation.input(0)], ["out_type": .type(.int64)], type: .int64)]
    },
    "Range": { (operation, graph) throws(ConversionError) in [try graph.add("Range", operands(operation))] },
    "Trilu": triangle,
    "Reshape": { (operation, graph) throws(ConversionError) in
      let (input, wanted) = (try operation.input(0), try operation.input(1))
      guard var shape = graph.integers(wanted), shape.contains(0),
        operation.integer("allowzero", default: 0) == 0
      else { return [try graph.add("Reshape", [input, wanted])] }
      // A size of 0 means the input's size at the same position.
      guard let source = graph.shape(input) else { return try graph.untranslated(operation) }
      for (axis, size) in shape.enumerated() where size == 0 {
        guard source.indices.contains(axis) else {
          throw operation.failure("\(source) cannot become \(shape)")
        }
        shape[axis] = source[axis]
      }
      return [try graph.add("Reshape", [input, graph.constant(shape)])]
    },
    "Flatten": { (operation, graph) throws(ConversionError) in
      let input = try operation.input(0)
      guard let shape = graph.shape(input) else { return try graph.untranslated(operation) }
      let value = operation.integer("axis", default: 1)
      let axis = value == shape.count ? value : try operation.axis(value, rank: shape.count)
      let flat = [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)]
      return [try graph.add("Reshape", [input, graph.constant(flat)])]
    },
    "Squeeze": { (operation, graph) throws(ConversionError) in
      let input = try operation.input(0)
      switch graph.integers(operation, attribute: "axes", orInput: 1) {
      case .known(let axes): return [try graph.add("Squeeze", [input], ["squeeze_dims": .integers(axes)])]
      case .absent: return [try graph.add("Squeeze", [input])]
      case .unknown: return try graph.untranslated(operation)
      }
    },
    "Unsqueeze": { (operation, graph) throws(ConversionError) in
      var value = try operation.input(0)
      guard case .known(let axes) = graph.integers(operation, attribute: "axes", orInput: 1),
        let rank = graph.shape(value)?.count
      else { return try graph.untranslated(operation) }
      var positions: Set<Int> = []
      for axis in axes { positions.insert(try operation.axis(axis, rank: rank + axes.count)) }
      guard positions.count == axes.count else {
        throw operation.failure("axes \(axes.brief) name one axis twice")
      }
      for axis in positions.sorted() { value = try graph.add("ExpandDims", [value, graph.constant(axis)]) }
      return [value]
    },
    "Transpose": { (operation, graph) throws(ConversionError) in
      let input = try operation.input(0)
      let order = operation.integers("perm") ?? graph.shape(input).map { Array($0.indices.reversed()) }
      guard let order else { return try graph.untranslated(operation) }
      return [try graph.add("Transpose", [input, graph.constant(order)])]
    },
    "ConstantOfShape": { (operation, graph) throws(ConversionError) in
      let value =
        if let tensor = operation.tensor("value") { try graph.contents(of: tensor) } else {
          ConstantTensor(floats: [0], shape: [1])
        }
      guard let shape = try graph.integers(operation.input(0)), isSmall(shape), value.count == 1 else {
        return try graph.untranslated(operation)
      }
      return [
        try graph.add("Fill", [operation.input(0), graph.constant(value.reshaped([]))], type: value.type)
      ]
    },
    "Expand": { (operation, graph) throws(ConversionError) in
      let input = try operation.input(0)
      guard let wanted = try graph.integers(operation.input(1)), let source = graph.shape(input),
        let shape = Broadcast.shape(source, wanted)
      else { return try graph.untranslated(operation) }
      // Sizes of 1 in the requested shape keep the input's size.
      if shape == source { return [input] }
      guard isSmall(shape) else { return try graph.untranslated(operation) }
      return [try graph.add("BroadcastTo", [input, graph.constant(shape)])]
    },
  ]

  private static let offsetLimit: UInt = 1 << 40

  /// The upper or lower triangle of matrices with zeros elsewhere, as used for masks.
  private static let triangle: Translation = { (operation, graph) throws(ConversionError) in
    let input = try operation.input(0)
    let type = graph.type(of: input)
    // An unknown offset is taken as one beyond the limit.
    let offset = operation.optionalInput(1).map { graph.smallIntegers($0)?.first ?? .max } ?? 0
    guard let shape = graph.shape(input), shape.count >= 2, isSmall(shape.suffix(2)),
      let zero = zero(of: type), offset.magnitude <= offsetLimit,
      case let count = shape.suffix(2).reduce(1, *), count <= graph.triangleBudget
    else { return try graph.untranslated(operation) }
    graph.triangleBudget -= count
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    let isUpper = operation.integer("upper", default: 1) != 0
    var kept: [Bool] = []
    kept.reserveCapacity(rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        kept.append(isUpper ? column - row >= offset : column - row <= offset)
      }
    }
    let mask = try graph.constant(ConstantTensor(booleans: kept, shape: [rows, columns]))
    return [try graph.add("SelectV2", [mask, input, graph.constant(zero)], type: type)]
  }

  private static func zero(of type: ElementType) -> ConstantTensor? {
    if type == .bool { return ConstantTensor(booleans: [false], shape: []) }
    if type.isInteger { return ConstantTensor(integers: [0], shape: [], type: type) }
    return type.isFloating ? ConstantTensor(floats: [0], shape: []) : nil
  }

  /// Returns whether a constant of `shape` is within the limit.
  private static func isSmall(_ shape: some Sequence<Int>) -> Bool {
    shape.allSatisfy { $0 >= 0 }
      && shape.reduce(1.0, { $0 * Double($1) }) <= Double(ONNXTranslator.foldedElementLimit)
  }

  /// Slices the first axes of a value.
  static func slice(
    _ value: Value, _ begin: [Int], _ end: [Int], _ strides: [Int], _ graph: inout ONNXTranslator
  ) throws(ConversionError) -> Value {
    try graph.add(
      "StridedSlice", [value, graph.constant(begin), graph.constant(end), graph.constant(strides)])
  }
}
