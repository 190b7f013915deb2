#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

// The messages around a graph in a TensorFlow SavedModel, and those of its checkpoint, with the fields that the
// converter uses. Field names and numbers are those of
// tensorflow/core/protobuf/{saved_model,meta_graph,tensor_bundle,trackable_object_graph}.proto.

package struct TensorFlowSavedModel: ProtobufMessage {
  package var metaGraphs: [TensorFlowMetaGraphDef] = []

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 2: try reader.read(&metaGraphs)
    default: try reader.skip()
    }
  }
}

package struct TensorFlowMetaGraphDef: ProtobufMessage {
  package struct MetaInfoDef: ProtobufMessage {
    package var tags: [String] = []

    package init() {}

    package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
      switch number {
      case 4: try reader.read(&tags)
      default: try reader.skip()
      }
    }
  }

  package var metaInfoDef = MetaInfoDef()
  /// A serialised ``TensorFlowGraphDef``, which is decoded separately.
  package var graphDef = Data()
  package var signatureDef: [String: TensorFlowSignatureDef] = [:]

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&metaInfoDef)
    case 2: try reader.read(&graphDef)
    case 5: try reader.read(&signatureDef)
    default: try reader.skip()
    }
  }
}

package struct TensorFlowSignatureDef: ProtobufMessage {
  package var outputs: [String: TensorFlowTensorInfo] = [:]

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 2: try reader.read(&outputs)
    default: try reader.skip()
    }
  }
}

package struct TensorFlowTensorInfo: ProtobufMessage {
  /// "node:output".
  package var name = ""

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&name)
    default: try reader.skip()
    }
  }
}

// MARK: - Checkpoints

/// The value of the empty key in a checkpoint's index.
package struct TensorFlowBundleHeaderProto: ProtobufMessage {
  package struct Endianness: ProtobufEnumeration {
    package var rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let little = Self(rawValue: 0)
    package static let big = Self(rawValue: 1)
  }

  package var numShards: Int32 = 0
  package var endianness = Endianness.little

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&numShards)
    case 2: try reader.read(&endianness)
    default: try reader.skip()
    }
  }
}

/// The value of every other key.
package struct TensorFlowBundleEntryProto: ProtobufMessage {
  package var dtype = TensorFlowDataType.dtInvalid
  package var shape = TensorFlowTensorShapeProto()
  package var shardID: Int32 = 0
  package var offset: Int64 = 0
  package var size: Int64 = 0
  /// Masked CRC-32C of the tensor's bytes.
  package var crc32C: UInt32 = 0
  /// Not empty if the tensor is stored in parts.
  package var slices: [Data] = []

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&dtype)
    case 2: try reader.read(&shape)
    case 3: try reader.read(&shardID)
    case 4: try reader.read(&offset)
    case 5: try reader.read(&size)
    case 6: try reader.read(&crc32C)
    case 7: try reader.read(&slices)
    default: try reader.skip()
    }
  }
}

package struct TensorFlowTrackableObjectGraph: ProtobufMessage {
  package struct TrackableObject: ProtobufMessage {
    package struct SerializedTensor: ProtobufMessage {
      /// The variable's name in the graph.
      package var fullName = ""
      package var checkpointKey = ""

      package init() {}

      package mutating func read(
        field number: Int, from reader: inout ProtobufReader
      ) throws(ProtobufError) {
        switch number {
        case 2: try reader.read(&fullName)
        case 3: try reader.read(&checkpointKey)
        default: try reader.skip()
        }
      }
    }

    package var attributes: [SerializedTensor] = []

    package init() {}

    package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
      switch number {
      case 2: try reader.read(&attributes)
      default: try reader.skip()
      }
    }
  }

  package var nodes: [TrackableObject] = []

  package init() {}

  package mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&nodes)
    default: try reader.skip()
    }
  }
}
