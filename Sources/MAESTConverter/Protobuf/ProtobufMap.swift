/// An entry of a map whose values are messages.
struct MessageEntry<Value: ProtobufMessage>: ProtobufMessage {
  var key = ""
  var value = Value()

  mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&key)
    case 2: try reader.read(&value)
    default: try reader.skip()
    }
  }
}

/// An entry of a map whose values are strings.
struct TextEntry: ProtobufMessage {
  var key = ""
  var value = ""

  mutating func read(field number: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch number {
    case 1: try reader.read(&key)
    case 2: try reader.read(&value)
    default: try reader.skip()
    }
  }
}
