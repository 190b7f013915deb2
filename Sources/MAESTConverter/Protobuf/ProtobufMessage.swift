#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// A protobuf message, with those of its fields that the converter uses.
///
/// Message types contain no message of their own type, directly or indirectly: the nesting of a file is limited by the
/// nesting of the types.
package protocol ProtobufMessage: Equatable, Sendable {
  /// A message without fields: every value is its type's default.
  init()

  /// Reads the field `number`, whose value `reader` is at; fields that are not used are skipped.
  mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError)
}

extension ProtobufMessage {
  /// Decodes a message. Its fields of type `Data` are slices of `bytes`, which are not copied.
  package init(serializedBytes bytes: Data) throws(ProtobufError) {
    self.init()
    var reader = ProtobufReader(bytes)
    try reader.readFields(of: &self)
  }
}

/// An enumeration of protobuf: numbers without a name are kept.
package protocol ProtobufEnumeration: RawRepresentable, Hashable, Sendable, ProtobufNumber
where RawValue == Int {
  init(rawValue: Int)
}

/// Why bytes could not be decoded as a protobuf message.
package enum ProtobufError: Error, Equatable {
  /// A value is longer than the message that it is in.
  case truncated
  /// A tag or number that no protobuf message has.
  case malformed
  /// Groups are nested more than `limit` deep.
  case tooDeep(limit: Int)
  /// A text is not valid UTF-8.
  case invalidText
  /// More fields than are allowed for a message of `byteCount` bytes.
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
