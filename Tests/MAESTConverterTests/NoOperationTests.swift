import MAESTConverter
import MAESTWeights
import Testing

/// Operations that change nothing, put everywhere; and parts of the graph taken away that nothing depends on.
@Suite struct NoOperationTests {
  /// Operations that pass their input on.
  static let passing = [
    "Identity", "StopGradient", "PreventGradient", "Snapshot", "EnsureShape", "CheckNumerics",
  ]

  /// All values on the way of the numbers through the graph, the network's parts that are no constants.
  private static func values(_ graph: EditableGraph) -> [String] {
    let operations: Set<String> = [
      "AddV2", "BatchMatMulV2", "Mul", "Transpose", "Mean", "Reshape", "RealDiv", "Sub", "Pow", "Sqrt",
      "Softmax",
      "Erf", "Conv2D", "MatMul", "ExpandDims", "ConcatV2", "GatherV2",
    ]
    let prefixes = [EditableGraph.body, "PartitionedCall/transpose", "PartitionedCall/convolution"]
    return graph.definition.node.filter { node in
      operations.contains(node.op) && prefixes.contains { node.name.hasPrefix($0) }
        && node.attr["T"]?.type == .dtFloat
    }.map(\.name)
  }

  @Test(arguments: passing)
  func passedOn(operation: String) throws {
    try expectSameNumbers { graph in
      let values = Self.values(graph)
      #expect(values.count > 300)
      try graph.insert(operation, behind: values)
    }
  }

  @Test func factorsOfOne() throws {
    try expectSameNumbers { graph in
      graph.addConstant("one", TensorFlowTensorProto(1))
      try graph.insert("Mul", behind: Self.values(graph), ["one"])
    }
  }

  @Test func sumsWithZero() throws {
    try expectSameNumbers { graph in
      graph.addConstant("zero", TensorFlowTensorProto(0))
      try graph.insert("AddV2", behind: Self.values(graph), ["zero"])
    }
  }

  @Test func castsToTheSameType() throws {
    try expectSameNumbers { graph in
      try graph.insert(
        "Cast", behind: Self.values(graph), [], ["SrcT": .type(.dtFloat), "DstT": .type(.dtFloat)])
    }
  }

  @Test func reshapesToTheSameShape() throws {
    try expectSameNumbers { graph in
      graph.addConstant("same", TensorFlowTensorProto(integers: [1, 281, 48], shape: [3]))
      for block in EditableGraph.blocks {
        for name in ["Add", "Add_1", "attention/o_proj/Add", "layernorm_before/Add_1"] {
          try graph.insert("Reshape", behind: block + name, ["same"])
        }
      }
    }
  }

  @Test func axesOfOneElementThatComeAndGo() throws {
    try expectSameNumbers { graph in
      graph.addConstant("front", TensorFlowTensorProto(integers: [0], shape: []))
      for name in EditableGraph.blocks.map({ $0 + "Add" }) {
        try graph.insert("ExpandDims", behind: name, ["front"])
        try graph.insert(
          "Squeeze", behind: name + "/inserted ExpandDims", [], ["squeeze_dims": .integers([0])])
      }
    }
  }

  @Test func onlyActivationsAsOutput() throws {
    var graph = try EditableGraph()
    graph.keepOnly(outputs: ["PartitionedCall/onnx_tf_prefix_/Sigmoid"])
    graph.add("activations", "Identity", ["PartitionedCall/onnx_tf_prefix_/Sigmoid"])
    let converted = try Conversion.convert(graph.definition)
    expectSame(converted, try FixtureGraph.version2.converted)
    #expect(converted.outputs["activations"] == .activations)
    #expect(converted.outputs["PartitionedCall/Identity"] == nil)
  }

  @Test func withoutASigmoid() throws {
    var graph = try EditableGraph()
    graph.keepOnly(outputs: ["PartitionedCall/Identity", "PartitionedCall/Identity_5"])
    let converted = try Conversion.convert(graph.definition)
    expectSame(converted, try FixtureGraph.version2.converted)
    #expect(converted.outputs["PartitionedCall/Identity"] == .logits)
    #expect(converted.outputs["PartitionedCall/Identity_5"] == .layer(5))
    #expect(!converted.outputs.values.contains(.activations))
  }

  /// The later blocks stay in the file: nothing depends on them any more.
  @Test(arguments: [1, 5])
  func anotherDepth(count: Int) throws {
    var graph = try EditableGraph()
    try graph.cut(blockCount: count)
    let converted = try Conversion.convert(graph.definition)
    let full = try FixtureGraph.version2.converted
    var expected = full.configuration
    expected.blockCount = count
    #expect(converted.configuration == expected)
    #expect(converted.tensors.keys.sorted() == expected.parameters.map(\.name).sorted())
    for (name, elements) in converted.tensors { #expect(elements == full.tensors[name], "\(name)") }
    #expect(converted.outputs["PartitionedCall/Identity_\(count)"] == .layer(count))
    #expect(converted.outputs["PartitionedCall/Identity_\(count + 1)"] == nil)
    #expect(converted.report.unusedConstants.contains { $0.hasPrefix(EditableGraph.block(12)) })
  }
}
