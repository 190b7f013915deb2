#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

// The messages of a TensorFlow graph with the fields that the converter uses. Field names and numbers are those of
// tensorflow/core/framework/{graph,node_def,function,op_def,attr_value,tensor,tensor_shape,types}.proto.

package struct TensorFlowGraphDef: ProtobufMessage {
  package var node: [TensorFlowNodeDef] = []
  package var library = TensorFlowFunctionDefLibrary()

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&node)
    case 2: try reader.read(&library)
    default: try reader.skip()
    }
  }
}

package struct TensorFlowNodeDef: ProtobufMessage {
  package var name = ""
  package var op = ""
  package var input: [String] = []
  package var attr: [String: TensorFlowAttrValue] = [:]

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&name)
    case 2: try reader.read(&op)
    case 3: try reader.read(&input)
    case 5: try reader.read(&attr)
    default: try reader.skip()
    }
  }
}

// MARK: - Functions

package struct TensorFlowFunctionDefLibrary: ProtobufMessage {
  package var function: [TensorFlowFunctionDef] = []

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&function)
    default: try reader.skip()
    }
  }
}

package struct TensorFlowFunctionDef: ProtobufMessage {
  package var signature = TensorFlowOpDef()
  package var nodeDef: [TensorFlowNodeDef] = []
  /// Output argument name -> "node:output:index" in the body.
  package var ret: [String: String] = [:]

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&signature)
    case 3: try reader.read(&nodeDef)
    case 4: try reader.read(&ret)
    default: try reader.skip()
    }
  }
}

package struct TensorFlowOpDef: ProtobufMessage {
  package struct ArgDef: ProtobufMessage {
    package var name = ""

    package init() {}

    package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
      switch number {
      case 1: try reader.read(&name)
      default: try reader.skip()
      }
    }
  }

  package var name = ""
  package var inputArg: [ArgDef] = []
  package var outputArg: [ArgDef] = []

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&name)
    case 2: try reader.read(&inputArg)
    case 3: try reader.read(&outputArg)
    default: try reader.skip()
    }
  }
}

// MARK: - Attributes

/// An attribute: at most one of several kinds of values; the last one in the file applies.
package struct TensorFlowAttrValue: ProtobufMessage {
  package enum Value: Equatable, Sendable {
    case list(TensorFlowListValue)
    case s(Data)
    case i(Int64)
    case f(Float)
    case b(Bool)
    case type(TensorFlowDataType)
    case shape(TensorFlowTensorShapeProto)
    case tensor(TensorFlowTensorProto)
    case placeholder(String)
    case `func`(TensorFlowNameAttrList)
  }

  package var value: Value?

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try merge(Value.list, from: &reader) { if case .list(let known) = $0 { known } else { nil } }
    case 2: value = try reader.data().map(Value.s) ?? value
    case 3: value = try reader.number().map(Value.i) ?? value
    case 4: value = try reader.number().map(Value.f) ?? value
    case 5: value = try reader.number().map(Value.b) ?? value
    case 6: value = try reader.number().map(Value.type) ?? value
    case 7: try merge(Value.shape, from: &reader) { if case .shape(let known) = $0 { known } else { nil } }
    case 8: try merge(Value.tensor, from: &reader) { if case .tensor(let known) = $0 { known } else { nil } }
    case 9: value = try reader.text().map(Value.placeholder) ?? value
    case 10: try merge(Value.func, from: &reader) { if case .func(let known) = $0 { known } else { nil } }
    default: try reader.skip()
    }
  }

  /// Reads a message as the value; if the value already is of that kind, the two are merged.
  private mutating func merge<Message: ProtobufMessage>(
    _ kind: (Message) -> Value, from reader: inout ProtobufReader, known: (Value) -> Message?
  ) throws(ProtobufError) {
    guard reader.isAtMessage else { return try reader.skip() }
    var message = value.flatMap(known)
    // Keeps the message uniquely referenced while it is changed, so that its lists are not copied.
    value = nil
    try reader.read(&message)
    value = message.map(kind)
  }

  /// The function that the attribute names; empty for other kinds.
  package var functionName: String { if case .func(let function) = value { function.name } else { "" } }
}

package struct TensorFlowListValue: ProtobufMessage {
  package var i: [Int64] = []

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 3: try reader.read(&i)
    default: try reader.skip()
    }
  }
}

package struct TensorFlowNameAttrList: ProtobufMessage {
  package var name = ""

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&name)
    default: try reader.skip()
    }
  }
}
