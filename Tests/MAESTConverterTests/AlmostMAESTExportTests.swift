import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport
import Testing

/// Graphs of today's exporters that differ from MAEST in their second block alone: each has to be refused with the
/// block and the operator.
@Suite struct AlmostMAESTExportTests {
  /// Expects the refusal of a fixture after a change to its graph.
  private func expectRefusal(
    _ name: String, mentions texts: String..., sourceLocation: SourceLocation = #_sourceLocation,
    after change: (inout ONNXModelProto) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let original = Fixtures.path("graphs/exported/tiny-\(name).onnx")
      var model = try ONNXModelProto(serializedBytes: Data(contentsOf: URL(filePath: original)))
      try change(&model)
      let path = folder + "/model.onnx"
      try model.serializedBytes.write(to: URL(filePath: path))
      #expect(sourceLocation: sourceLocation) {
        try SourceReader.model(at: path)
      } throws: { error in
        texts.allSatisfy { "\(error)".contains($0) }
      }
    }
  }

  @Test(arguments: [
    (ONNXAttributeProto.integer("is_causal", 1), "is_causal 1; 0 is supported"),
    (.float("softcap", 30), "softcap 30.0; 0 is supported"),
    (.integer("softmax_precision", 10), "softmax_precision 10; 1 and 11 are supported"),
  ])
  func anotherAttention(attribute: ONNXAttributeProto, message: String) throws {
    try expectRefusal("sdpa-opset23-dynamic", mentions: "block 1 or 2", "found Attention", message) { model in
      try model.graph.edit("Attention", number: 1) { $0.set(attribute) }
    }
  }

  @Test func anotherScale() throws {
    try expectRefusal("sdpa-opset23-dynamic", mentions: "block 2", "attention scale") { model in
      try model.graph.edit("Attention", number: 1) { $0.set(.float("scale", 0.1)) }
    }
  }

  @Test func aMaskThatHidesATokenInONNXsAttention() throws {
    try expectRefusal("sdpa-opset23-dynamic", mentions: "block 2, attention", "found Attention", "no mask") {
      model in
      model.graph.initializer.append(
        .with {
          $0.name = "hiding"
          $0.dataType = .float
          $0.dims = [29, 29]
          $0.floatData = (0..<29 * 29).map { $0 == 100 ? -10_000 : 0 }
        })
      try model.graph.edit("Attention", number: 1) { $0.input[3] = "hiding" }
    }
  }

  /// One token less in the mask that eager attention adds.
  @Test func aMaskThatHidesAToken() throws {
    try expectRefusal("eager-opset18-dynamic", mentions: "block 2, attention", "no mask") { model in
      let index = try #require(model.graph.initializer.firstIndex { $0.name == "ge" })
      // A copy: the bytes are those of the mapped file, which is read only.
      var bytes = Array(model.graph.initializer[index].rawData)
      bytes[5] = 0
      model.graph.initializer[index].rawData = Data(bytes)
    }
  }

  @Test func geluByTanh() throws {
    try expectRefusal("sdpa-opset23-dynamic", mentions: "block 2", "found Gelu (approximate tanh") { model in
      try model.graph.edit("Gelu", number: 1) { node in
        node.set(.with { ($0.name, $0.s) = ("approximate", Data("tanh".utf8)) })
      }
    }
  }

  @Test(arguments: ["SimplifiedLayerNormalization", "RMSNormalization"])
  func anotherNorm(operation: String) throws {
    try expectRefusal("sdpa-opset18", mentions: "block 1 or 2", "found \(operation)") { model in
      // The norm before the attention of block 2.
      try model.graph.edit("LayerNormalization", number: 2) { node in
        node.opType = operation
        node.input.removeLast()
      }
    }
  }

  @Test func aMissingNorm() throws {
    try expectRefusal("sdpa-opset18", mentions: "block 2, norm before the feed-forward", "LayerNorm") {
      model in
      try model.graph.edit("LayerNormalization", number: 3) { node in
        (node.opType, node.input, node.attribute) = ("Identity", [node.input[0]], [])
      }
    }
  }

  @Test func anotherAxisOfTheSoftmax() throws {
    try expectRefusal("sdpa-opset18", mentions: "block 1 or 2", "found Softmax (axis -2") { model in
      try model.graph.edit("Softmax", number: 1) { $0.set(.integer("axis", -2)) }
    }
  }

  @Test func dropoutLeftOn() throws {
    try expectRefusal("sdpa-opset18", mentions: "block", "found Dropout (training_mode") { model in
      var training = ONNXTensorProto.booleans([true])
      (training.name, training.dims) = ("training", [])
      model.graph.initializer.append(training)
      let index = try #require(model.graph.node.lastIndex { $0.opType == "Softmax" })
      let output = model.graph.node[index].output[0]
      model.graph.node[index].output = ["before dropout"]
      model.graph.node.append(ONNXNodeProto("Dropout", ["before dropout", "", "training"], [output]))
    }
  }

  /// What onnxruntime makes for one CPU, and an operator of somebody else's.
  @Test(arguments: ["com.microsoft.nchwc", "somebody.else"]) func anotherDomain(domain: String) throws {
    try expectRefusal(
      "sdpa-opset18", mentions: "patch embedding", "found \(domain).Conv",
      "an operator that the converter knows"
    ) { model in try model.graph.edit("Conv", number: 0) { $0.domain = domain } }
  }

  @Test(arguments: [ONNXDataType.float16, .bfloat16, .double]) func anotherPrecision(type: ONNXDataType)
    throws
  {
    try expectRefusal("sdpa-opset18", mentions: "input", "float32: export the model in single precision") {
      $0.graph.input[0].type.tensorType.elemType = type
    }
  }

  @Test func anotherNormInAFunction() throws {
    try expectRefusal("eager-functions", mentions: "block 1", "SimplifiedLayerNormalization") { model in
      let index = try #require(model.functions.firstIndex { $0.name == "Norm" })
      for node in model.functions[index].node.indices {
        guard model.functions[index].node[node].opType == "LayerNormalization" else { continue }
        model.functions[index].node[node].opType = "SimplifiedLayerNormalization"
      }
    }
  }
}

extension ONNXGraphProto {
  struct MissingNode: Error {
    let operation: String
    let number: Int
  }

  /// Changes the `number`th node, from 0, of an operator.
  fileprivate mutating func edit(
    _ operation: String, number: Int, _ change: (inout ONNXNodeProto) -> Void
  ) throws {
    let places = node.indices.filter { node[$0].opType == operation }
    guard places.indices.contains(number) else { throw MissingNode(operation: operation, number: number) }
    change(&node[places[number]])
  }
}

extension ONNXNodeProto {
  fileprivate mutating func set(_ value: ONNXAttributeProto) {
    attribute.removeAll { $0.name == value.name }
    attribute.append(value)
  }
}
