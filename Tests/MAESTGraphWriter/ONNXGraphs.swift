package import MAESTConverter

extension ONNXModelProto: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(7, graph)
    writer.write(8, opsetImport)
    writer.write(25, functions)
  }
}

extension ONNXOperatorSetIdProto: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, domain)
    writer.write(2, version)
  }
}

extension ONNXFunctionProto: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, name)
    writer.write(4, input)
    writer.write(5, output)
    writer.write(6, attribute)
    writer.write(7, node)
    writer.write(9, opsetImport)
    writer.write(10, domain)
    writer.write(11, attributeProto)
    writer.write(13, overload)
  }
}

// MARK: - Graphs

extension ONNXGraphProto: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, node)
    writer.write(5, initializer)
    writer.write(11, input)
    writer.write(12, output)
  }
}

extension ONNXNodeProto: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, input)
    writer.write(2, output)
    writer.write(3, name)
    writer.write(4, opType)
    writer.write(5, attribute)
    writer.write(7, domain)
    writer.write(8, overload)
  }
}

extension ONNXAttributeProto: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, name)
    writer.write(2, f)
    writer.write(3, i)
    writer.write(4, s)
    writer.write(5, t)
    writer.write(7, floats)
    writer.write(8, ints)
    writer.write(21, refAttrName)
  }
}

extension ONNXValueInfoProto: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, name)
    writer.write(2, type)
  }
}

extension ONNXTypeProto: WritableMessage {
  package func write(to writer: inout ProtobufWriter) { writer.write(1, tensorType) }
}

extension ONNXTypeProto.Tensor: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, elemType)
    writer.write(2, shape)
  }
}

extension ONNXShapeProto: WritableMessage {
  package func write(to writer: inout ProtobufWriter) { writer.write(1, dim) }
}

extension ONNXShapeProto.Dimension: WritableMessage {
  package func write(to writer: inout ProtobufWriter) { writer.write(1, dimValue) }
}

// MARK: - Tensors

extension ONNXTensorProto: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, dims)
    writer.write(2, dataType)
    writer.write(4, floatData)
    writer.write(5, int32Data)
    writer.write(7, int64Data)
    writer.write(8, name)
    writer.write(9, rawData)
    writer.write(10, doubleData)
    writer.write(13, externalData)
    writer.write(14, dataLocation)
  }
}

extension ONNXStringStringEntryProto: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, key)
    writer.write(2, value)
  }
}
