import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport
import MAESTWeights
import Testing

/// Graphs of the PyTorch original: one fused layer for queries, keys and values, position embeddings along time and
/// along frequency.
@Suite struct OriginalFormTests {
  private static let graphs = ["maest-original-2.pb", "maest-original-2.onnx"]

  private static func path(_ name: String) -> String { Fixtures.path("graphs/\(name)") }

  @Test(arguments: graphs) func convertsLikeTheNamedTensors(graph: String) throws {
    let found = try SourceReader.model(at: Self.path(graph))
    let tensors = try SourceReader.model(
      at: Self.path("maest-original-original.safetensors"), options: .init(headCount: 3))
    #expect(found.configuration.blockCount == 3 && found.configuration.headCount == 3)
    #expect(found.configuration.head?.normEpsilon == 1e-5)
    var expected = tensors.configuration
    // The file of tensors does not tell the scale: the graph holds the rounded root.
    #expect(abs(found.configuration.attentionScale - expected.attentionScale) < 1e-7)
    expected.attentionScale = found.configuration.attentionScale
    #expect(found.configuration == expected)
    try expectSameParameters(found, tensors)
  }

  @Test(arguments: graphs) func givesWhatTheGraphGives(graph: String) throws {
    try withTemporaryFolder { folder in
      let report = try GraphConverter.convert(
        graphAt: Self.path(graph), verifying: true, to: folder + "/out.safetensors")
      let verification = try #require(report.verification)
      #expect(verification.comparisons.count == 5)
      #expect(verification.comparisons.allSatisfy { $0.relativeNorm < 2e-6 && $0.relativeNorm > 0 })
    }
  }

  /// The parts of the fused layer by ONNX's own operators: `Split` with equal and given sizes, and `Slice`.
  @Test(arguments: ["Split", "Split of sizes", "Slice"]) func otherSelectionsOfONNX(written: String) throws {
    let found = try withTemporaryFolder { folder in
      let bytes = try Data(contentsOf: URL(filePath: Self.path("maest-original-2.onnx")))
      var model = try ONNXModelProto(serializedBytes: bytes)
      for block in 0..<3 { model.graph.replaceGathers(inBlock: block, by: written) }
      try model.serializedBytes.write(to: URL(filePath: folder + "/model.onnx"))
      return try SourceReader.model(at: folder + "/model.onnx")
    }
    #expect(found.explanation.parts.contains { $0.form == "part 3 of 3 of a fused layer" })
    try expectSameParameters(found, SourceReader.model(at: Self.path("maest-original-2.onnx")))
  }

  @Test func thePositionOfATokenIsTimeAndFrequency() throws {
    let graph = try EditableGraph.original.get()
    let (time, frequency) = (try graph.constant(behind: "unknown_1"), try graph.constant(behind: "unknown_2"))
    #expect(time.shape == [1, 24, 1, 7] && frequency.shape == [1, 24, 9, 1])
    let tensors = try Converted.original.get().tensors
    let position = try #require(tensors["positionEmbedding"])
    #expect(position.count == 65 * 24)
    for (band, frame, channel) in [(0, 0, 0), (0, 6, 5), (8, 0, 23), (4, 3, 11)] {
      let expected = time.floats[channel * 7 + frame] + frequency.floats[channel * 9 + band]
      #expect(position[(2 + band * 7 + frame) * 24 + channel] == expected)
    }
    #expect(Array(position[..<24]) == (try graph.constant(behind: "unknown_4").floats))
    #expect(Array(position[24..<48]) == (try graph.constant(behind: "unknown_6").floats))
    #expect(tensors["tokens.class"] == (try graph.constant(behind: "unknown_3").floats))
  }
}

extension ONNXGraphProto {
  /// Takes queries, keys and values out of `[part, 1, head, token, width]` by other operators than `Gather`.
  fileprivate mutating func replaceGathers(inBlock block: Int, by operation: String) {
    let prefix = "/m/blocks.\(block)/attn/"
    let source = prefix + "Transpose_output_0"
    let parts = ["", "_1", "_2"].map { "\(prefix)part\($0)" }
    for (index, suffix) in ["", "_1", "_2"].enumerated() {
      guard let position = node.firstIndex(where: { $0.name == "\(prefix)Gather\(suffix)" }) else { continue }
      let output = node[position].output
      node[position] = ONNXNodeProto("Squeeze", [parts[index]], output, [.integers("axes", [0])])
      guard operation == "Slice" else { continue }
      for (name, value) in [("begin", index), ("end", index + 1), ("axes", 0)] {
        var tensor = ONNXTensorProto.integers([Int64(value)])
        tensor.name = parts[index] + name
        initializer.append(tensor)
      }
      node.append(
        ONNXNodeProto("Slice", [source] + ["begin", "end", "axes"].map { parts[index] + $0 }, [parts[index]]))
    }
    guard operation != "Slice" else { return }
    let sizes: [ONNXAttributeProto] = operation == "Split" ? [] : [.integers("split", [1, 1, 1])]
    node.append(ONNXNodeProto("Split", [source], parts, [.integer("axis", 0)] + sizes))
  }
}
