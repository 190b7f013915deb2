#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Operations {
  /// Arithmetic, comparison and logic, with broadcasting.
  static let elementwise: [String: Implementation] = [
    "Add": arithmetic({ $0 + $1 }, { $0 &+ $1 }), "AddV2": arithmetic({ $0 + $1 }, { $0 &+ $1 }),
    "Sub": arithmetic({ $0 - $1 }, { $0 &- $1 }), "Mul": arithmetic({ $0 * $1 }, { $0 &* $1 }),
    "Minimum": arithmetic({ min($0, $1) }, { min($0, $1) }),
    "Maximum": arithmetic({ max($0, $1) }, { max($0, $1) }),
    "RealDiv": arithmetic({ $0 / $1 }, nil), "Pow": arithmetic({ powf($0, $1) }, nil),
    "SquaredDifference": arithmetic({ ($0 - $1) * ($0 - $1) }, { ($0 &- $1) &* ($0 &- $1) }),
    "FloorDiv": division { floorDivision($0, $1).quotient },
    "FloorMod": division { floorDivision($0, $1).remainder },
    "Equal": comparison({ $0 == $1 }, { $0 == $1 }), "NotEqual": comparison({ $0 != $1 }, { $0 != $1 }),
    "Less": comparison({ $0 < $1 }, { $0 < $1 }), "LessEqual": comparison({ $0 <= $1 }, { $0 <= $1 }),
    "Greater": comparison({ $0 > $1 }, { $0 > $1 }),
    "GreaterEqual": comparison({ $0 >= $1 }, { $0 >= $1 }),
    "LogicalAnd": logic { $0 && $1 }, "LogicalOr": logic { $0 || $1 },
    "LogicalNot": { (node, inputs) throws(ConversionError) in
      let tensor = try Operands(node: node, inputs: inputs).tensor(0)
      guard let values = tensor.booleans else { throw node.failure("no truth values") }
      return [ConstantTensor(booleans: values.map { !$0 }, shape: tensor.shape)]
    },
    "Neg": unary({ -$0 }, { 0 &- $0 }), "Square": unary({ $0 * $0 }, { $0 &* $0 }),
    "Sqrt": unary({ $0.squareRoot() }, nil), "Rsqrt": unary({ 1 / $0.squareRoot() }, nil),
    "Reciprocal": unary({ 1 / $0 }, nil), "Cast": cast,
  ]

  private static func arithmetic(
    _ float: @escaping @Sendable (Float, Float) -> Float, _ integer: (@Sendable (Int, Int) -> Int)?
  ) -> Implementation {
    { (node, inputs) throws(ConversionError) in
      let pair = try Broadcast(node, inputs)
      if let (left, right) = pair.floats {
        return [
          ConstantTensor(
            type: pair.left.type, shape: pair.shape, elements: .floats(pair.map(left, right, float)))
        ]
      }
      guard let integer, let (left, right) = pair.integers else { throw node.failure(pair.typeMismatch) }
      return [
        ConstantTensor(
          type: pair.left.type, shape: pair.shape, elements: .integers(pair.map(left, right, integer)))
      ]
    }
  }

  private static func division(_ operation: @escaping @Sendable (Int, Int) -> Int) -> Implementation {
    { (node, inputs) throws(ConversionError) in
      let pair = try Broadcast(node, inputs)
      guard let (left, right) = pair.integers else { throw node.failure(pair.typeMismatch) }
      guard right.allSatisfy({ $0 != 0 && $0 != -1 }) else { throw node.failure("division by 0 or -1") }
      return [
        ConstantTensor(
          type: pair.left.type, shape: pair.shape, elements: .integers(pair.map(left, right, operation)))
      ]
    }
  }

  /// Division that rounds towards minus infinity.
  private static func floorDivision(_ value: Int, _ divisor: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder != 0 && (remainder < 0) != (divisor < 0)
      ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  private static func comparison(
    _ float: @escaping @Sendable (Float, Float) -> Bool, _ integer: @escaping @Sendable (Int, Int) -> Bool
  ) -> Implementation {
    { (node, inputs) throws(ConversionError) in
      let pair = try Broadcast(node, inputs)
      if let (left, right) = pair.floats {
        return [ConstantTensor(booleans: pair.map(left, right, float), shape: pair.shape)]
      }
      if let (left, right) = pair.integers {
        return [ConstantTensor(booleans: pair.map(left, right, integer), shape: pair.shape)]
      }
      guard let (left, right) = pair.booleans else { throw node.failure(pair.typeMismatch) }
      let numbers = (left.map { $0 ? 1 : 0 }, right.map { $0 ? 1 : 0 })
      return [ConstantTensor(booleans: pair.map(numbers.0, numbers.1, integer), shape: pair.shape)]
    }
  }

  private static func logic(_ operation: @escaping @Sendable (Bool, Bool) -> Bool) -> Implementation {
    { (node, inputs) throws(ConversionError) in
      let pair = try Broadcast(node, inputs)
      guard let (left, right) = pair.booleans else { throw node.failure(pair.typeMismatch) }
      return [ConstantTensor(booleans: pair.map(left, right, operation), shape: pair.shape)]
    }
  }

  private static func unary(
    _ float: @escaping @Sendable (Float) -> Float, _ integer: (@Sendable (Int) -> Int)?
  ) -> Implementation {
    { (node, inputs) throws(ConversionError) in
      let tensor = try Operands(node: node, inputs: inputs).tensor(0)
      if let values = tensor.floats {
        return [
          ConstantTensor(type: tensor.type, shape: tensor.shape, elements: .floats(values.map(float)))
        ]
      }
      guard let integer, let values = tensor.integers else { throw node.failure("no numbers to work on") }
      return [
        ConstantTensor(type: tensor.type, shape: tensor.shape, elements: .integers(values.map(integer)))
      ]
    }
  }

  private static let cast: Implementation = { (node, inputs) throws(ConversionError) in
    let tensor = try Operands(node: node, inputs: inputs).tensor(0)
    guard let target = node.attributes["DstT"]?.type else { throw node.failure("no target type") }
    if target.isFloating {
      let values =
        tensor.floats ?? tensor.integers?.map { Float($0) } ?? tensor.booleans?.map { $0 ? 1 : 0 }
      guard let values else { throw node.failure("cannot cast \(tensor.type.rawValue)") }
      return [ConstantTensor(type: target, shape: tensor.shape, elements: .floats(values))]
    }
    if target.isInteger {
      let values =
        tensor.integers ?? tensor.booleans?.map { $0 ? 1 : 0 }
        ?? tensor.floats?.map { Int(exactly: $0.rounded(.towardZero)) ?? 0 }
      guard let values else { throw node.failure("cannot cast \(tensor.type.rawValue)") }
      return [ConstantTensor(type: target, shape: tensor.shape, elements: .integers(values))]
    }
    guard target == .bool else { throw node.failure("cannot cast to \(target.rawValue)") }
    let values = tensor.booleans ?? tensor.integers?.map { $0 != 0 } ?? tensor.floats?.map { $0 != 0 }
    guard let values else { throw node.failure("cannot cast \(tensor.type.rawValue)") }
    return [ConstantTensor(booleans: values, shape: tensor.shape)]
  }
}

