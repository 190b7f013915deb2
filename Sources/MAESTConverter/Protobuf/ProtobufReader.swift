#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// Reads the binary form of protobuf messages (protobuf.dev, "Encoding").
///
/// One reader passes once over the bytes of a message and its nested messages. Every length is compared with the
/// remaining bytes of the innermost message, and every byte is read through the bounds check of `Data`. Values follow
/// the protobuf rules: the last occurrence of a number or string applies, repeated occurrences of a message are merged,
/// repeated values are appended, repeated numbers may be packed or not, and a field with an unexpected wire type is
/// skipped like an unknown field.
///
/// A field of two bytes can become a value of a hundred bytes in memory. Therefore fields are counted, weighted by
/// their memory; a file with more fields than its size allows is refused.
package struct ProtobufReader {
  /// How a field's value is encoded.
  package enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case startGroup = 3
    case endGroup = 4
    case fixed32 = 5
  }

  /// Number of fields allowed in any file; official graphs have a quarter of them.
  private static let freeFieldCount = 1 << 19
  /// Number of file bytes that allow one more field.
  private static let bytesPerField = 16
  /// Number of bytes of a message in memory that count as one more field.
  private static let memoryPerField = 64
  /// Number of bytes of packed variable-length numbers that count as one field: each byte may take eight bytes in
  /// memory.
  private static let packedBytesPerField = 8
  /// Maximum nesting depth of unknown groups, which are skipped.
  private static let groupDepthLimit = 100

  private let bytes: Data
  private var position: Int
  /// End of the innermost message or packed list.
  private var end: Int
  /// Number of the field whose value is at `position`.
  private var fieldNumber = 0
  private var wireType = WireType.varint
  private var fieldCount = 0
  private let fieldLimit: Int

  /// Creates a reader at the start of a message that occupies all of `bytes`.
  init(_ bytes: Data) {
    self.bytes = bytes
    position = bytes.startIndex
    end = bytes.endIndex
    fieldLimit = Self.freeFieldCount + bytes.count / Self.bytesPerField
  }

  /// Merges the fields up to the end of the innermost message into `message`.
  mutating func readFields<Message: ProtobufMessage>(of message: inout Message) throws(ProtobufError) {
    try count(1 + MemoryLayout<Message>.stride / Self.memoryPerField)
    while position < end {
      try readTag()
      guard wireType != .endGroup else { throw .malformed }
      try message.read(field: fieldNumber, from: &self)
    }
  }

  private mutating func count(_ fields: Int) throws(ProtobufError) {
    fieldCount += fields
    guard fieldCount <= fieldLimit else {
      throw .tooManyFields(limit: fieldLimit, byteCount: bytes.count)
    }
  }
}

// MARK: - Values of fields

extension ProtobufReader {
  /// Reads a number.
  package mutating func read<Number: ProtobufNumber>(_ value: inout Number) throws(ProtobufError) {
    value = try number() ?? value
  }

  /// Returns the number; nil if the value has another wire type, in which case it is skipped.
  mutating func number<Number: ProtobufNumber>() throws(ProtobufError) -> Number? {
    guard wireType == Number.wireType else {
      try skip()
      return nil
    }
    return try Number(from: &self)
  }

  /// Appends a number, or a packed list of numbers.
  package mutating func read<Number: ProtobufNumber>(_ values: inout [Number]) throws(ProtobufError) {
    if wireType == Number.wireType {
      values.append(try Number(from: &self))
      return
    }
    guard wireType == .lengthDelimited else { return try skip() }
    let outerEnd = try enter()
    if let size = Number.wireType.byteCount {
      if values.isEmpty { values.reserveCapacity((end - position) / size) }
    } else {
      try count((end - position) / Self.packedBytesPerField)
    }
    while position < end { values.append(try Number(from: &self)) }
    end = outerEnd
  }

  /// Reads a string.
  package mutating func read(_ value: inout String) throws(ProtobufError) {
    value = try text() ?? value
  }

  /// Appends a string.
  package mutating func read(_ values: inout [String]) throws(ProtobufError) {
    if let text = try text() { values.append(text) }
  }

  /// Returns the string; nil if the value has another wire type, in which case it is skipped.
  mutating func text() throws(ProtobufError) -> String? {
    guard let bytes = try data() else { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidText }
    return text
  }

  /// Reads bytes as a slice of the message's bytes.
  package mutating func read(_ value: inout Data) throws(ProtobufError) {
    value = try data() ?? value
  }

  /// Appends bytes as a slice of the message's bytes.
  package mutating func read(_ values: inout [Data]) throws(ProtobufError) {
    if let data = try data() { values.append(data) }
  }

  /// Returns the bytes as a slice of the message's bytes; nil if the value has another wire type, in which case it is
  /// skipped.
  mutating func data() throws(ProtobufError) -> Data? {
    guard wireType == .lengthDelimited else {
      try skip()
      return nil
    }
    let length = try takeLength()
    let start = position
    try advance(by: length)
    return bytes[start..<position]
  }

