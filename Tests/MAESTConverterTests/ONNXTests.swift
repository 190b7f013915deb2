import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport
import MAESTWeights
import Testing

@Suite struct ONNXTests {
  private let path = Fixtures.path("graphs/discogs-maest-5s-tiny-2.onnx")

  /// Reads the model after a change to its graph.
  private func model(
    version: Int64, _ change: (inout ONNXGraphProto) throws -> Void
  ) throws -> ConvertibleModel {
    try withTemporaryFolder { folder in
      var model = try ONNXModelProto(serializedBytes: Data(contentsOf: URL(filePath: path)))
      try change(&model.graph)
      model.opsetImport[0].version = version
      try model.serializedBytes.write(to: URL(filePath: folder + "/model.onnx"))
      return try SourceReader.model(at: folder + "/model.onnx")
    }
  }

  private func flatModel() throws -> ConvertibleModel {
    try SourceReader.model(at: Fixtures.path("graphs/discogs-maest-5s-tiny-2.pb"))
  }

  @Test func convertsLikeTheTensorFlowGraph() throws {
    let (found, flat) = (try SourceReader.model(at: path), try flatModel())
    #expect(found.configuration == flat.configuration)
    #expect(found.format == "ONNX model")
    #expect(found.inputName == "melspectrogram")
    #expect(found.unusedConstants == [])
    try expectSameParameters(found, flat)
  }

  @Test func outputsHaveTheirNames() throws {
    var expected: [String: OutputRole] = ["logits": .logits, "activations": .activations]
    for index in 0..<12 { expected["layer_\(index < 10 ? "0" : "")\(index)_embeddings"] = .layer(index + 1) }
    #expect(try SourceReader.model(at: path).outputs == expected)
  }

  @Test func operatorsOfLaterVersionsConvertAlike() throws {
    let found = try model(version: 20) { graph in
      let count = graph.node.count
      graph.fuseLayerNorms()
      graph.fuseGELUs()
      graph.giveAxesAsInputs()
      #expect(graph.node.filter { $0.opType == "LayerNormalization" }.count == 26)
      #expect(graph.node.filter { $0.opType == "Gelu" }.count == 12)
      #expect(graph.node.count == count - 26 * 10 - 12 * 7)
    }
    let flat = try flatModel()
    #expect(found.configuration == flat.configuration)
    try expectSameParameters(found, flat)
  }

  @Test func theOrderOfNodesDoesNotMatter() throws {
    let found = try model(version: 12) { graph in
      var random = SeededRandom(seed: 4)
      graph.node.shuffle(using: &random)
    }
    try expectSameParameters(found, flatModel())
  }

  /// `alpha`, `beta` and the transposition of a `Gemm` are part of the weights.
  @Test func factorsOfAGemmAreAppliedToItsWeights() throws {
    let found = try model(version: 12) { graph in
      for index in graph.node.indices where graph.node[index].opType == "Gemm" {
        graph.node[index].attribute = [.float("alpha", 0.5), .float("beta", 2), .integer("transB", 1)]
      }
    }
    let (numbers, flat) = (try found.numbers(), try flatModel().numbers())
    expectIdentical(
      numbers["head.dense.weight"] ?? [], (flat["head.dense.weight"] ?? []).map { $0 * 0.5 }, "weight")
    expectIdentical(numbers["head.dense.bias"] ?? [], (flat["head.dense.bias"] ?? []).map { $0 * 2 }, "bias")
  }

  @Test func anUnusedInitializerIsReported() throws {
    let found = try model(version: 12) { graph in
      var tensor = ONNXTensorProto.floats([1, 2])
      tensor.name = "left over"
      graph.initializer.append(tensor)
    }
    #expect(found.unusedConstants == ["left over"])
  }

  @Test func anOperatorOutsideOfTheNetworkIsNoMatter() throws {
    let found = try model(version: 12) { graph in
      graph.node.append(ONNXNodeProto("Whatever", ["logits"], ["extra"]))
      graph.output.append(.with { $0.name = "extra" })
    }
    #expect(found.outputs["extra"] == nil)
    try expectSameParameters(found, flatModel())
  }

  @Test func anUnknownOperatorInTheNetworkIsNamed() throws {
    #expect {
      try model(version: 12) { graph in
        for index in graph.node.indices where graph.node[index].opType == "Erf" {
          graph.node[index].opType = "Softsign"
        }
      }
    } throws: { error in
      error is ConversionError && "\(error)".contains("Softsign")
    }
  }
}
