import SwiftProtobuf

extension Message {
  /// The message's bytes, the same each time: maps are in the order of their keys.
  func orderedBytes<Bytes: SwiftProtobufContiguousBytes>() throws -> Bytes {
    var options = BinaryEncodingOptions()
    options.useDeterministicOrdering = true
    return try serializedBytes(options: options)
  }
}
