/// A number in JSON, which has no NaN and no infinities: they are null.
struct JSONNumber<Number: BinaryFloatingPoint & Encodable>: Encodable {
  let value: Number

  init(_ value: Number) { self.value = value }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if value.isFinite { try container.encode(value) } else { try container.encodeNil() }
  }
}

/// A list of them.
struct JSONNumbers: Encodable {
  private let numbers: [Float]

  init(_ numbers: [Float]) { self.numbers = numbers }

  func encode(to encoder: any Encoder) throws {
    var list = encoder.unkeyedContainer()
    for number in numbers { try list.encode(JSONNumber(number)) }
  }
}

/// The keys of two values in one JSON object.
struct JSONUnion<First: Encodable, Second: Encodable>: Encodable {
  private let first: First
  private let second: Second

  init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }

  func encode(to encoder: any Encoder) throws {
    try first.encode(to: encoder)
    try second.encode(to: encoder)
  }
}
