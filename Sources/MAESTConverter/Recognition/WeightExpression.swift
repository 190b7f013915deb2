#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A parameter of the network as an expression over the constants of a graph.
///
/// Nothing is computed until the elements are requested.
indirect enum WeightExpression: Sendable {
  /// The elements of a constant in another shape of the same size.
  case constant(Value, shape: [Int])
  case zeros([Int])
  case reshaped(WeightExpression, [Int])
  case permuted(WeightExpression, [Int])
  case broadcast(WeightExpression, [Int])
  /// One index of an axis; the axis is dropped.
  case selected(WeightExpression, axis: Int, index: Int)
  case scaled(WeightExpression, Float)
  case sum(WeightExpression, WeightExpression)
  /// Matrices of equal width, stacked by rows.
  case rows([WeightExpression])

  var shape: [Int] {
    switch self {
    case .constant(_, let shape), .zeros(let shape), .reshaped(_, let shape), .broadcast(_, let shape): shape
    case .permuted(let inner, let order): order.map { inner.shape[$0] }
    case .selected(let inner, let axis, _): Array(inner.shape[..<axis] + inner.shape[(axis + 1)...])
    case .scaled(let inner, _), .sum(let inner, _): inner.shape
    case .rows(let parts): [parts.reduce(0) { $0 + $1.shape[0] }] + (parts.first?.shape.dropFirst() ?? [])
    }
  }

  /// The constants in the expression, in order.
  var constants: [Value] {
    switch self {
    case .constant(let value, _): [value]
    case .zeros: []
    case .reshaped(let inner, _), .permuted(let inner, _), .broadcast(let inner, _),
      .selected(let inner, _, _), .scaled(let inner, _):
      inner.constants
    case .sum(let left, let right): left.constants + right.constants
    case .rows(let parts): parts.flatMap(\.constants)
    }
  }
}

// MARK: - Making expressions

extension WeightExpression {
  func reshaped(_ shape: [Int]) -> WeightExpression { shape == self.shape ? self : .reshaped(self, shape) }

  func permuted(_ order: [Int]) -> WeightExpression {
    order == Array(order.indices) ? self : .permuted(self, order)
  }

  func scaled(_ factor: Float) -> WeightExpression { factor == 1 ? self : .scaled(self, factor) }

  /// Returns the sum with a later expression of the same shape; nil stands for no earlier expression.
  static func sum(_ earlier: WeightExpression?, adding later: WeightExpression) -> WeightExpression {
    earlier.map { .sum($0, later) } ?? later
  }
}

// MARK: - Elements

extension WeightExpression {
  /// Little-endian float32 bytes, row-major.
  func bytes(in graph: FoldedGraph) throws(ConversionError) -> Data {
    let tensor = try tensor(in: graph)
    guard let bytes = tensor.littleEndianFloatBytes, bytes.count == 4 * shape.reduce(1, *) else {
      throw .badConstant(
        node: constants.first.map { graph.node(of: $0).name } ?? "",
        reason: "it has not the elements of a parameter of shape \(shape)")
    }
    return bytes
  }

  private func tensor(in graph: FoldedGraph) throws(ConversionError) -> ConstantTensor {
    switch self {
    case .constant(let value, let shape):
      guard let tensor = graph.weight(value), tensor.type.isFloating, tensor.count == shape.reduce(1, *)
      else {
        throw .badConstant(
          node: graph.node(of: value).name, reason: "it cannot be worked out as floating-point numbers")
      }
      return tensor.reshaped(shape)
    case .zeros(let shape):
      return ConstantTensor(floats: Array(repeating: 0, count: shape.reduce(1, *)), shape: shape)
    case .reshaped(let inner, let shape): return try inner.tensor(in: graph).reshaped(shape)
    case .permuted(let inner, let order): return try inner.tensor(in: graph).permuted(order)
    case .broadcast(let inner, let shape): return try inner.tensor(in: graph).broadcast(to: shape)
    case .selected(let inner, let axis, let index):
      return try inner.tensor(in: graph).section(axis: axis, range: index..<(index + 1)).reshaped(shape)
    case .scaled(let inner, let factor):
      return ConstantTensor(floats: try inner.floats(in: graph).map { $0 * factor }, shape: shape)
    case .sum(let left, let right):
      let elements = zip(try left.floats(in: graph), try right.floats(in: graph)).map { $0 + $1 }
      return ConstantTensor(floats: elements, shape: shape)
    case .rows(let parts):
      var elements: [Float] = []
      elements.reserveCapacity(shape.reduce(1, *))
      for part in parts { elements += try part.floats(in: graph) }
      return ConstantTensor(floats: elements, shape: shape)
    }
  }

  private func floats(in graph: FoldedGraph) throws(ConversionError) -> [Float] {
    guard let floats = try tensor(in: graph).floats else {
      preconditionFailure("a constant of floating-point numbers has no elements")
    }
    return floats
  }
}
