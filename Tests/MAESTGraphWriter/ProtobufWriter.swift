package import Foundation
package import MAESTConverter

/// A message that can be encoded as well as decoded.
package protocol WritableMessage: ProtobufMessage {
  /// Writes every field that is not its type's default.
  func write(to writer: inout ProtobufWriter)
}

extension WritableMessage {
  /// The binary form, the same each time: maps are in the order of their keys.
  package var serializedBytes: Data {
    var writer = ProtobufWriter()
    write(to: &writer)
    return writer.bytes
  }
}

extension ProtobufMessage {
  /// A message with the fields that `change` sets.
  package static func with(_ change: (inout Self) -> Void) -> Self {
    var message = Self()
    change(&message)
    return message
  }
}

/// Encodes fields of protobuf messages one after the other.
package struct ProtobufWriter {
  package private(set) var bytes = Data()

  package init() {}
}

// MARK: - Fields, whatever their value

extension ProtobufWriter {
  /// A number of variable length.
  package mutating func field(_ number: Int, varint value: UInt64) {
    tag(number, 0)
    append(varint: value)
  }

  package mutating func field(_ number: Int, fixed value: UInt32) {
    tag(number, 5)
    append(value)
  }

  package mutating func field(_ number: Int, bytes value: Data) {
    tag(number, 2)
    append(varint: UInt64(value.count))
    bytes += value
  }

  /// Also messages of which all fields have their default.
  package mutating func field(_ number: Int, message: some WritableMessage) {
    field(number, bytes: message.serializedBytes)
  }

  private mutating func tag(_ number: Int, _ wireType: UInt64) {
    append(varint: UInt64(number) << 3 | wireType)
  }

  fileprivate mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  fileprivate mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

// MARK: - Fields that are not their default

extension ProtobufWriter {
  package mutating func write(_ number: Int, _ value: String) {
    if !value.isEmpty { field(number, bytes: Data(value.utf8)) }
  }

  package mutating func write(_ number: Int, _ value: Data) {
    if !value.isEmpty { field(number, bytes: value) }
  }

  /// A negative `Int32` is extended to 64 bits.
  package mutating func write(_ number: Int, _ value: some FixedWidthInteger) {
    if value != 0 { field(number, varint: UInt64(truncatingIfNeeded: value)) }
  }

  package mutating func write(_ number: Int, _ value: Bool) {
    if value { field(number, varint: 1) }
  }

  package mutating func write(_ number: Int, _ value: Float) {
    if value.bitPattern != 0 { field(number, fixed: value.bitPattern) }
  }

  package mutating func write(_ number: Int, _ value: some ProtobufEnumeration) {
    write(number, value.rawValue)
  }

  package mutating func write<Message: WritableMessage>(_ number: Int, _ message: Message) {
    if message != Message() { field(number, message: message) }
  }

  package mutating func write(_ number: Int, _ message: (some WritableMessage)?) {
    if let message { field(number, message: message) }
  }
}

// MARK: - Repeated fields

extension ProtobufWriter {
  package mutating func write(_ number: Int, _ values: [String]) {
    for value in values { field(number, bytes: Data(value.utf8)) }
  }

  package mutating func write(_ number: Int, _ values: [Data]) {
    for value in values { field(number, bytes: value) }
  }

  package mutating func write(_ number: Int, _ messages: [some WritableMessage]) {
    for message in messages { field(number, message: message) }
  }

  package mutating func write(_ number: Int, _ values: [some FixedWidthInteger]) {
    packed(number, values) { $0.append(varint: UInt64(truncatingIfNeeded: $1)) }
  }

  package mutating func write(_ number: Int, _ values: [Bool]) {
    packed(number, values) { $0.append(varint: $1 ? 1 : 0) }
  }

  package mutating func write(_ number: Int, _ values: [Float]) {
    packed(number, values) { $0.append($1.bitPattern) }
  }

  package mutating func write(_ number: Int, _ values: [Double]) {
    packed(number, values) { $0.append($1.bitPattern) }
  }

  package mutating func write(_ number: Int, _ map: [String: String]) {
    for (key, value) in map.sorted(by: { $0.key < $1.key }) {
      entry(number, key) { $0.write(2, value) }
    }
  }

  package mutating func write(_ number: Int, _ map: [String: some WritableMessage]) {
    for (key, value) in map.sorted(by: { $0.key < $1.key }) {
      entry(number, key) { $0.field(2, message: value) }
    }
  }

  private mutating func packed<Number>(
    _ number: Int, _ values: [Number], _ append: (inout ProtobufWriter, Number) -> Void
  ) {
    guard !values.isEmpty else { return }
    var list = ProtobufWriter()
    for value in values { append(&list, value) }
    field(number, bytes: list.bytes)
  }

  private mutating func entry(_ number: Int, _ key: String, _ value: (inout ProtobufWriter) -> Void) {
    var entry = ProtobufWriter()
    entry.write(1, key)
    value(&entry)
    field(number, bytes: entry.bytes)
  }
}
