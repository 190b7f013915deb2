#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A parameter of the network as it stands in a graph: a constant, perhaps with its axes in another order and
/// with a factor.
struct WeightExpression: Sendable {
  var value: Value
  /// Shape of the constant without axes of size 1.
  var sourceShape: [Int]
  /// Order of those axes in the parameter; nil: as they stand.
  var permutation: [Int]?
  var factor: Float = 1
  /// Shape of the parameter.
  var shape: [Int]

  /// Little-endian float32 bytes of the parameter, row-major.
  func bytes(in graph: FoldedGraph) throws(ConversionError) -> Data {
    let node = graph.node(of: value)
    guard var tensor = graph.constant(value), tensor.type.isFloating,
      tensor.count == sourceShape.reduce(1, *)
    else {
      throw .badConstant(node: node.name, reason: "it cannot be worked out as floating-point numbers")
    }
    tensor = tensor.reshaped(sourceShape)
    if let permutation { tensor = tensor.permuted(permutation) }
    if factor != 1, let values = tensor.floats {
      tensor = ConstantTensor(floats: values.map { $0 * factor }, shape: tensor.shape)
    }
    guard let bytes = tensor.littleEndianFloatBytes, bytes.count == 4 * shape.reduce(1, *) else {
      throw .badConstant(node: node.name, reason: "it has not the elements of a parameter of shape \(shape)")
    }
    return bytes
  }
}
