import Foundation
import MAESTTestSupport
import MAESTWeights
import Testing

/// The tensors have to be those of the configuration, no more and no less.
@Suite struct ExactMatchTests {
  /// Expects these differences, all of them at once.
  private func expectDifferences(
    _ parts: WeightFileParts, missing: [String] = [], unexpected: [String] = [], misshapen: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try expectRefusal(of: parts.bytes(), sourceLocation: sourceLocation) {
      .wrongTensors(path: $0, missing: missing, unexpected: unexpected, misshapen: misshapen)
    }
  }

  @Test func everyMissingTensorIsNamed() throws {
    let names = TinyModel.configuration.parameters.map(\.name)
    for name in names {
      var parts = try WeightFileParts()
      parts.tensors.removeAll { $0.name == name }
      try expectDifferences(parts, missing: [name])
    }
    var parts = try WeightFileParts()
    parts.tensors = []
    try expectDifferences(parts, missing: names)
  }

  @Test func everyUnexpectedTensorIsNamed() throws {
    var parts = try WeightFileParts()
    parts.tensors += [
      .init(name: "blocks.3.attention.query.bias", elementType: .float32, shape: [24]),
      .init(name: "", elementType: .float64, shape: []),
      .init(name: "Tokens.class", elementType: .float32, shape: [24]),
    ]
    try expectDifferences(parts, unexpected: ["", "Tokens.class", "blocks.3.attention.query.bias"])
  }

  @Test func onlyShortPaddingIsNoTensor() throws {
    var parts = try WeightFileParts()
    parts.tensors.append(.init(name: "padding.0", elementType: .unsignedInteger8, shape: [63]))
    try withFile(parts.bytes()) { path in #expect(throws: Never.self) { try WeightFile(path: path) } }
    parts.tensors += [
      .init(name: "padding.1", elementType: .unsignedInteger8, shape: [64]),
      .init(name: "padding.2", elementType: .float32, shape: [1]),
      .init(name: "paddings", elementType: .unsignedInteger8, shape: [4]),
    ]
    try expectDifferences(parts, unexpected: ["padding.1", "padding.2", "paddings"])
  }

  @Test func everyMisshapenTensorIsNamedWithBothShapes() throws {
    var parts = try WeightFileParts()
    for (name, shape) in [
      ("patchEmbedding.weight", [24, 256]), ("tokens.class", [1, 24]), ("head.dense.bias", [6]),
      ("blocks.1.feedForward.expansion.weight", []),
    ] {
      let index = try #require(parts.tensors.firstIndex { $0.name == name })
      parts.tensors[index].shape = shape
    }
    try expectDifferences(
      parts,
      misshapen: [
        "patchEmbedding.weight (F32 [24, 256], expected F32 [256, 24])",
        "tokens.class (F32 [1, 24], expected F32 [24])",
        "blocks.1.feedForward.expansion.weight (F32 [], expected F32 [24, 40])",
        "head.dense.bias (F32 [6], expected F32 [5])",
      ])
  }

  @Test func everyElementTypeButFloat32IsRefused() throws {
    for type in SafeTensorsElementType.allCases where type != .float32 {
      var parts = try WeightFileParts()
      let last = parts.tensors.count - 1
      parts.tensors[last].elementType = type
      try expectDifferences(
        parts, misshapen: ["head.dense.bias (\(type.rawValue) [5], expected F32 [5])"])
    }
  }

  @Test func allKindsOfDifferencesAtOnce() throws {
    var parts = try WeightFileParts()
    parts.tensors[0].shape = [255, 24]
    parts.tensors[2].name = "tokens.klass"
    try expectDifferences(
      parts, missing: ["tokens.class"], unexpected: ["tokens.klass"],
      misshapen: ["patchEmbedding.weight (F32 [255, 24], expected F32 [256, 24])"])
  }

  @Test func anotherSizeInTheMetadataNamesAllThatItConcerns() throws {
    var parts = try WeightFileParts()
    parts.metadata["frame_count"] = "46"
    try expectDifferences(
      parts, misshapen: ["positionEmbedding (F32 [8, 24], expected F32 [10, 24])"])
    parts = try WeightFileParts()
    parts.metadata["label_count"] = "0"
    parts.metadata["labels"] = "[]"
    try expectDifferences(
      parts,
      unexpected: [
        "finalNorm.bias", "finalNorm.scale", "head.dense.bias", "head.dense.weight", "head.norm.bias",
        "head.norm.scale",
      ])
    parts = try WeightFileParts()
    parts.metadata["head_norm_epsilon"] = "none"
    try expectDifferences(parts, unexpected: ["head.norm.bias", "head.norm.scale"])
  }

  @Test(arguments: MetadataErrorTests.counts)
  func anEnormousSizeIsRefused(key: String) throws {
    var parts = try WeightFileParts()
    parts.metadata[key] = "1048576"
    try withFile(parts.bytes()) { path in
      #expect(throws: WeightError.self) { try WeightFile(path: path) }
    }
  }

  /// No product of them overflows, and nothing is made as large as they say.
  @Test func enormousSizesTogetherAreRefused() throws {
    var parts = try WeightFileParts()
    for key in MetadataErrorTests.counts {
      let size = key == "block_count" ? "3" : key == "band_count" ? "4096" : "1048576"
      parts.metadata[key] = key.hasPrefix("convolution.") ? "1" : size
    }
    try withFile(parts.bytes()) { path in
      let error = #expect(throws: WeightError.self) { try WeightFile(path: path) }
      let message = error?.description ?? ""
      #expect(message.contains("frame_count x band_count"), "\(message)")
    }
  }

  @Test(arguments: 1...7)
  func tensorsThatAreNotAlignedToTheirNumbers(spaces: Int) throws {
    var parts = try WeightFileParts()
    parts.extraSpaces = spaces
    try withFile(parts.bytes()) { path in
      guard spaces != 4 else {
        #expect(throws: Never.self) { try WeightFile(path: path) }
        return
      }
      let offset = try SafeTensorsFile(path: path).dataOffset
      #expect(offset % 4 == spaces % 4)
      #expect(
        throws: WeightError.misalignedTensor(path: path, tensor: "patchEmbedding.weight", offset: offset)
      ) { try WeightFile(path: path) }
    }
  }

  @Test func paddingThatMisalignsATensor() throws {
    var parts = try WeightFileParts()
    let index = try #require(parts.tensors.firstIndex { $0.name == "tokens.class" })
    parts.tensors.insert(.init(name: "padding.0", elementType: .unsignedInteger8, shape: [3]), at: index)
    try withFile(parts.bytes()) { path in
      let file = try SafeTensorsFile(path: path)
      let offset = file.dataOffset + (256 * 24 + 24) * 4 + 3
      #expect(
        throws: WeightError.misalignedTensor(path: path, tensor: "tokens.class", offset: offset)
      ) { try WeightFile(path: path) }
    }
  }
}
