import Foundation
import MAESTTestSupport
import MAESTWeights
import Testing

/// Metadata that is not what it should be, in files whose checksum is right.
@Suite struct MetadataErrorTests {
  static let counts = [
    "frame_count", "band_count", "convolution.kernel_bands", "convolution.kernel_frames",
    "convolution.band_stride", "convolution.frame_stride", "embedding_width", "block_count", "head_count",
    "head_width", "feed_forward_width",
  ]
  static let positiveNumbers = [
    "attention_scale", "block_norm_epsilon", "final_norm_epsilon", "head_norm_epsilon",
    "normalization.standard_deviation",
  ]
  static let texts = [
    "source.name", "source.sha256", "source.format", "labels.source", "converter.version", "labels",
    "label_count", "normalization.mean",
  ]

  /// Expects that a fact with this value is refused by name, and that the error shows the value.
  private func expectBadFact(
    _ key: String, _ value: String?, found: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var parts = try WeightFileParts()
    parts.metadata[key] = value
    try withFile(parts.bytes()) { path in
      let error = #expect(throws: WeightError.self, sourceLocation: sourceLocation) {
        try WeightFile(path: path)
      }
      guard case .badFact(path, key, found ?? value, let expected)? = error else {
        Issue.record(
          "\(key) = \(value ?? "nothing") gives \(String(describing: error))", sourceLocation: sourceLocation)
        return
      }
      #expect(!expected.isEmpty, sourceLocation: sourceLocation)
    }
  }

  @Test func unspoiledPartsMakeAWeightFile() throws {
    for configuration in RoundTripTests.configurations {
      try withFile(WeightFileParts(configuration).bytes()) { path in
        let file = try WeightFile(path: path)
        #expect(file.description == TinyModel.description(configuration))
      }
    }
  }

  @Test(arguments: counts)
  func aSizeThatIsNone(key: String) throws {
    for value in [nil, "", "0", "-1", "1.5", "one", " 1", "nan", "1048577", "99999999999999999999"] {
      try expectBadFact(key, value)
    }
  }

  @Test(arguments: positiveNumbers)
  func aNumberThatIsNotPositive(key: String) throws {
    for value in [nil, "", "0", "0.0", "-1", "-0.0", "one", "1 ", "nan", "inf", "-inf", "1e309", "1e-999"] {
      try expectBadFact(key, value)
    }
  }

  @Test func aMeanThatIsNoNumber() throws {
    for value in ["", "zero", "nan", "inf", "-inf", "-1e309"] {
      try expectBadFact("normalization.mean", value)
    }
  }

  @Test(arguments: texts)
  func aMissingFact(key: String) throws {
    try expectBadFact(key, nil)
  }

  @Test func aLabelCountThatIsNone() throws {
    for value in ["", "-1", "00", "five", "1048577"] { try expectBadFact("label_count", value) }
  }

  @Test func labelsThatAreNoList() throws {
    for value in ["", "{}", "null", "label 0", "[1,2,3,4,5]", "[\"a\",\"b\",\"c\",\"d\",null]", "[\"a\""] {
      try expectBadFact("labels", value, found: "no JSON list")
    }
  }

  @Test func moreOrFewerLabelsThanTheHeadHas() throws {
    try expectBadFact("labels", "[]", found: "0 names")
    try expectBadFact("labels", "[\"a\",\"b\",\"c\",\"d\"]", found: "4 names")
    try expectBadFact("labels", "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"]", found: "6 names")
  }

  @Test func aConvolutionThatDoesNotFitThePatch() throws {
    try expectBadFact("band_count", "15")
    try expectBadFact("frame_count", "15")
  }

  @Test func anOutputWithoutARole() throws {
    for value in [
      "", "embeddings", "Logits", "logits ", "layer", "layer 0", "layer -1", "layer one", "layer 1.0",
    ] {
      try expectBadFact("output:Identity_5", value)
    }
  }

  @Test func anOutputOfALayerThatTheModelDoesNotHave() throws {
    for value in ["layer 4", "layer 9223372036854775807"] { try expectBadFact("output:Identity_5", value) }
  }

  @Test(arguments: ["0", "2", "1.0", ""])
  func anotherVersion(version: String) throws {
    var parts = try WeightFileParts()
    parts.metadata["maest.version"] = version
    try expectRefusal(of: parts.bytes()) { .unsupportedVersion(path: $0, found: version, supported: "1") }
  }

  @Test func noVersion() throws {
    var parts = try WeightFileParts()
    parts.metadata["maest.version"] = nil
    try expectRefusal(of: parts.bytes()) { .notMAEST(path: $0) }
  }

  @Test(arguments: [
    ("\"embedding_width\":\"24\"", "\"embedding_width\":\"23\""), ("label 3", "label 4"),
    ("head.dense.bias", "head.dense.bios"), ("maest.header.sha256", "maest.header.sha265"),
  ])
  func aHeaderThatItsChecksumDoesNotFit(text: String, spoiled: String) throws {
    var bytes = try WeightFileParts().bytes()
    let place = try #require(bytes.range(of: Data(text.utf8)))
    bytes.replaceSubrange(place, with: Data(spoiled.utf8))
    try expectRefusal(of: bytes) { .corruptHeader(path: $0) }
  }
}
