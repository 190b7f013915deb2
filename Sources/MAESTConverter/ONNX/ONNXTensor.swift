#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ElementType {
  init(_ type: ONNXDataType) {
    switch type {
    case .float: self = .float32
    case .double: self = .float64
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    case .int8: self = .int8
    case .uint8: self = .uint8
    case .int16: self = .int16
    case .int32: self = .int32
    case .int64: self = .int64
    case .bool: self = .bool
    case .string: self = .string
    default: self = .other
    }
  }
}

extension ConstantTensor {
  /// Reads a tensor of an ONNX model: raw bytes, a list of values, or bytes in another file.
  init(
    _ proto: ONNXTensorProto, node: String, external: inout ONNXExternalData, fillBudget: inout Int
  ) throws(ConversionError) {
    guard let type = Self.tensorFlowType(proto.dataType) else {
      throw .badConstant(node: node, reason: "element type \(proto.dataType) is not supported")
    }
    let content: Data
    switch proto.dataLocation {
    case .default: content = proto.rawData.isEmpty ? Self.content(proto) : proto.rawData
    case .external:
      content = try external.contents(
        of: proto, byteCount: Self.byteCount(proto.dims, ElementType(type), node: node), node: node)
    default:
      throw .badConstant(
        node: node, reason: "its contents are in a place of unknown kind (\(proto.dataLocation.rawValue))")
    }
    try self.init(content: content, type: type, shape: proto.dims, node: node, fillBudget: &fillBudget)
  }

  /// Returns the number of bytes of a tensor of element type `type` and shape `sizes`.
  private static func byteCount(
    _ sizes: [Int64], _ type: ElementType, node: String
  ) throws(ConversionError) -> Int {
    var count = type.byteCount ?? 1
    for size in sizes {
      let (product, overflow) = count.multipliedReportingOverflow(by: Int(size))
      guard size >= 0, !overflow else {
        throw .badConstant(
          node: node, reason: "its shape \(sizes.map { Int($0) }.brief) is not one that memory can hold")
      }
      count = product
    }
    return count
  }

  private static func tensorFlowType(_ type: ONNXDataType) -> TensorFlowDataType? {
    switch type {
    case .float: .dtFloat
    case .double: .dtDouble
    case .float16: .dtHalf
    case .bfloat16: .dtBfloat16
    case .int8: .dtInt8
    case .uint8: .dtUint8
    case .int16: .dtInt16
    case .int32: .dtInt32
    case .int64: .dtInt64
    case .bool: .dtBool
    default: nil
    }
  }

  /// Returns the values of a list in the format of `raw_data`.
  private static func content(_ proto: ONNXTensorProto) -> Data {
    func bytes<T: FixedWidthInteger>(_ values: [T]) -> Data {
      values.map(\.littleEndian).withUnsafeBytes { Data($0) }
    }
    return switch proto.dataType {
    case .float: bytes(proto.floatData.map(\.bitPattern))
    case .double: bytes(proto.doubleData.map(\.bitPattern))
    case .int64: bytes(proto.int64Data)
    case .int32: bytes(proto.int32Data)
    case .float16, .bfloat16, .int16: bytes(proto.int32Data.map { UInt16(truncatingIfNeeded: $0) })
    default: bytes(proto.int32Data.map { UInt8(truncatingIfNeeded: $0) })
    }
  }
}
