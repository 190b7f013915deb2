import MAESTConverter
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
