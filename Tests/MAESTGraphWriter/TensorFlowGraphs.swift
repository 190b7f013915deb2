package import Foundation
package import MAESTConverter

extension TensorFlowGraphDef: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, node)
    writer.write(2, library)
  }
}

extension TensorFlowNodeDef: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, name)
    writer.write(2, op)
    writer.write(3, input)
    writer.write(5, attr)
  }
}

extension TensorFlowFunctionDefLibrary: WritableMessage {
  package func write(to writer: inout ProtobufWriter) { writer.write(1, function) }
}

extension TensorFlowFunctionDef: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, signature)
    writer.write(3, nodeDef)
    writer.write(4, ret)
  }
}

extension TensorFlowOpDef: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, name)
    writer.write(2, inputArg)
    writer.write(3, outputArg)
  }
}

extension TensorFlowOpDef.ArgDef: WritableMessage {
  package func write(to writer: inout ProtobufWriter) { writer.write(1, name) }
}

// MARK: - Attributes

extension TensorFlowAttrValue: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    switch value {
    case .list(let list): writer.field(1, message: list)
    case .s(let bytes): writer.field(2, bytes: bytes)
    case .i(let number): writer.field(3, varint: UInt64(bitPattern: number))
    case .f(let number): writer.field(4, fixed: number.bitPattern)
    case .b(let flag): writer.field(5, varint: flag ? 1 : 0)
    case .type(let type): writer.field(6, varint: UInt64(truncatingIfNeeded: type.rawValue))
    case .shape(let shape): writer.field(7, message: shape)
    case .tensor(let tensor): writer.field(8, message: tensor)
    case .placeholder(let name): writer.field(9, bytes: Data(name.utf8))
    case .func(let function): writer.field(10, message: function)
    case nil: break
    }
  }
}

/// The value as each of its kinds: its type's default where it is of another kind, which setting replaces.
extension TensorFlowAttrValue {
  package var list: TensorFlowListValue {
    get { if case .list(let list) = value { list } else { TensorFlowListValue() } }
    set { value = .list(newValue) }
  }

  package var s: Data {
    get { if case .s(let bytes) = value { bytes } else { Data() } }
    set { value = .s(newValue) }
  }

  package var i: Int64 {
    get { if case .i(let number) = value { number } else { 0 } }
    set { value = .i(newValue) }
  }

  package var f: Float {
    get { if case .f(let number) = value { number } else { 0 } }
    set { value = .f(newValue) }
  }

  package var b: Bool {
    get { if case .b(let flag) = value { flag } else { false } }
    set { value = .b(newValue) }
  }

  package var type: TensorFlowDataType {
    get { if case .type(let type) = value { type } else { .dtInvalid } }
    set { value = .type(newValue) }
  }

  package var shape: TensorFlowTensorShapeProto {
    get { if case .shape(let shape) = value { shape } else { TensorFlowTensorShapeProto() } }
    set { value = .shape(newValue) }
  }

  package var tensor: TensorFlowTensorProto {
    get { if case .tensor(let tensor) = value { tensor } else { TensorFlowTensorProto() } }
    set { value = .tensor(newValue) }
  }

  package var `func`: TensorFlowNameAttrList {
    get { if case .func(let function) = value { function } else { TensorFlowNameAttrList() } }
    set { value = .func(newValue) }
  }
}

extension TensorFlowListValue: WritableMessage {
  package func write(to writer: inout ProtobufWriter) { writer.write(3, i) }
}

extension TensorFlowNameAttrList: WritableMessage {
  package func write(to writer: inout ProtobufWriter) { writer.write(1, name) }
}

// MARK: - Tensors

extension TensorFlowTensorShapeProto: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(2, dim)
    writer.write(3, unknownRank)
  }
}

extension TensorFlowTensorShapeProto.Dim: WritableMessage {
  package func write(to writer: inout ProtobufWriter) { writer.write(1, size) }
}

extension TensorFlowTensorProto: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, dtype)
    writer.write(2, tensorShape)
    writer.write(4, tensorContent)
    writer.write(5, floatVal)
    writer.write(6, doubleVal)
    writer.write(7, intVal)
    writer.write(8, stringVal)
    writer.write(10, int64Val)
    writer.write(11, boolVal)
    writer.write(13, halfVal)
  }
}
