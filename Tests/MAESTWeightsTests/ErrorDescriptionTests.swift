import MAESTWeights
import Testing

/// Every message names the file, what was found and what was expected.
@Suite struct ErrorDescriptionTests {
  static let messages: [(WeightError, [String])] = [
    (.unreadable(path: "w.st", reason: "no such file"), ["no such file"]),
    (.tooShort(path: "w.st", byteCount: 9), ["9 bytes", "at least 10"]),
    (.headerLength(path: "w.st", length: .max, limit: 77), ["18446744073709551615", "77"]),
    (.malformedHeader(path: "w.st", reason: "no JSON"), ["no JSON", "convert the graph again"]),
    (.unknownElementType(path: "w.st", tensor: "a.b", found: "F8"), ["a.b", "'F8'"]),
    (
      .misplacedTensor(path: "w.st", tensor: "a.b", expectedStart: 64, found: 60..<68),
      ["a.b", "64", "60..<68"]
    ),
    (
      .misplacedTensor(path: "w.st", tensor: "a.b", expectedStart: 0, found: nil),
      ["a.b", "offsets", "no range of bytes"]
    ),
    (.misalignedTensor(path: "w.st", tensor: "a.b", offset: 1029), ["a.b", "1029", "multiple of 4"]),
    (.wrongTensorSize(path: "w.st", tensor: "a.b", expected: 96, found: 92), ["a.b", "96", "92"]),
    (.wrongTensorSize(path: "w.st", tensor: "a.b", expected: nil, found: 92), ["a.b", "more than", "92"]),
    (.wrongFileSize(path: "w.st", expected: 1000, found: 999), ["1000", "999"]),
    (.notMAEST(path: "w.st"), ["maest-convert"]),
    (.unsupportedVersion(path: "w.st", found: "7", supported: "1"), ["7", "1", "convert the graph again"]),
    (.corruptHeader(path: "w.st"), ["checksum", "convert the graph again"]),
    (
      .badFact(path: "w.st", key: "head_count", found: "x", expected: "a number"),
      ["head_count", "'x'", "a number"]
    ),
    (.badFact(path: "w.st", key: "head_count", found: nil, expected: "a number"), ["head_count", "missing"]),
    (
      .wrongTensors(
        path: "w.st", missing: ["m"], unexpected: ["u"], misshapen: ["s (F16 [1], expected F32 [2])"]),
      ["missing m;", "unexpected u;", "misshapen s (F16 [1], expected F32 [2]);"]
    ),
    (
      .wrongTensors(
        path: "w.st", missing: (1...9).map { "t\($0)" }, unexpected: [], misshapen: []),
      ["missing t1, t2, t3, t4, t5 and 4 more;"]
    ),
  ]

  @Test(arguments: messages.indices)
  func theMessageSaysWhatIsWrong(index: Int) {
    let (error, parts) = Self.messages[index]
    #expect("\(error)".hasPrefix("w.st: "))
    for part in parts { #expect("\(error)".contains(part)) }
  }

  @Test func listsOfNothingAreLeftOut() {
    let error = WeightError.wrongTensors(path: "w.st", missing: ["m"], unexpected: [], misshapen: [])
    #expect(!"\(error)".contains("unexpected") && !"\(error)".contains("misshapen"))
  }
}
