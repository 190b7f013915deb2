#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

// The messages of TensorFlow's tensors, for graphs and checkpoints. Field names and numbers are those of
// tensorflow/core/framework/{tensor,tensor_shape,types}.proto.

package struct TensorFlowTensorShapeProto: ProtobufMessage {
  package struct Dim: ProtobufMessage {
    package var size: Int64 = 0

    package init() {}

    package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
      switch number {
      case 1: try reader.read(&size)
      default: try reader.skip()
      }
    }
  }

  package var dim: [Dim] = []
  package var unknownRank = false

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 2: try reader.read(&dim)
    case 3: try reader.read(&unknownRank)
    default: try reader.skip()
    }
  }
}

package struct TensorFlowTensorProto: ProtobufMessage {
  package var dtype = TensorFlowDataType.dtInvalid
  package var tensorShape = TensorFlowTensorShapeProto()
  /// The elements as little-endian bytes, row-major; if it is empty, one of the lists holds the elements.
  package var tensorContent = Data()
  package var floatVal: [Float] = []
  package var doubleVal: [Double] = []
  package var intVal: [Int32] = []
  package var stringVal: [Data] = []
  package var int64Val: [Int64] = []
  package var boolVal: [Bool] = []
  /// Bit patterns of half-precision and bfloat16 numbers.
  package var halfVal: [Int32] = []

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&dtype)
    case 2: try reader.read(&tensorShape)
    case 4: try reader.read(&tensorContent)
    case 5: try reader.read(&floatVal)
    case 6: try reader.read(&doubleVal)
    case 7: try reader.read(&intVal)
    case 8: try reader.read(&stringVal)
    case 10: try reader.read(&int64Val)
    case 11: try reader.read(&boolVal)
    case 13: try reader.read(&halfVal)
    default: try reader.skip()
    }
  }
}

package struct TensorFlowDataType: ProtobufEnumeration {
  package var rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  package static let dtInvalid = Self(rawValue: 0)
  package static let dtFloat = Self(rawValue: 1)
  package static let dtDouble = Self(rawValue: 2)
  package static let dtInt32 = Self(rawValue: 3)
  package static let dtUint8 = Self(rawValue: 4)
  package static let dtInt16 = Self(rawValue: 5)
  package static let dtInt8 = Self(rawValue: 6)
  package static let dtString = Self(rawValue: 7)
  package static let dtInt64 = Self(rawValue: 9)
  package static let dtBool = Self(rawValue: 10)
  package static let dtBfloat16 = Self(rawValue: 14)
  package static let dtHalf = Self(rawValue: 19)
}
