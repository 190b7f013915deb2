#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

// The messages of ONNX's tensors; see ONNXMessages.swift.

package struct ONNXTensorProto: ProtobufMessage {
  package struct DataLocation: ProtobufEnumeration {
    package var rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let `default` = Self(rawValue: 0)
    package static let external = Self(rawValue: 1)
  }

  package var dims: [Int64] = []
  package var dataType = ONNXDataType.undefined
  package var floatData: [Float] = []
  package var int32Data: [Int32] = []
  package var int64Data: [Int64] = []
  package var name = ""
  /// The elements as little-endian bytes, row-major; if it is empty, one of the lists holds the elements.
  package var rawData = Data()
  package var doubleData: [Double] = []
  /// The place of contents that are stored in another file: "location", "offset", "length".
  package var externalData: [ONNXStringStringEntryProto] = []
  package var dataLocation = DataLocation.default

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&dims)
    case 2: try reader.read(&dataType)
    case 4: try reader.read(&floatData)
    case 5: try reader.read(&int32Data)
    case 7: try reader.read(&int64Data)
    case 8: try reader.read(&name)
    case 9: try reader.read(&rawData)
    case 10: try reader.read(&doubleData)
    case 13: try reader.read(&externalData)
    case 14: try reader.read(&dataLocation)
    default: try reader.skip()
    }
  }
}

package struct ONNXStringStringEntryProto: ProtobufMessage {
  package var key = ""
  package var value = ""

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&key)
    case 2: try reader.read(&value)
    default: try reader.skip()
    }
  }
}

package struct ONNXDataType: ProtobufEnumeration {
  package var rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  package static let undefined = Self(rawValue: 0)
  package static let float = Self(rawValue: 1)
  package static let uint8 = Self(rawValue: 2)
  package static let int8 = Self(rawValue: 3)
  package static let uint16 = Self(rawValue: 4)
  package static let int16 = Self(rawValue: 5)
  package static let int32 = Self(rawValue: 6)
  package static let int64 = Self(rawValue: 7)
  package static let string = Self(rawValue: 8)
  package static let bool = Self(rawValue: 9)
  package static let float16 = Self(rawValue: 10)
  package static let double = Self(rawValue: 11)
  package static let bfloat16 = Self(rawValue: 16)
}

extension ONNXDataType: CustomStringConvertible {
  private static let names = [
    "undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16",
    "double", "uint32", "uint64", "complex64", "complex128", "bfloat16",
  ]

  /// ONNX's name of the type, or the number of an unknown type.
  package var description: String {
    Self.names.indices.contains(rawValue) ? Self.names[rawValue] : "\(rawValue)"
  }
}
