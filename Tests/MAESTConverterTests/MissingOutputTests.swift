import Foundation
import MAESTConverter
import MAESTTestSupport
import MAESTWeights
import Testing

/// Graphs that offer only some of the network's outputs, or have no head at all.
@Suite struct MissingOutputTests {
  private let body = EditableGraph.body
  private static func identity(_ number: Int) -> String {
    "PartitionedCall/Identity" + (number == 0 ? "" : "_\(number)")
  }

  /// The graph of the original with a name for each of `values` and no other outputs.
  private func graph(offering values: [String: String]) throws -> EditableGraph {
    var graph = try EditableGraph.original.get()
    graph.keepOnly(outputs: Array(values.values))
    for (name, value) in values.sorted(by: { $0.key < $1.key }) { graph.add(name, "Identity", [value]) }
    return graph
  }

  @Test(arguments: [
    ("PartitionedCall/onnx_tf_prefix_/Sigmoid", OutputRole.activations), ("PartitionedCall/add_22", .logits),
  ])
  func onlyOneOfTheHeadsOutputs(value: String, role: OutputRole) throws {
    let graph = try graph(offering: ["only": value])
    let report = try expectVerified(graph)
    expectSame(try Conversion.convert(graph.definition), try Converted.original.get())
    #expect(report.description.outputs["only"] == role)
    let roles = try #require(report.verification).comparisons.map(\.role)
    #expect(roles.contains(role))
  }

  @Test func onlyLayers() throws {
    let graph = try graph(offering: ["first": body + "blocks.0/Add_1", "last": body + "blocks.2/Add_1"])
    let report = try expectVerified(graph)
    try expectHeadless(graph, blockCount: 3)
    #expect(report.description.outputs["first"] == .layer(1))
    #expect(report.description.outputs["last"] == .layer(3))
    #expect(report.notices.contains { $0.contains("no classifier") })
    #expect(report.description.labels == [])
  }

  /// The graph ends with the final norm, which is no output of a model without a head: what is compared is inside.
  @Test func onlyNormalizedTokens() throws {
    let graph = try graph(offering: ["tokens": body + "norm/Add_1"])
    try expectHeadless(graph, blockCount: 3)
    let report = try expectVerified(graph)
    #expect(report.description.outputs["tokens"] == nil)
    #expect(try #require(report.verification).comparisons.map(\.role).contains(.layer(3)))
  }

  @Test func onlyAnEarlierLayer() throws {
    let graph = try graph(offering: ["second": body + "blocks.1/Add_1"])
    try expectHeadless(graph, blockCount: 2)
    try expectVerified(graph)
  }

  /// An average of CLS and DIST is made with no layer: the model has no head.
  @Test func onlyAnEmbedding() throws {
    let graph = try graph(offering: ["embedding": body + "Div"])
    try expectHeadless(graph, blockCount: 3)
    try expectVerified(graph)
  }

  private func expectHeadless(_ graph: EditableGraph, blockCount: Int) throws {
    let found = try Conversion.convert(graph.definition)
    let full = try Converted.original.get()
    var expected = full.configuration
    (expected.head, expected.blockCount) = (nil, blockCount)
    #expect(found.configuration == expected)
    #expect(found.tensors.count == expected.parameters.count)
    for (name, elements) in found.tensors { expectIdentical(elements, full.tensors[name] ?? [], name) }
  }

  // MARK: - Refused

  /// The last block is not left out because it differs.
  @Test func aLastBlockThatDiffers() throws {
    let last = body + "blocks.2/"
    for (node, operation) in [("mlp/act/Mul_1", "Relu"), ("attn/Softmax", "Sigmoid")] {
      var graph = try graph(offering: ["last": last + "Add_1"])
      let input = operation == "Relu" ? last + "mlp/fc1/Add" : last + "attn/Mul"
      try graph.replace(last + node, operation, [input])
      let error = #expect(throws: ConversionError.self) { () throws -> Void in
        _ = try Conversion.convert(graph.definition).configuration
      }
      #expect("\(try #require(error))".contains(operation == "Relu" ? "block 3" : "head"))
    }
  }

  @Test func aLayerThatIsNoHead() throws {
    let graph = try graph(offering: ["logits": "PartitionedCall/MatMul", "last": body + "blocks.2/Add_1"])
    let error = #expect(throws: ConversionError.self) { () throws -> Void in
      _ = try Conversion.convert(graph.definition).configuration
    }
    #expect("\(try #require(error))".contains("head, node"))
  }

  @Test func nothingButAnEmbedding() throws {
    let graph = try graph(offering: ["grid": body + "Concat_1"])
    #expect(throws: ConversionError.notMAEST(reason: "it has no block with a Softmax and a GELU")) {
      () throws -> Void in
      _ = try Conversion.convert(graph.definition).configuration
    }
  }
}
