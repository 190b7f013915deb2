import MAESTConverter
import MAESTTestSupport
import Testing

/// Models with sizes of 1.
@Suite struct SmallSizeTests {
  /// The head's constants of one label in the graph of the original.
  private func oneLabel(bias: Float) throws -> EditableGraph {
    var graph = try EditableGraph.original.get()
    try graph.editConstant(behind: "unknown_47") {
      $0 = TensorFlowTensorProto(floats: Array($0.floats.prefix(24)), shape: [1, 24])
    }
    try graph.editConstant(behind: "unknown_48") { $0 = TensorFlowTensorProto(floats: [bias], shape: [1]) }
    return graph
  }

  /// A bias of 0 changes nothing, and is the bias nevertheless.
  @Test(arguments: [0.25, 0] as [Float]) func oneLabelOnly(bias: Float) throws {
    let graph = try oneLabel(bias: bias)
    let report = try expectVerified(graph)
    #expect(report.description.configuration.labelCount == 1)
    #expect(report.description.outputs["PartitionedCall/Identity"] == .logits)
    #expect(report.description.outputs["PartitionedCall/Identity_4"] == .activations)
    #expect(report.description.labels == ["label 0"])
    let (found, original) = (
      try Conversion.convert(graph.definition).tensors, try Converted.original.get().tensors
    )
    #expect(found["head.dense.bias"] == [bias])
    let weight = try #require(original["head.dense.weight"])
    #expect(found["head.dense.weight"] == stride(from: 0, to: weight.count, by: 7).map { weight[$0] })
  }

  @Test func oneLabelWithoutASigmoid() throws {
    var graph = try oneLabel(bias: 0.5)
    graph.keepOnly(outputs: ["PartitionedCall/Identity"])
    let report = try expectVerified(graph)
    #expect(report.description.configuration.labelCount == 1)
  }

  @Test func oneLabelWithoutABias() throws {
    var graph = try oneLabel(bias: 0.5)
    try graph.redirect("PartitionedCall/add_22", to: "PartitionedCall/mul_2")
    graph.keepOnly(outputs: ["PartitionedCall/Identity_4"])
    let error = #expect(throws: ConversionError.self) { () throws -> Void in
      _ = try Conversion.convert(graph.definition).configuration
    }
    #expect("\(try #require(error))".contains("a dense layer that gives the logits"))
  }

  /// As many heads as the embedding is wide.
  @Test func headsOfWidthOne() throws {
    var graph = try EditableGraph.original.get()
    graph.addConstant("split", TensorFlowTensorProto(integers: [1, 65, 3, 24, 1], shape: [5]))
    for block in (1...3).map(EditableGraph.fusedAttention) {
      try graph.edit(block + "Reshape") { $0.input[1] = "split" }
    }
    let configuration = try expectVerified(graph).description.configuration
    #expect(configuration.headCount == 24 && configuration.headWidth == 1)
    #expect(try Conversion.convert(graph.definition).tensors == (try Converted.original.get().tensors))
  }

  @Test func oneHead() throws {
    var graph = try EditableGraph.original.get()
    graph.addConstant("split", TensorFlowTensorProto(integers: [1, 65, 3, 1, 24], shape: [5]))
    for block in (1...3).map(EditableGraph.fusedAttention) {
      try graph.edit(block + "Reshape") { $0.input[1] = "split" }
    }
    let configuration = try expectVerified(graph).description.configuration
    #expect(configuration.headCount == 1 && configuration.headWidth == 24)
    #expect(try Conversion.convert(graph.definition).tensors == (try Converted.original.get().tensors))
  }
}
