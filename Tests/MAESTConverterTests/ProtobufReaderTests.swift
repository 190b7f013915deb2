import Foundation
import MAESTConverter
import MAESTGraphWriter
import Testing

/// The binary form of protobuf messages: what its specification demands of a reader.
@Suite struct ProtobufReaderTests {
  /// A tag and what follows it.
  private static func field(_ number: UInt8, _ wireType: UInt8, _ value: [UInt8]) -> [UInt8] {
    [number << 3 | wireType] + value
  }

  private static func decode<Message: ProtobufMessage>(_ bytes: [UInt8]) throws -> Message {
    try Message(serializedBytes: Data(bytes))
  }

  private static let named = field(1, 2, [1, 0x78])  // name: "x"

  // MARK: - Unknown fields

  @Test(arguments: [
    field(15, 0, [0xff, 0x01]), field(15, 1, Array(repeating: 7, count: 8)), field(15, 2, [3, 1, 2, 3]),
    field(15, 2, [0]), field(15, 5, [1, 2, 3, 4]),
    // Groups: empty, with fields of every type, and inside each other.
    [0x7b, 0x7c], [0x7b] + named + field(2, 0, [1]) + field(3, 5, [1, 2, 3, 4]) + [0x7c],
    [0x7b, 0x7b, 0x0b, 0x0c, 0x7c, 0x08, 0x01, 0x7c],
    // Known numbers with the wire type of another declaration.
    field(1, 0, [1]), field(1, 5, [1, 2, 3, 4]), field(3, 1, Array(repeating: 7, count: 8)),
    field(5, 0, [1]), [0x0b, 0x0c],
  ])
  func fieldsThatAreSkipped(field: [UInt8]) throws {
    let node: TensorFlowNodeDef = try Self.decode(field + Self.named + field)
    #expect(node == .with { $0.name = "x" })
  }

  @Test func groupsThatDoNotEndAsTheyBegin() throws {
    let cases: [([UInt8], ProtobufError)] = [
      ([0x7b], .truncated), ([0x7b, 0x7b, 0x7c], .truncated), ([0x7b, 0x74], .malformed),
      ([0x7c], .malformed), ([0x7b, 0x7c, 0x7c], .malformed),
      (Array(repeating: 0x7b, count: 1 << 20), .tooDeep(limit: 100)),
      (Array(repeating: 0x7b, count: 101) + Array(repeating: 0x7c, count: 101), .tooDeep(limit: 100)),
    ]
    for (bytes, error) in cases {
      #expect(throws: error) { try Self.decode(bytes) as TensorFlowNodeDef }
    }
    let deepest = Array(repeating: 0x7b as UInt8, count: 100) + Array(repeating: 0x7c, count: 100)
    #expect(try Self.decode(deepest + Self.named) as TensorFlowNodeDef == .with { $0.name = "x" })
  }