/// Two operands brought to one shape.
struct Broadcast {
  let left: ConstantTensor
  let right: ConstantTensor
  let shape: [Int]

  init(_ node: Node, _ inputs: [ConstantTensor]) throws(ConversionError) {
    let operands = Operands(node: node, inputs: inputs)
    left = try operands.tensor(0)
    right = try operands.tensor(1)
    guard let shape = Self.shape(left.shape, right.shape) else {
      throw node.failure("shapes \(left.shape) and \(right.shape) do not fit")
    }
    try operands.checkedCount(shape)
    self.shape = shape
  }

  /// The shape that two shapes broadcast to; nil where they do not fit.
  static func shape(_ left: [Int], _ right: [Int]) -> [Int]? {
    let rank = max(left.count, right.count)
    var shape: [Int] = []
    for (a, b) in zip(padded(left, rank), padded(right, rank)) {
      guard a == b || a == 1 || b == 1 else { return nil }
      shape.append(a == 1 ? b : a)
    }
    return shape
  }

  private static func padded(_ shape: [Int], _ rank: Int) -> [Int] {
    Array(repeating: 1, count: rank - shape.count) + shape
  }

  var floats: ([Float], [Float])? {
    guard let a = left.floats, let b = right.floats else { return nil }
    return (a, b)
  }
  var integers: ([Int], [Int])? {
    guard let a = left.integers, let b = right.integers else { return nil }
    return (a, b)
  }
  var booleans: ([Bool], [Bool])? {
    guard let a = left.booleans, let b = right.booleans else { return nil }
    return (a, b)
  }

  var typeMismatch: String { "operands of type \(left.type.rawValue) and \(right.type.rawValue)" }

  func map<T, R>(_ a: [T], _ b: [T], _ operation: (T, T) -> R) -> [R] {
    if left.shape == right.shape { return zip(a, b).map(operation) }
    return zip(positions(of: left.shape), positions(of: right.shape)).map { operation(a[$0], b[$1]) }
  }

  /// Where each element of the common shape stands in an operand of `original` shape.
  func positions(of original: [Int]) -> [Int] {
    let own = Self.padded(original, shape.count)
    let strides = zip(own, ConstantTensor.strides(own)).map { $0 == 1 ? 0 : $1 }
    return ConstantTensor.positions(shape: shape, strides: strides)
  }
}
