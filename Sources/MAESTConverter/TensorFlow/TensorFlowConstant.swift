import MAESTTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ElementType {
  init(_ type: TensorFlowDataType) {
    switch type {
    case .dtFloat: self = .float32
    case .dtDouble: self = .float64
    case .dtHalf: self = .float16
    case .dtBfloat16: self = .bfloat16
    case .dtInt8: self = .int8
    case .dtUint8: self = .uint8
    case .dtInt16: self = .int16
    case .dtInt32: self = .int32
    case .dtInt64: self = .int64
    case .dtBool: self = .bool
    case .dtString: self = .string
    default: self = .other
    }
  }

  /// Bytes of one element in `tensor_content`.
  var byteCount: Int? {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16, .int16: 2
    case .int8, .uint8, .bool: 1
    case .string, .other: nil
    }
  }
}

extension ConstantTensor {
  /// Maximum number of elements that all constants of a graph together may omit ("the last value fills the shape"),
  /// plus integers stored as raw content, which take up to eight times as much in memory. This bounds the memory that a
  /// file can require.
  static let fillLimit = 1 << 22
  /// Maximum number of elements of a constant: it keeps sums and products of a few sizes within 64 bits.
  private static let elementLimit = 1 << 40

  /// Reads a `TensorProto`: raw content, or a list of values whose last value fills the rest of the shape.
  ///
  /// The elements that the list omits are subtracted from `fillBudget`.
  init(_ proto: TensorFlowTensorProto, node: String, fillBudget: inout Int) throws(ConversionError) {
    let type = ElementType(proto.dtype)
    let shape = try Self.shape(of: proto, node: node)
    let count = shape.reduce(1, *)
    if !proto.tensorContent.isEmpty {
      self.init(
        type: type, shape: shape,
        elements: try Self.elements(
          of: proto.tensorContent, type: type, count: count, node: node, budget: &fillBudget))
    } else {
      self.init(
        type: type, shape: shape,
        elements: try Self.filled(proto, type: type, count: count, node: node, budget: &fillBudget))
    }
  }

  private static func shape(of proto: TensorFlowTensorProto, node: String) throws(ConversionError) -> [Int] {
    guard !proto.tensorShape.unknownRank else {
      throw .badConstant(node: node, reason: "its shape is not fixed")
    }
    guard proto.tensorShape.dim.count <= rankLimit else {
      throw .badConstant(
        node: node, reason: "its shape has \(proto.tensorShape.dim.count) axes, allowed are \(rankLimit)")
    }
    // Sizes of 0 count as 1, so that the other sizes of an empty tensor are limited as well.
    var count = 1
    for dimension in proto.tensorShape.dim {
      let size = Int(dimension.size)
      guard size >= 0, size <= elementLimit / count else {
        throw .badConstant(node: node, reason: "its shape is not fixed or too large (a size of \(size))")
      }
      count *= max(size, 1)
    }
    return proto.tensorShape.dim.map { Int($0.size) }
  }

  private static func elements(
    of content: Data, type: ElementType, count: Int, node: String, budget: inout Int
  ) throws(ConversionError) -> Elements {
    guard let size = type.byteCount else {
      throw .badConstant(node: node, reason: "element type \(type.rawValue) with raw content")
    }
    let (expected, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, content.count == expected else {
      throw .badConstant(
        node: node, reason: "\(content.count) bytes of content for \(count) elements of \(type.rawValue)")
    }
    if type.isInteger {
      guard count <= budget else {
        throw .badConstant(
          node: node, reason: "with it the graph's constants have more than \(fillLimit) integers")
      }
      budget -= count
    }
    func read<T: FixedWidthInteger>(_: T.Type) -> [T] {
      content.withUnsafeBytes { bytes in
        (0..<count).map {
          T(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self))
        }
      }
    }
    switch type {
    case .float32: return .floatBytes(content)
    case .float64: return .floats(read(UInt64.self).map { Float(Double(bitPattern: $0)) })
    case .float16: return .floats(read(UInt16.self).map(HalfPrecision.number))
    case .bfloat16: return .floats(read(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) })
    case .int64: return .integers(read(Int64.self).map { Int($0) })
    case .int32: return .integers(read(Int32.self).map { Int($0) })
    case .int16: return .integers(read(Int16.self).map { Int($0) })
    case .int8: return .integers(read(Int8.self).map { Int($0) })
    case .uint8: return .integers(read(UInt8.self).map { Int($0) })
    case .bool: return .booleans(read(UInt8.self).map { $0 != 0 })
    case .string, .other:
      throw .badConstant(node: node, reason: "element type \(type.rawValue) with raw content")
    }
  }

  private static func filled(
    _ proto: TensorFlowTensorProto, type: ElementType, count: Int, node: String, budget: inout Int
  ) throws(ConversionError) -> Elements {
    func fill<T>(_ values: [T], _ zero: T) throws(ConversionError) -> [T] {
      guard values.count <= max(count, 1) else {
        throw .badConstant(node: node, reason: "\(values.count) values for \(count) elements")
      }
      let missing = max(count - values.count, 0)
      // The budget counts numbers of four bytes; strings and integers take more.
      let (cost, overflow) = missing.multipliedReportingOverflow(
        by: max(MemoryLayout<T>.stride / MemoryLayout<Float>.stride, 1))
      guard !overflow, cost <= budget else {
        throw .badConstant(
          node: node,
          reason: "\(values.count) values for \(count) elements, and with it more than \(fillLimit) elements "
            + "of the graph's constants are left out")
      }
      budget -= cost
      var filled = Array(values.prefix(count))
      filled.reserveCapacity(filled.count + missing)
      filled.append(contentsOf: repeatElement(values.last ?? zero, count: missing))
      return filled
    }
    switch type {
    case .float32: return .floats(try fill(proto.floatVal, 0))
    case .float64: return .floats(try fill(proto.doubleVal.map { Float($0) }, 0))
    case .float16:
      return .floats(try fill(proto.halfVal.map { HalfPrecision.number(UInt16(truncatingIfNeeded: $0)) }, 0))
    case .bfloat16:
      return .floats(
        try fill(proto.halfVal.map { Float(bitPattern: UInt32(UInt16(truncatingIfNeeded: $0)) << 16) }, 0))
    case .int64: return .integers(try fill(proto.int64Val.map { Int($0) }, 0))
    case .int8, .uint8, .int16, .int32: return .integers(try fill(proto.intVal.map { Int($0) }, 0))
    case .bool: return .booleans(try fill(proto.boolVal, false))
    case .string: return .strings(try fill(proto.stringVal, Data()))
    case .other: throw .badConstant(node: node, reason: "unsupported element type")
    }
  }
}
