extension Operations {
  /// Operations that pass values on, convert their type, or have no outputs.
  static let conversions: [String: Implementation] = [
    "Cast": cast, "Identity": passFirst, "StopGradient": passFirst, "PreventGradient": passFirst,
    "Snapshot": passFirst, "EnsureShape": passFirst, "CheckNumerics": passFirst,
    "IdentityN": { (operands) throws(ConversionError) in operands.inputs },
    "Assert": { (_) throws(ConversionError) in [] }, "NoOp": { (_) throws(ConversionError) in [] },
  ]

  private static func passFirst(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    [try operands.tensor(0)]
  }

  private static func cast(_ operands: Operands) throws(ConversionError) -> [ConstantTensor] {
    let tensor = try operands.tensor(0)
    guard let target = operands.node.attributes["DstT"]?.type else {
      throw operands.node.failure("it has no target type")
    }
    if target == .float64, let values = tensor.integers, values.contains(where: { Float(exactly: $0) == nil })
    {
      throw operands.node.failure("integers that single precision does not hold, as float64")
    }
    let elements: ConstantTensor.Elements? =
      if target.isFloating {
        floats(of: tensor).map { .floats($0) }
      } else if target.isInteger {
        try integers(of: tensor, operands.node).map { .integers(target.wrapped($0)) }
      } else if target == .bool {
        booleans(of: tensor).map { .booleans($0) }
      } else {
        nil
      }
    guard let elements else {
      throw operands.node.failure("no cast from \(tensor.type.rawValue) to \(target.rawValue)")
    }
    return [ConstantTensor(type: target, shape: tensor.shape, elements: elements)]
  }

  private static func floats(of tensor: ConstantTensor) -> [Float]? {
    tensor.floats ?? tensor.integers?.map { Float($0) } ?? tensor.booleans?.map { $0 ? 1 : 0 }
  }

  private static func integers(of tensor: ConstantTensor, _ node: Node) throws(ConversionError) -> [Int]? {
    guard let values = tensor.floats else {
      return tensor.integers ?? tensor.booleans?.map { $0 ? 1 : 0 }
    }
    var integers: [Int] = []
    integers.reserveCapacity(values.count)
    for value in values {
      guard let integer = Int(exactly: value.rounded(.towardZero)) else {
        throw node.failure("\(value) has no integer")
      }
      integers.append(integer)
    }
    return integers
  }

  private static func booleans(of tensor: ConstantTensor) -> [Bool]? {
    tensor.booleans ?? tensor.integers?.map { $0 != 0 } ?? tensor.floats?.map { $0 != 0 }
  }
}

extension ElementType {
  /// Truncates integers to the width of this type.
  func wrapped(_ values: [Int]) -> [Int] {
    switch self {
    case .int8: values.map { Int(Int8(truncatingIfNeeded: $0)) }
    case .uint8: values.map { Int(UInt8(truncatingIfNeeded: $0)) }
    case .int16: values.map { Int(Int16(truncatingIfNeeded: $0)) }
    case .int32: values.map { Int(Int32(truncatingIfNeeded: $0)) }
    case .int64, .float32, .float64, .float16, .bfloat16, .bool, .string, .other: values
    }
  }
}
