#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// Reads the binary form of protobuf messages (protobuf.dev, "Encoding").
///
/// One reader passes once over the bytes of a message and of the messages inside. Every length is compared with the
/// bytes that are left of the innermost message, and every byte is read through the bounds check of `Data`. Values are
/// read as protobuf demands: of a number or text that occurs twice the last one holds, a message that occurs twice is
/// merged, repeated values are appended, repeated numbers may be packed or not, and a field whose wire type is not that
/// of its declaration is skipped like an unknown one.
///
/// A field of two bytes can become a value of a hundred in memory. So fields are counted, weighted by what they take;
/// a file with more of them than its size allows is refused.
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

  /// Fields that any file may have; official graphs have a quarter of them.
  private static let freeFieldCount = 1 << 19
  /// Bytes of the file that allow one more field.
  private static let bytesPerField = 16
  /// Bytes of a message in memory that count as one field more.
  private static let memoryPerField = 64
  /// Bytes of packed numbers of variable length that count as one field: each may take eight bytes in memory.
  private static let packedBytesPerField = 8
  /// Depth of unknown groups inside each other, which are skipped.
  private static let groupDepthLimit = 100

  private let bytes: Data
  private var position: Int
  /// Where the innermost message or packed list ends.
  private var end: Int
  /// Number of the field whose value is at `position`.
  private var fieldNumber = 0
  private var wireType = WireType.varint
  private var fieldCount = 0
  private let fieldLimit: Int

  /// A reader at the beginning of a message that takes all of `bytes`.
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

  /// The number; nil for a value of another wire type, which is skipped.
  mutating func number<Number: ProtobufNumber>() throws(ProtobufError) -> Number? {
    guard wireType == Number.wireType else {
      try skip()
      return nil
    }
    return try Number(from: &self)
  }

  /// Appends a number, or a list of numbers without tags between them.
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

  /// Reads a text.
  package mutating func read(_ value: inout String) throws(ProtobufError) {
    value = try text() ?? value
  }

  /// Appends a text.
  package mutating func read(_ values: inout [String]) throws(ProtobufError) {
    if let text = try text() { values.append(text) }
  }

  /// The text; nil for a value of another wire type, which is skipped.
  mutating func text() throws(ProtobufError) -> String? {
    guard let bytes = try data() else { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidText }
    return text
  }

  /// Reads bytes, as a slice of the message's.
  package mutating func read(_ value: inout Data) throws(ProtobufError) {
    value = try data() ?? value
  }

  /// Appends bytes, as a slice of the message's.
  package mutating func read(_ values: inout [Data]) throws(ProtobufError) {
    if let data = try data() { values.append(data) }
  }

  /// The bytes, as a slice of the message's; nil for a value of another wire type, which is skipped.
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

  /// Reads a message and merges it into the one that is there.
  package mutating func read<Message: ProtobufMessage>(_ message: inout Message) throws(ProtobufError) {
    guard wireType == .lengthDelimited else { return try skip() }
    let outerEnd = try enter()
    try readFields(of: &message)
    end = outerEnd
  }

  /// Reads a message that may be absent and merges it into the one that is there.
  package mutating func read<Message: ProtobufMessage>(_ message: inout Message?) throws(ProtobufError) {
    guard wireType == .lengthDelimited else { return try skip() }
    var merged = message ?? Message()
    // There is one owner while it is changed, so that its lists are not copied.
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

  /// Reads an entry of a map of messages; it replaces an earlier one with its key.
  package mutating func read<Message: ProtobufMessage>(
    _ map: inout [String: Message]
  ) throws(ProtobufError) {
    guard wireType == .lengthDelimited else { return try skip() }
    var entry = MessageEntry<Message>()
    try read(&entry)
    map[entry.key] = entry.value
  }

  /// Reads an entry of a map of texts; it replaces an earlier one with its key.
  package mutating func read(_ map: inout [String: String]) throws(ProtobufError) {
    guard wireType == .lengthDelimited else { return try skip() }
    var entry = TextEntry()
    try read(&entry)
    map[entry.key] = entry.value
  }

  /// Whether the value has the wire type of messages, so that reading one does not skip it.
  var isAtMessage: Bool { wireType == .lengthDelimited }

  /// Passes over the value, whatever it is.
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
  /// A number in groups of seven bits, lowest first; at most ten of them.
  mutating func takeVarint() throws(ProtobufError) -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < end else { throw .truncated }
      let byte = bytes[position]
      position += 1
      // Bits above the 64th are dropped, as protobuf's own decoders do.
      result |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return result }
    }
    throw .malformed
  }

  /// A little-endian number of fixed length.
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

  /// Goes into a value that consists of others: it becomes all that is left to read. Returns the end of what is
  /// around it, to be restored behind the value.
  private mutating func enter() throws(ProtobufError) -> Int {
    let length = try takeLength()
    guard length <= end - position else { throw .truncated }
    defer { end = position + length }
    return end
  }

  /// Passes over an unknown group and the groups inside.
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
  /// Bytes of a value of fixed length; nil for others.
  fileprivate var byteCount: Int? {
    switch self {
    case .fixed64: 8
    case .fixed32: 4
    case .varint, .lengthDelimited, .startGroup, .endGroup: nil
    }
  }
}