  /// A group may not end outside of the message that it begins in.
  @Test func groupsEndInTheirMessage() {
    #expect(throws: ProtobufError.truncated) {
      try Self.decode([0x0a, 0x01, 0x7b, 0x7c]) as TensorFlowGraphDef
    }
  }

  // MARK: - Numbers

  @Test func packedAndUnpackedNumbersAreOneList() throws {
    let bytes =
      Self.field(7, 0, [1]) + Self.field(7, 2, [3, 2, 0x96, 0x01]) + Self.field(7, 2, [0])
      + Self.field(7, 0, [4])
      + Self.field(5, 5, [0, 0, 0x80, 0x3f]) + Self.field(5, 2, [8, 0, 0, 0, 0x40, 0, 0, 0x40, 0xc0])
      + Self.field(6, 1, [0, 0, 0, 0, 0, 0, 0xf0, 0x3f])
      + Self.field(6, 2, [8, 0, 0, 0, 0, 0, 0, 0, 0xc0]) + Self.field(11, 2, [3, 0, 1, 2])
    let tensor: TensorFlowTensorProto = try Self.decode(bytes)
    #expect(tensor.intVal == [1, 2, 150, 4])
    #expect(tensor.floatVal == [1, 2, -3])
    #expect(tensor.doubleVal == [1, -2])
    #expect(tensor.boolVal == [false, true, true])
  }

  @Test func packedNumbersEndWithTheirList() {
    for list: [UInt8] in [
      [5, 2, 3, 0, 0, 0], [6, 2, 7, 0, 0, 0, 0, 0, 0, 0], [7, 2, 1, 0x80], [7, 2, 2, 0, 0xff],
    ] {
      #expect(throws: ProtobufError.truncated) {
        // What follows is not taken for the rest of the list.
        try Self.decode(Self.field(list[0], list[1], Array(list[2...]) + [0x08, 0x01]))
          as TensorFlowTensorProto
      }
    }
  }

  @Test func numbersAreCutToTheirType() throws {
    let minusOne: [UInt8] = Array(repeating: 0xff, count: 9) + [0x01]
    let tensor: TensorFlowTensorProto = try Self.decode(
      Self.field(7, 0, minusOne) + Self.field(7, 0, [0xff, 0xff, 0xff, 0xff, 0x1f])
        + Self.field(10, 0, minusOne) + Self.field(1, 0, [0xe3, 0x80, 0x80, 0x80, 0x10]))
    #expect(tensor.intVal == [-1, -1])
    #expect(tensor.int64Val == [-1])
    // An enumeration keeps numbers that have no name.
    #expect(tensor.dtype == TensorFlowDataType(rawValue: 99))
  }

  @Test func numbersThatAreNone() {
    let endless = Array(repeating: 0x80 as UInt8, count: 10) + [0x01]
    let cases: [([UInt8], ProtobufError)] = [
      (Self.field(3, 0, endless), .malformed), (endless, .malformed), ([0x80], .truncated),
      ([0x18], .truncated),
      (Self.field(3, 0, [0x80]), .truncated), (Self.field(4, 5, [1, 2, 3]), .truncated),
      // No field 0, no wire types 6 and 7, no field number above 2^29 - 1.
      ([0x00, 0x00], .malformed), ([0x02, 0x00], .malformed), ([0x1e], .malformed), ([0x1f], .malformed),
      ([0x80, 0x80, 0x80, 0x80, 0x10, 0x00], .malformed),
    ]
    for (bytes, error) in cases {
      #expect(throws: error, "\(bytes)") { try Self.decode(bytes) as TensorFlowAttrValue }
    }
  }

  @Test func lengthsBeyondTheEnd() {
    let huge: [[UInt8]] = [
      [2], [0x7f], [0xff, 0xff, 0xff, 0xff, 0x07], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
      Array(repeating: 0xff, count: 9) + [0x01],
    ]
    for length in huge {
      // A text, bytes, a message, an entry of a map, a packed list, an unknown field.
      for number: UInt8 in [1, 2, 5, 15] {
        #expect(throws: ProtobufError.truncated) {
          try Self.decode(Self.field(number, 2, length + [0x00])) as TensorFlowNodeDef
        }
      }
      for number: UInt8 in [2, 4, 5, 7, 8] {
        #expect(throws: ProtobufError.truncated) {
          try Self.decode(Self.field(number, 2, length + [0x00])) as TensorFlowTensorProto
        }
      }
    }
    // Within the file, but beyond the message around it.
    #expect(throws: ProtobufError.truncated) {
      try Self.decode([0x0a, 0x03, 0x0a, 0x02, 0x78, 0x0a, 0x00]) as TensorFlowGraphDef
    }
  }

  @Test func textIsUTF8() throws {
    let node: TensorFlowNodeDef = try Self.decode(Self.field(1, 2, [3, 0xc3, 0xa9, 0x00]))
    #expect(node.name == "é\u{0}")
    for bytes: [UInt8] in [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80]] {
      #expect(throws: ProtobufError.invalidText) {
        try Self.decode(Self.field(1, 2, [UInt8(bytes.count)] + bytes)) as TensorFlowNodeDef
      }
    }
  }

  // MARK: - Fields that occur twice

  @Test func theLastScalarHolds() throws {
    let node: TensorFlowNodeDef = try Self.decode(Self.field(1, 2, [1, 0x61]) + Self.field(1, 2, [1, 0x62]))
    #expect(node.name == "b")
    let shape: TensorFlowTensorShapeProto = try Self.decode(Self.field(3, 0, [1]) + Self.field(3, 0, [0]))
    #expect(!shape.unknownRank)
  }

  @Test func messagesAreMerged() throws {
    let first = TensorFlowGraphDef.with {
      $0.node = [.with { $0.name = "a" }]
      $0.library.function = [.with { $0.signature.name = "f" }]
    }
    let second = TensorFlowGraphDef.with {
      $0.node = [.with { $0.name = "b" }]
      $0.library.function = [.with { $0.signature.name = "g" }]
    }
    let merged = try TensorFlowGraphDef(serializedBytes: first.serializedBytes + second.serializedBytes)
    #expect(merged.node.map(\.name) == ["a", "b"])
    #expect(merged.library.function.map(\.signature.name) == ["f", "g"])
    // Also a message that may be absent.
    let shapes = [3, 5].map { size in
      ONNXTypeProto.Tensor.with { $0.shape = .with { $0.dim = [.with { $0.dimValue = size }] } }
    }
    let type = try ONNXTypeProto.Tensor(
      serializedBytes: shapes[0].serializedBytes + shapes[1].serializedBytes)
    #expect(type.shape?.dim.map(\.dimValue) == [3, 5])
    #expect(try ONNXTypeProto.Tensor(serializedBytes: Data([0x12, 0x00])).shape == ONNXShapeProto())
    #expect(try ONNXTypeProto.Tensor(serializedBytes: Data()).shape == nil)
  }

  @Test func theLastOfSeveralKindsHolds() throws {
    func attribute(_ parts: TensorFlowAttrValue...) throws -> TensorFlowAttrValue {
      try TensorFlowAttrValue(serializedBytes: parts.reduce(Data()) { $0 + $1.serializedBytes })
    }
    #expect(try attribute(.integer(1), .boolean(true)) == .boolean(true))
    #expect(try attribute(.function("f"), .integer(0)) == .integer(0))
    #expect(try attribute(.integers([1]), .with { $0.value = .placeholder("p") }).value == .placeholder("p"))
    // Of one kind they are merged, unless there is another kind between.
    #expect(try attribute(.integers([1]), .integers([2])) == .integers([1, 2]))
    #expect(try attribute(.integers([1]), .integer(3), .integers([2])) == .integers([2]))
    let (type, shape) = (TensorFlowTensorProto(.dtInt32, []), TensorFlowTensorProto(.dtInvalid, [4]))
    #expect(try attribute(.tensor(type), .tensor(shape)) == .tensor(TensorFlowTensorProto(.dtInt32, [4])))
    // A field of another wire type than its declaration's does not count.
    let skipped = Data(Self.field(8, 0, [1]) + Self.field(3, 2, [0]) + Self.field(2, 0, [1]))
    #expect(
      try TensorFlowAttrValue(serializedBytes: TensorFlowAttrValue.integers([1]).serializedBytes + skipped)
        == .integers([1]))
  }

  @Test func aSizeHasAValueOrAName() throws {
    let (value, name) = (Self.field(1, 0, [7]), Self.field(2, 2, [1, 0x6e]))
    #expect((try Self.decode(name + value) as ONNXShapeProto.Dimension).dimValue == 7)
    #expect((try Self.decode(value + name) as ONNXShapeProto.Dimension).dimValue == 0)
  }

  @Test func theLastEntryOfAKeyHolds() throws {
    let entry: (String, String) -> [UInt8] = { key, value in
      var writer = ProtobufWriter()
      writer.write(1, key)
      writer.write(2, value)
      return Self.field(4, 2, [UInt8(writer.bytes.count)] + writer.bytes)
    }
    let function: TensorFlowFunctionDef = try Self.decode(
      entry("a", "1") + entry("b", "2") + entry("a", "3") + entry("", "4") + entry("c", ""))
    #expect(function.ret == ["a": "3", "b": "2", "": "4", "c": ""])
    // Its value is not merged with that of an earlier entry.
    let nodes = [TensorFlowNodeDef](
      [.with { $0.attr = ["k": .integers([1])] }, .with { $0.attr = ["k": .integers([2])] }])
    let node = try TensorFlowNodeDef(serializedBytes: nodes[0].serializedBytes + nodes[1].serializedBytes)
    #expect(node.attr == ["k": .integers([2])])
    // An entry without a value has the default, one with two the merged value, and unknown fields are skipped.
    let odd: TensorFlowNodeDef = try Self.decode(
      Self.field(5, 2, [3, 0x0a, 0x01, 0x65])
        + Self.field(
          5, 2,
          [14] + Self.field(15, 0, [1])
            + Self.field(2, 2, [4] + Self.field(1, 2, [2, 0x18, 0x01]))
            + Self.field(2, 2, [4] + Self.field(1, 2, [2, 0x18, 0x02]))))
    #expect(odd.attr == ["e": TensorFlowAttrValue(), "": .integers([1, 2])])
  }

  // MARK: - Memory

  @Test func bytesAreNotCopied() throws {
    let tensor = ONNXTensorProto.with { $0.rawData = Data(repeating: 5, count: 1000) }
    let model = ONNXModelProto.with { $0.graph.initializer = [tensor] }
    // Not at the beginning of its memory.
    let file = (Data(repeating: 0, count: 100) + model.serializedBytes)[100...]
    let decoded = try ONNXModelProto(serializedBytes: file)
    #expect(decoded == model)
    try file.withUnsafeBytes { all in
      let start = try #require(all.baseAddress)
      try decoded.graph.initializer[0].rawData.withUnsafeBytes { part in
        let offset = try #require(part.baseAddress) - start
        #expect(offset > 0 && offset + part.count == all.count)
      }
    }
  }

  /// Two bytes for each message, one for each number of eight bytes in memory.
  @Test func fieldsAreCounted() throws {
    let names = Array(repeating: "", count: 1 << 19)
    let numbers = Array(repeating: 0 as Int64, count: 9 << 20)
    let messages: [Data] = [
      TensorFlowGraphDef.with { $0.node = names.map { _ in TensorFlowNodeDef() } }.serializedBytes,
      ONNXNodeProto.with { $0.input = names + names }.serializedBytes,
      TensorFlowTensorProto.with { $0.int64Val = numbers }.serializedBytes,
      Data(repeatElement([0x78, 0x00] as [UInt8], count: 1 << 20).joined()),
      Data([0x7b]) + Data(repeatElement([0x78, 0x00] as [UInt8], count: 1 << 20).joined()) + Data([0x7c]),
    ]
    let decoders: [(Data) throws -> Void] = [
      { _ = try TensorFlowGraphDef(serializedBytes: $0) }, { _ = try ONNXNodeProto(serializedBytes: $0) },
      { _ = try TensorFlowTensorProto(serializedBytes: $0) }, { _ = try ONNXNodeProto(serializedBytes: $0) },
      { _ = try ONNXNodeProto(serializedBytes: $0) },
    ]
    for (bytes, decode) in zip(messages, decoders) {
      let limit = (1 << 19) + bytes.count / 16
      #expect(throws: ProtobufError.tooManyFields(limit: limit, byteCount: bytes.count)) { try decode(bytes) }
    }
    // Numbers of fixed length take what they take in the file.
    let floats = TensorFlowTensorProto.with { $0.floatVal = Array(repeating: 1, count: 5 << 20) }
    #expect(try TensorFlowTensorProto(serializedBytes: floats.serializedBytes).floatVal.count == 5 << 20)
  }
}
