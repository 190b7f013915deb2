/// A number in JSON; NaN and infinities are encoded as null.
struct JSONNumber<Number: BinaryFloatingPoint & Encodable>: Encodable {
  let value: Number

  init(_ value: Number) { self.value = value }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if value.isFinite { try container.encode(value) } else { try container.encodeNil() }
  }
}

/// A list of numbers in JSON; NaN and infinities are encoded as null.
struct JSONNumbers: Encodable {
  private let numbers: [Float]

  init(_ numbers: [Float]) { self.numbers = numbers }

  func encode(to encoder: any Encoder) throws {
    var list = encoder.unkeyedContainer()
    for number in numbers { try list.encode(JSONNumber(number)) }
  }
}

/// Encodes two values as one JSON object with the keys of both.
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
