#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// A protobuf message with the fields that the converter uses.
///
/// Message types must not contain their own type, directly or indirectly: this limits the nesting depth of a file to
/// that of the types.
package protocol ProtobufMessage: Equatable, Sendable {
  /// Creates a message without fields: every value is the default of its type.
  init()

  /// Reads the field `number`, whose value is at the position of `reader`; fields that are not used are skipped.
  mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError)
}

extension ProtobufMessage {
  /// Decodes a message. Fields of type `Data` are slices of `bytes`, without a copy.
  package init(serializedBytes bytes: Data) throws(ProtobufError) {
    self.init()
    var reader = ProtobufReader(bytes)
    try reader.readFields(of: &self)
  }
}

/// A protobuf enumeration; numbers without a name are kept.
package protocol ProtobufEnumeration: RawRepresentable, Hashable, Sendable, ProtobufNumber
where RawValue == Int {
  init(rawValue: Int)
}

/// Why bytes could not be decoded as a protobuf message.
package enum ProtobufError: Error, Equatable {
  /// A value extends beyond the message that contains it.
  case truncated
  /// A tag or number that is not valid protobuf.
  case malformed
  /// Groups are nested more than `limit` deep.
  case tooDeep(limit: Int)
  /// A string is not valid UTF-8.
  case invalidText
  /// A message of `byteCount` bytes has more fields than allowed.
  case tooManyFields(limit: Int, byteCount: Int)
}

extension ProtobufError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .truncated: "the protobuf message ends early"
    case .malformed: "malformed protobuf message"
    case .tooDeep(let limit): "the protobuf message has groups nested more than \(limit) deep"
    case .invalidText: "a name is not valid UTF-8"
    case .tooManyFields(let limit, let byteCount): "it has more than \(limit) fields in \(byteCount) bytes"
    }
  }
}
