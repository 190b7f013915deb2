package import MAESTConverter

extension TensorFlowSavedModel: WritableMessage {
  package func write(to writer: inout ProtobufWriter) { writer.write(2, metaGraphs) }
}

extension TensorFlowMetaGraphDef: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, metaInfoDef)
    writer.write(2, graphDef)
    writer.write(5, signatureDef)
  }
}

extension TensorFlowMetaGraphDef.MetaInfoDef: WritableMessage {
  package func write(to writer: inout ProtobufWriter) { writer.write(4, tags) }
}

extension TensorFlowSignatureDef: WritableMessage {
  package func write(to writer: inout ProtobufWriter) { writer.write(2, outputs) }
}

extension TensorFlowTensorInfo: WritableMessage {
  package func write(to writer: inout ProtobufWriter) { writer.write(1, name) }
}

// MARK: - Checkpoints

extension TensorFlowBundleHeaderProto: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, numShards)
    writer.write(2, endianness)
  }
}

extension TensorFlowBundleEntryProto: WritableMessage {
  package func write(to writer: inout ProtobufWriter) {
    writer.write(1, dtype)
    writer.write(2, shape)
    writer.write(3, shardID)
    writer.write(4, offset)
    writer.write(5, size)
    if crc32C != 0 { writer.field(6, fixed: crc32C) }
    writer.write(7, slices)
  }
}
