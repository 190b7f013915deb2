/// Numbers in JSON, which has no NaN and no infinities: they are null.
struct JSONNumbers: Encodable {
  private let numbers: [Float]

  init(_ numbers: [Float]) { self.numbers = numbers }

  func encode(to encoder: any Encoder) throws {
    var list = encoder.unkeyedContainer()
    for number in numbers {
      if number.isFinite { try list.encode(number) } else { try list.encodeNil() }
    }
  }
}
