#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Operations {
  /// Operations that concatenate, repeat or create tensors.
  static let assembly: [String: Implementation] = [
    "Pack": pack, "ConcatV2": concatenate, "Concat": concatenateAxisFirst, "Tile": tile, "Fill": fill,
    "Range": range,
  ]

  private static func pack(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let rank = try operands.tensor(0).shape.count
    let axis = try operands.axis(operands.node.integer("axis", default: 0), rank: rank + 1)
    var parts: [ConstantTensor] = []
    for tensor in operands.inputs {
      guard tensor.shape.count == rank else { throw mixedShapes(operands.inputs, operands) }
      parts.append(tensor.reshaped(try expandedShape(operands.node, tensor.shape, axis: axis)))
    }
    return [try concatenation(parts, axis: axis, operands)]
  }

  private static func concatenate(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let axis = try operands.axis(at: operands.inputs.count - 1, rank: operands.tensor(0).shape.count)
    return [try concatenation(operands.inputs.dropLast(), axis: axis, operands)]
  }

  private static func concatenateAxisFirst(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let axis = try operands.axis(at: 0, rank: operands.tensor(1).shape.count)
    return [try concatenation(Array(operands.inputs.dropFirst()), axis: axis, operands)]
  }

  private static func concatenation(
    _ parts: [ConstantTensor], axis: Int, _ operands: Operands
  ) throws(ConversionError) -> ConstantTensor {
    guard let first = parts.first else { throw operands.node.failure("nothing to put together") }
    var shape = first.shape
    shape[axis] = 0
    for part in parts {
      guard part.type == first.type else {
        throw operands.node.failure("parts of types \(first.type.rawValue) and \(part.type.rawValue)")
      }
      guard part.shape.count == shape.count,
        shape.indices.allSatisfy({ $0 == axis || part.shape[$0] == shape[$0] })
      else { throw mixedShapes(parts, operands) }
      let (length, overflow) = shape[axis].addingReportingOverflow(part.shape[axis])
      guard !overflow else { throw mixedShapes(parts, operands) }
      shape[axis] = length
    }
    try operands.checkedCount(shape)
    let rows = shape[..<axis].reduce(1, *)
    let elements: ConstantTensor.Elements =
      switch first.elements {
      case .floatBytes, .floats: .floats(joined(parts.compactMap(\.floats), rows: rows))
      case .integers: .integers(joined(parts.compactMap(\.integers), rows: rows))
      case .booleans: .booleans(joined(parts.compactMap(\.booleans), rows: rows))
      case .strings: .strings(joined(parts.compactMap(\.strings), rows: rows))
      }
    return ConstantTensor(type: first.type, shape: shape, elements: elements)
  }

  /// Interleaves the lists: the first row of each list, then the second row of each list, and so on.
  private static func joined<T>(_ lists: [[T]], rows: Int) -> [T] {
    var result: [T] = []
    result.reserveCapacity(lists.reduce(0) { $0 + $1.count })
    for row in 0..<rows {
      for list in lists where !list.isEmpty {
        let width = list.count / rows
        result += list[(row * width)..<((row + 1) * width)]
      }
    }
    return result
  }

  private static func mixedShapes(_ parts: [ConstantTensor], _ operands: Operands) -> ConversionError {
    operands.node.failure("parts of shapes \(parts.prefix(8).map(\.shape)), they do not fit")
  }

  private static func tile(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let tensor = try operands.tensor(0)
    let multiples = try operands.list(1)
    guard multiples.count == tensor.shape.count, multiples.allSatisfy({ $0 >= 0 }) else {
      throw operands.node.failure("multiples \(multiples) for shape \(tensor.shape)")
    }
    // Each axis becomes two: the repetitions (stride 0) and the axis itself.
    let sizes = zip(multiples, tensor.shape).flatMap { [$0, $1] }
    try operands.checkedCount(sizes)
    let strides = ConstantTensor.strides(tensor.shape).flatMap { [0, $0] }
    let shape = zip(multiples, tensor.shape).map { $0 * $1 }
    return [tensor.mapElements(shape: shape, Movement(shape: sizes, strides: strides))]
  }

  private static func fill(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let shape = try operands.list(0)
    try operands.checkedCount(shape)
    let value = try operands.tensor(1)
    guard value.count == 1 else {
      throw operands.node.failure("a value of shape \(value.shape), expected a single element")
    }
    return [value.reshaped([]).broadcast(to: shape)]
  }

  private static func range(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let tensors = (try operands.tensor(0), try operands.tensor(1), try operands.tensor(2))
    guard let start = tensors.0.scalar, let limit = tensors.1.scalar, let step = tensors.2.scalar else {
      throw operands.node.failure("expected three single numbers")
    }
    let count = ((limit - start) / step).rounded(.up)
    // Integers below 2^40 are exact in double precision.
    guard step != 0, [start, limit, step].allSatisfy({ abs($0) < 0x1p40 }), count >= 0,
      count <= Double(operands.context.elementLimit)
    else { throw operands.node.failure("a range from \(start) to \(limit) by \(step)") }
    let numbers = (0..<Int(count)).map { start + Double($0) * step }
    let elements: ConstantTensor.Elements =
      tensors.0.type.isFloating ? .floats(numbers.map { Float($0) }) : .integers(numbers.map { Int($0) })
    return [ConstantTensor(type: tensors.0.type, shape: [numbers.count], elements: elements)]
  }
}

extension ConstantTensor {
  /// The elements as strings; nil for other kinds.
  fileprivate var strings: [Data]? {
    if case .strings(let values) = elements { values } else { nil }
  }
}
