import Foundation
import MAESTTestSupport
import MAESTWeights
import Testing

/// Files that are no safetensors files: one test for each error.
@Suite struct SafeTensorsErrorTests {
  /// A header of one tensor of these fields.
  private func header(_ fields: String) -> String { "{\"a\":{\(fields)}}" }

  /// A header of tensors of single bytes with these names and offsets.
  private func byteTensors(_ tensors: KeyValuePairs<String, Range<Int>>) -> String {
    let lines = tensors.map { name, range in
      "\"\(name)\":{\"dtype\":\"U8\",\"shape\":[\(range.count)],"
        + "\"data_offsets\":[\(range.lowerBound),\(range.upperBound)]}"
    }
    return "{\(lines.joined(separator: ","))}"
  }

  // MARK: - The file and its length field

  @Test func whatIsNoFileIsUnreadable() throws {
    try withTemporaryFolder { folder in
      let missing = folder + "/missing"
      #expect(throws: WeightError.unreadable(path: missing, reason: "no such file")) {
        try WeightFile(path: missing)
      }
      #expect(throws: WeightError.unreadable(path: folder, reason: "not a regular file")) {
        try WeightFile(path: folder)
      }
    }
    try expectRefusal(of: Data()) { .unreadable(path: $0, reason: "the file is empty") }
  }

  @Test(arguments: 1...9)
  func fewerThanTenBytesAreTooShort(count: Int) throws {
    try expectRefusal(of: Data(repeating: 0xff, count: count)) { .tooShort(path: $0, byteCount: count) }
  }

  @Test(arguments: [0, 1, 7, 8, 1 << 20, 1 << 31, 1 << 32, 1 << 63, .max - 8, .max] as [UInt64])
  func aHeaderLengthThatDoesNotFit(length: UInt64) throws {
    // Six bytes follow the length field.
    try expectRefusal(of: safeTensorsBytes(header: "{    }", claimedLength: length)) {
      .headerLength(path: $0, length: length, limit: 6)
    }
  }

  @Test func aHeaderBeyondAMebibyte() throws {
    try withFile(safeTensorsBytes(header: "{}", claimedLength: (1 << 20) + 1)) { path in
      let file = try FileHandle(forWritingTo: URL(filePath: path))
      try file.truncate(atOffset: 2 << 20)
      try file.close()
      #expect(throws: WeightError.headerLength(path: path, length: (1 << 20) + 1, limit: 1 << 20)) {
        try WeightFile(path: path)
      }
    }
  }

  // MARK: - The header

  static let malformedHeaders = [
    // No JSON object.
    " {}", "[]", "[1]", "null", "{ ", "{]", "{}x", "{}{}", "{\"a\"}", "{\"a\":}", "{'a':1}", "{\"a\":1,}",
    "{\"\\ud800\":1}", "{\"a\":" + String(repeating: "[", count: 100_000),
    // No tensors.
    "{\"a\":1}", "{\"a\":null}", "{\"a\":\"F32\"}", "{\"a\":[]}", "{\"a\":{}}", "{\"a\":{\"shape\":[1]}}",
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}",
    // Fields of wrong types.
    "{\"a\":{\"dtype\":5,\"shape\":[1],\"data_offsets\":[0,1]}}",
    "{\"a\":{\"dtype\":null,\"shape\":[1],\"data_offsets\":[0,1]}}",
    "{\"a\":{\"dtype\":\"U8\",\"shape\":1,\"data_offsets\":[0,1]}}",
    "{\"a\":{\"dtype\":\"U8\",\"shape\":\"1\",\"data_offsets\":[0,1]}}",
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[\"1\"],\"data_offsets\":[0,1]}}",
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[1.5],\"data_offsets\":[0,1]}}",
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[[1]],\"data_offsets\":[0,1]}}",
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[true],\"data_offsets\":[0,1]}}",
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[9223372036854775808],\"data_offsets\":[0,1]}}",
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[1e30],\"data_offsets\":[0,1]}}",
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":{\"0\":1}}}",
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,null]}}",
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1e400]}}",
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[-9223372036854775809,1]}}",
    // Metadata that is no table of texts.
    "{\"__metadata__\":1}", "{\"__metadata__\":[]}", "{\"__metadata__\":null}",
    "{\"__metadata__\":{\"a\":1}}",
    "{\"__metadata__\":{\"a\":{}}}", "{\"__metadata__\":{\"a\":null}}",
  ]

  @Test(arguments: malformedHeaders.indices)
  func aMalformedHeader(index: Int) throws {
    try expectMalformed(safeTensorsBytes(header: Self.malformedHeaders[index], data: Data(count: 1)))
  }

  @Test(arguments: [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0x00], [0x22, 0x00]] as [[UInt8]])
  func aHeaderThatIsNoText(bytes: [UInt8]) throws {
    let json = Data("{".utf8) + bytes + Data("\":1}".utf8)
    try expectMalformed(withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json)
  }

  private func expectMalformed(_ bytes: Data) throws {
    try withFile(bytes) { path in
      let error = #expect(throws: WeightError.self) { try WeightFile(path: path) }
      guard case .malformedHeader(path, let reason) = error else {
        Issue.record("\(String(describing: error)) is no malformed header")
        return
      }
      #expect(!reason.isEmpty)
    }
  }

  @Test(arguments: ["", "f32", "F128", "F32 ", "float32", "U8\\u0000"])
  func anUnknownElementType(type: String) throws {
    let bytes = safeTensorsBytes(
      header: header("\"dtype\":\"\(type)\",\"shape\":[1],\"data_offsets\":[0,4]"), data: Data(count: 4))
    let found = type.replacing("\\u0000", with: "\u{0}")
    try expectRefusal(of: bytes) { .unknownElementType(path: $0, tensor: "a", found: found) }
  }

  // MARK: - Where the tensors are

  @Test(arguments: ["[]", "[0]", "[0,1,2]", "[1,0]", "[-1,0]", "[9223372036854775807,0]"])
  func offsetsThatAreNoRange(offsets: String) throws {
    let bytes = safeTensorsBytes(
      header: header("\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":\(offsets)"), data: Data(count: 1))
    try expectRefusal(of: bytes) { .misplacedTensor(path: $0, tensor: "a", expectedStart: 0, found: nil) }
  }

  @Test func aHoleAtTheStart() throws {
    try expectRefusal(of: safeTensorsBytes(header: byteTensors(["a": 1..<3]), data: Data(count: 3))) {
      .misplacedTensor(path: $0, tensor: "a", expectedStart: 0, found: 1..<3)
    }
  }

  @Test func aHoleBetweenTensors() throws {
    let header = byteTensors(["b": 5..<8, "a": 0..<4])
    try expectRefusal(of: safeTensorsBytes(header: header, data: Data(count: 8))) {
      .misplacedTensor(path: $0, tensor: "b", expectedStart: 4, found: 5..<8)
    }
  }

  @Test(arguments: [0..<5, 3..<8, 2..<3, 0..<4])
  func overlappingTensors(second: Range<Int>) throws {
    let header = byteTensors(["a": 0..<4, "b": second])
    try expectRefusal(of: safeTensorsBytes(header: header, data: Data(count: 8))) {
      .misplacedTensor(path: $0, tensor: "b", expectedStart: 4, found: second)
    }
  }

  @Test(
    arguments: [
      ("[1]", 4), ("[3]", 12), ("[]", 4), ("[2,0]", 0), ("[1,1,1]", 4), ("[-2]", nil), ("[-1,-2]", nil),
      ("[0,-1]", nil), ("[4611686018427387904]", nil), ("[4294967296,4294967296]", nil),
      ("[9223372036854775807,9223372036854775807,2]", nil),
    ] as [(String, Int?)])
  func aSizeThatIsNotTheShapes(shape: String, expected: Int?) throws {
    let bytes = safeTensorsBytes(
      header: header("\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[0,8]"), data: Data(count: 8))
    try expectRefusal(of: bytes) { .wrongTensorSize(path: $0, tensor: "a", expected: expected, found: 8) }
  }

  @Test(arguments: [0, 7, 9, 1000])
  func dataOfAnotherSizeThanTheTensors(count: Int) throws {
    let bytes = safeTensorsBytes(header: byteTensors(["a": 0..<4, "b": 4..<8]), data: Data(count: count))
    try expectRefusal(of: bytes) { .wrongFileSize(path: $0, expected: 8, found: count) }
  }

  @Test func offsetsFarBeyondTheEnd() throws {
    let bytes = safeTensorsBytes(header: byteTensors(["a": 0..<Int.max]), data: Data(count: 1))
    try expectRefusal(of: bytes) { .wrongFileSize(path: $0, expected: .max, found: 1) }
  }

  // MARK: - Valid files

  @Test func aForeignFileIsReadButIsNoMAEST() throws {
    let types: [(String, Int)] = [
      ("BOOL", 1), ("U8", 1), ("I8", 1), ("I16", 2), ("U16", 2), ("F16", 2), ("BF16", 2), ("I32", 4),
      ("U32", 4),
      ("F32", 4), ("F64", 8), ("I64", 8), ("U64", 8),
    ]
    var end = 0
    var lines = ["\"__metadata__\":{\"format\":\"pt\"}"]
    for (type, size) in types {
      lines.append(
        "\"\(type)\":{\"dtype\":\"\(type)\",\"shape\":[3,1],\"data_offsets\":[\(end),\(end + 3 * size)]}")
      end += 3 * size
    }
    lines.append("\"scalar\":{\"data_offsets\":[\(end),\(end + 8)],\"dtype\":\"F64\",\"shape\":[]}")
    lines.append("\"nothing\":{\"data_offsets\":[\(end),\(end)],\"dtype\":\"F64\",\"shape\":[5,0]}")
    let bytes = safeTensorsBytes(header: "{\(lines.joined(separator: ", "))}  ", data: Data(count: end + 8))
    try withFile(bytes) { path in
      let file = try SafeTensorsFile(path: path)
      #expect(file.metadata == ["format": "pt"])
      #expect(file.entries.count == types.count + 2)
      for (type, size) in types {
        #expect(file.entries[type]?.elementType.byteCount == size)
        #expect(file.entries[type]?.dataRange.count == 3 * size)
      }
      #expect(file.entries["scalar"]?.shape == [])
      #expect(file.entries["nothing"]?.dataRange == end..<end)
      #expect(throws: WeightError.notMAEST(path: path)) { try WeightFile(path: path) }
    }
  }

  @Test func theEmptyFileOfTheFormat() throws {
    try expectRefusal(of: safeTensorsBytes(header: "{}")) { .notMAEST(path: $0) }
  }
}