  /// Reads a message and merges it into the existing one.
  package mutating func read<Message: ProtobufMessage>(_ message: inout Message) throws(ProtobufError) {
    guard wireType == .lengthDelimited else { return try skip() }
    let outerEnd = try enter()
    try readFields(of: &message)
    end = outerEnd
  }

  /// Reads a message and merges it into the existing one, if any.
  package mutating func read<Message: ProtobufMessage>(_ message: inout Message?) throws(ProtobufError) {
    guard wireType == .lengthDelimited else { return try skip() }
    var merged = message ?? Message()
    // Keeps the message uniquely referenced while it is changed, so that its lists are not copied.
    message = nil
    try read(&merged)
    message = merged
  }

  /// Appends a message.
  package mutating func read<Message: ProtobufMessage>(_ messages: inout [Message]) throws(ProtobufError) {
    guard wireType == .lengthDelimited else { return try skip() }
    var message = Message()
    try read(&message)
    messages.append(message)
  }

  /// Reads an entry of a map of messages; it replaces an earlier entry with the same key.
  package mutating func read<Message: ProtobufMessage>(
    _ map: inout [String: Message]
  ) throws(ProtobufError) {
    guard wireType == .lengthDelimited else { return try skip() }
    var entry = MessageEntry<Message>()
    try read(&entry)
    map[entry.key] = entry.value
  }

  /// Reads an entry of a map of strings; it replaces an earlier entry with the same key.
  package mutating func read(_ map: inout [String: String]) throws(ProtobufError) {
    guard wireType == .lengthDelimited else { return try skip() }
    var entry = TextEntry()
    try read(&entry)
    map[entry.key] = entry.value
  }

  /// Whether the value has the wire type of messages, so that reading one does not skip it.
  var isAtMessage: Bool { wireType == .lengthDelimited }

  /// Skips the value, whatever it is.
  package mutating func skip() throws(ProtobufError) {
    switch wireType {
    case .varint: _ = try takeVarint()
    case .fixed64, .fixed32: try advance(by: wireType.byteCount ?? 0)
    case .lengthDelimited: try advance(by: takeLength())
    case .startGroup: try skipGroup()
    case .endGroup: throw .malformed
    }
  }
}

// MARK: - Bytes

extension ProtobufReader {
  /// Reads a variable-length integer (varint): groups of seven bits, lowest first, at most ten groups.
  mutating func takeVarint() throws(ProtobufError) -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < end else { throw .truncated }
      let byte = bytes[position]
      position += 1
      // Bits above the 64th are dropped, as in protobuf's own decoders.
      result |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return result }
    }
    throw .malformed
  }

  /// Reads a little-endian number of fixed length.
  mutating func takeFixed<Bits: FixedWidthInteger & UnsignedInteger>() throws(ProtobufError) -> Bits {
    let start = position
    try advance(by: MemoryLayout<Bits>.size)
    return (start..<position).reversed().reduce(0) { $0 << 8 | Bits(bytes[$1]) }
  }

  private mutating func readTag() throws(ProtobufError) {
    try count(1)
    let tag = try takeVarint()
    guard let tag = UInt32(exactly: tag), tag >> 3 > 0, let type = WireType(rawValue: UInt8(tag & 7)) else {
      throw .malformed
    }
    (fieldNumber, wireType) = (Int(tag >> 3), type)
  }

  private mutating func advance(by count: Int) throws(ProtobufError) {
    guard count <= end - position else { throw .truncated }
    position += count
  }

  private mutating func takeLength() throws(ProtobufError) -> Int {
    guard let length = Int(exactly: try takeVarint()) else { throw .truncated }
    return length
  }

  /// Enters a nested value: only its bytes are left to read. Returns the end of the enclosing value, which must be
  /// restored after the nested one.
  private mutating func enter() throws(ProtobufError) -> Int {
    let length = try takeLength()
    guard length <= end - position else { throw .truncated }
    defer { end = position + length }
    return end
  }

  /// Skips an unknown group and its nested groups.
  private mutating func skipGroup() throws(ProtobufError) {
    var open = [fieldNumber]
    while let innermost = open.last {
      guard position < end else { throw .truncated }
      try readTag()
      switch wireType {
      case .startGroup:
        guard open.count < Self.groupDepthLimit else { throw .tooDeep(limit: Self.groupDepthLimit) }
        open.append(fieldNumber)
      case .endGroup:
        guard fieldNumber == innermost else { throw .malformed }
        open.removeLast()
      case .varint, .fixed64, .lengthDelimited, .fixed32: try skip()
      }
    }
  }
}

extension ProtobufReader.WireType {
  /// Size in bytes of a value of fixed length; nil for other wire types.
  fileprivate var byteCount: Int? {
    switch self {
    case .fixed64: 8
    case .fixed32: 4
    case .varint, .lengthDelimited, .startGroup, .endGroup: nil
    }
  }
}
