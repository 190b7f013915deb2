#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

// The messages of an ONNX model with the fields that the converter uses. Field names and numbers are those of
// onnx/onnx.proto.

package struct ONNXModelProto: ProtobufMessage {
  package var graph = ONNXGraphProto()
  package var opsetImport: [ONNXOperatorSetIdProto] = []
  package var functions: [ONNXFunctionProto] = []

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 7: try reader.read(&graph)
    case 8: try reader.read(&opsetImport)
    case 25: try reader.read(&functions)
    default: try reader.skip()
    }
  }
}

package struct ONNXOperatorSetIdProto: ProtobufMessage {
  /// Empty or "ai.onnx": ONNX's own operators.
  package var domain = ""
  package var version: Int64 = 0

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&domain)
    case 2: try reader.read(&version)
    default: try reader.skip()
    }
  }
}

/// An operator that the model itself defines.
package struct ONNXFunctionProto: ProtobufMessage {
  package var name = ""
  package var input: [String] = []
  package var output: [String] = []
  /// Names of attributes without a default.
  package var attribute: [String] = []
  package var node: [ONNXNodeProto] = []
  package var opsetImport: [ONNXOperatorSetIdProto] = []
  package var domain = ""
  /// Attributes with their defaults.
  package var attributeProto: [ONNXAttributeProto] = []
  package var overload = ""

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&name)
    case 4: try reader.read(&input)
    case 5: try reader.read(&output)
    case 6: try reader.read(&attribute)
    case 7: try reader.read(&node)
    case 9: try reader.read(&opsetImport)
    case 10: try reader.read(&domain)
    case 11: try reader.read(&attributeProto)
    case 13: try reader.read(&overload)
    default: try reader.skip()
    }
  }
}

// MARK: - Graphs

package struct ONNXGraphProto: ProtobufMessage {
  package var node: [ONNXNodeProto] = []
  package var initializer: [ONNXTensorProto] = []
  package var input: [ONNXValueInfoProto] = []
  package var output: [ONNXValueInfoProto] = []

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&node)
    case 5: try reader.read(&initializer)
    case 11: try reader.read(&input)
    case 12: try reader.read(&output)
    default: try reader.skip()
    }
  }
}

package struct ONNXNodeProto: ProtobufMessage {
  package var input: [String] = []
  package var output: [String] = []
  package var name = ""
  package var opType = ""
  package var attribute: [ONNXAttributeProto] = []
  package var domain = ""
  package var overload = ""

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&input)
    case 2: try reader.read(&output)
    case 3: try reader.read(&name)
    case 4: try reader.read(&opType)
    case 5: try reader.read(&attribute)
    case 7: try reader.read(&domain)
    case 8: try reader.read(&overload)
    default: try reader.skip()
    }
  }
}

package struct ONNXAttributeProto: ProtobufMessage {
  package var name = ""
  package var f: Float = 0
  package var i: Int64 = 0
  package var s = Data()
  package var t: ONNXTensorProto?
  package var floats: [Float] = []
  package var ints: [Int64] = []
  /// In a function's body: the function's attribute that supplies the value of this one.
  package var refAttrName = ""

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&name)
    case 2: try reader.read(&f)
    case 3: try reader.read(&i)
    case 4: try reader.read(&s)
    case 5: try reader.read(&t)
    case 7: try reader.read(&floats)
    case 8: try reader.read(&ints)
    case 21: try reader.read(&refAttrName)
    default: try reader.skip()
    }
  }
}

package struct ONNXValueInfoProto: ProtobufMessage {
  package var name = ""
  package var type = ONNXTypeProto()

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&name)
    case 2: try reader.read(&type)
    default: try reader.skip()
    }
  }
}

package struct ONNXTypeProto: ProtobufMessage {
  package struct Tensor: ProtobufMessage {
    package var elemType = ONNXDataType.undefined
    /// nil: the rank is unknown.
    package var shape: ONNXShapeProto?

    package init() {}

    package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
      switch number {
      case 1: try reader.read(&elemType)
      case 2: try reader.read(&shape)
      default: try reader.skip()
      }
    }
  }

  package var tensorType = Tensor()

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&tensorType)
    default: try reader.skip()
    }
  }
}

package struct ONNXShapeProto: ProtobufMessage {
  package struct Dimension: ProtobufMessage {
    /// 0 if the size is unknown or has a name.
    package var dimValue: Int64 = 0

    package init() {}

    package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
      switch number {
      case 1: try reader.read(&dimValue)
      // A size has either a value or a name; the last one in the file applies.
      case 2: if try reader.text() != nil { dimValue = 0 }
      default: try reader.skip()
      }
    }
  }

  package var dim: [Dimension] = []

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&dim)
    default: try reader.skip()
    }
  }
}
