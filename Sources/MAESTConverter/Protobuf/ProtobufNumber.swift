/// A number in protobuf encoding; such fields may be repeated and packed.
package protocol ProtobufNumber: Sendable {
  static var wireType: ProtobufReader.WireType { get }

  /// Reads a number, without its tag.
  init(from reader: inout ProtobufReader) throws(ProtobufError)
}

/// `int64`.
extension Int64: ProtobufNumber {
  package static var wireType: ProtobufReader.WireType { .varint }

  package init(from reader: inout ProtobufReader) throws(ProtobufError) {
    self.init(bitPattern: try reader.takeVarint())
  }
}

/// `int32`: a longer number is truncated to its lowest 32 bits.
extension Int32: ProtobufNumber {
  package static var wireType: ProtobufReader.WireType { .varint }

  package init(from reader: inout ProtobufReader) throws(ProtobufError) {
    self.init(truncatingIfNeeded: try reader.takeVarint())
  }
}

extension Bool: ProtobufNumber {
  package static var wireType: ProtobufReader.WireType { .varint }

  package init(from reader: inout ProtobufReader) throws(ProtobufError) {
    self = try reader.takeVarint() != 0
  }
}

extension ProtobufEnumeration {
  package static var wireType: ProtobufReader.WireType { .varint }

  package init(from reader: inout ProtobufReader) throws(ProtobufError) {
    self.init(rawValue: Int(try Int32(from: &reader)))
  }
}

/// `fixed32`.
extension UInt32: ProtobufNumber {
  package static var wireType: ProtobufReader.WireType { .fixed32 }

  package init(from reader: inout ProtobufReader) throws(ProtobufError) { self = try reader.takeFixed() }
}

extension Float: ProtobufNumber {
  package static var wireType: ProtobufReader.WireType { .fixed32 }

  package init(from reader: inout ProtobufReader) throws(ProtobufError) {
    self.init(bitPattern: try reader.takeFixed())
  }
}

extension Double: ProtobufNumber {
  package static var wireType: ProtobufReader.WireType { .fixed64 }

  package init(from reader: inout ProtobufReader) throws(ProtobufError) {
    self.init(bitPattern: try reader.takeFixed())
  }
}
