#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ConstantTensor {
  /// Creates a tensor from the bytes of its elements, little-endian and row-major; throws if they do not match its
  /// shape.
  init(
    content: Data, type: TensorFlowDataType, shape: [Int64], node: String, fillBudget: inout Int
  ) throws(ConversionError) {
    guard shape.count <= Self.rankLimit else {
      throw .badConstant(
        node: node, reason: "its shape has \(shape.count) axes, allowed are \(Self.rankLimit)")
    }
    guard !content.isEmpty || shape.contains(0) else {
      throw .badConstant(node: node, reason: "no content for shape \(shape)")
    }
    var proto = TensorFlowTensorProto()
    proto.dtype = type
    proto.tensorShape.dim = shape.map { size in
      var dimension = TensorFlowTensorShapeProto.Dim()
      dimension.size = size
      return dimension
    }
    proto.tensorContent = content
    try self.init(proto, node: node, fillBudget: &fillBudget)
  }
}
