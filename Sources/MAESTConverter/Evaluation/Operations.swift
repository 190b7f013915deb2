/// The meaning of operations on constants, by TensorFlow's operation names.
///
/// This is the one place that says what an operation computes; folding of constants and shapes goes through it.
enum Operations {
  typealias Implementation = @Sendable (Node, [ConstantTensor]) throws(ConversionError) -> [ConstantTensor]

  /// Elements of the largest tensor that an operation may make.
  static let elementLimit = 1 << 24

  static let table: [String: Implementation] =
    elementwise.merging(layout) { first, _ in first }.merging(selection) { first, _ in first }

  /// Computes `node` on `inputs`; throws where the operation is unknown or does not fit its inputs.
  static func evaluate(_ node: Node, _ inputs: [ConstantTensor]) throws(ConversionError) -> [ConstantTensor] {
    if node.operation == "Const" {
      guard let value = node.attributes["value"]?.tensor else { throw node.failure("it has no value") }
      return [value]
    }
    guard let implementation = table[node.operation] else {
      throw node.failure("the operation is not supported on constants")
    }
    return try implementation(node, inputs)
  }
}

extension Node {
  func failure(_ reason: String) -> ConversionError {
    .badOperation(node: name, operation: operation, reason: reason)
  }
}

/// Typed access to an operation's inputs.
struct Operands {
  let node: Node
  let inputs: [ConstantTensor]

  func tensor(_ index: Int) throws(ConversionError) -> ConstantTensor {
    guard inputs.indices.contains(index) else { throw node.failure("input \(index) is missing") }
    return inputs[index]
  }

  func integers(_ index: Int) throws(ConversionError) -> [Int] {
    guard let values = try tensor(index).integers else { throw node.failure("input \(index) has no integers") }
    return values
  }

  func integer(_ index: Int) throws(ConversionError) -> Int {
    let values = try integers(index)
    guard values.count == 1 else { throw node.failure("input \(index) has \(values.count) elements, not 1") }
    return values[0]
  }

  /// An axis of `rank` axes, counted from the end where negative.
  func axis(_ value: Int, rank: Int) throws(ConversionError) -> Int {
    let axis = value < 0 ? value + rank : value
    guard axis >= 0, axis < rank else { throw node.failure("axis \(value) of \(rank)") }
    return axis
  }

  /// The number of elements of `shape`, if it may be made.
  @discardableResult
  func checkedCount(_ shape: [Int]) throws(ConversionError) -> Int {
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow, product <= Operations.elementLimit else {
        throw node.failure("a result of shape \(shape) is too large")
      }
      count = product
    }
    return count
  }
}

extension ConstantTensor {
  /// The elements at `positions` (row-major indices of this tensor) as a tensor of `shape`.
  func gathering(_ positions: [Int], shape: [Int]) -> ConstantTensor {
    let gathered: Elements =
      switch elements {
      case .floatBytes, .floats: .floats(Self.pick(floats ?? [], positions))
      case .integers(let values): .integers(Self.pick(values, positions))
      case .booleans(let values): .booleans(Self.pick(values, positions))
      case .strings(let values): .strings(Self.pick(values, positions))
      }
    return ConstantTensor(type: type, shape: shape, elements: gathered)
  }

  private static func pick<T>(_ values: [T], _ positions: [Int]) -> [T] { positions.map { values[$0] } }

  /// Row-major strides of `shape`.
  static func strides(_ shape: [Int]) -> [Int] {
    var strides = Array(repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    return strides
  }

  /// Positions in memory of every element of `shape`, row-major, when axis `i` advances by `strides[i]`.
  static func positions(shape: [Int], strides: [Int], start: Int = 0) -> [Int] {
    var result = [start]
    for (size, stride) in zip(shape, strides) {
      result = result.flatMap { base in (0..<size).map { base + $0 * stride } }
    }
    return result
  }
}
