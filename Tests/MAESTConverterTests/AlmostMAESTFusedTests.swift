import MAESTConverter
import Testing

/// Graphs with fused layers that differ from MAEST in the second of three blocks.
@Suite struct AlmostMAESTFusedTests {
  private let place = "block 2, attention"
  private let attention = EditableGraph.fusedAttention(2)
  private let block = EditableGraph.body + "blocks.1/"

  /// Lets `name` take a run of the layer's last axis, split into heads.
  private func take(_ name: String, from start: Int, count: Int = 24, in graph: inout EditableGraph) throws {
    graph.addConstant(name + "begin", TensorFlowTensorProto(integers: [0, 0, Int32(start)], shape: [3]))
    graph.addConstant(name + "size", TensorFlowTensorProto(integers: [1, 65, Int32(count)], shape: [3]))
    graph.addConstant(name + "heads", TensorFlowTensorProto(integers: [1, 65, 3, -1], shape: [4]))
    graph.addConstant(name + "order", TensorFlowTensorProto(integers: [0, 2, 1, 3], shape: [4]))
    graph.add(name + "part", "Slice", [attention + "qkv/Add", name + "begin", name + "size"])
    graph.add(name + "split", "Reshape", [name + "part", name + "heads"])
    try graph.replace(attention + name, "Transpose", [name + "split", name + "order"])
  }

  @Test func theHelperTakesTheRightParts() throws {
    try expectSameNumbers(.original) { graph in
      for (part, name) in ["Gather", "Gather_1", "Gather_2"].enumerated() {
        try take(name, from: 24 * part, in: &graph)
      }
    }
  }

  @Test(arguments: [1, 8, 23, 47]) func aPartThatBeginsElsewhere(start: Int) throws {
    try expectRefused(.original, at: place, found: "Slice", expected: "24 of 72 from \(start)") { graph in
      try take("Gather_1", from: start, in: &graph)
    }
  }

  /// Keys and values overlap completely; the last part is never used.
  @Test func onePartTwice() throws {
    try expectRefused(.original, at: place, expected: "parts 1 of 3, 2 of 3, 2 of 3") { graph in
      try take("Gather_2", from: 24, in: &graph)
    }
    try expectRefused(.original, at: place, expected: "parts 1 of 3, 1 of 3, 3 of 3") { graph in
      let index = try graph.node(attention + "Gather").input[1]
      try graph.edit(attention + "Gather_1") { $0.input[1] = index }
    }
  }

  @Test func aPartThatNobodyUses() throws {
    try expectRefused(.original, at: place, expected: "each of 4 equal parts") { graph in
      let columns = Array(0..<72) + Array(0..<24)
      for name in ["qkv/MatMul", "qkv/Add"] {
        let constant =
          name == "qkv/Add"
          ? try graph.biasInput(of: attention + name) : try graph.node(attention + name).input[1]
        try graph.editConstant(behind: constant) { $0 = $0.columns(columns) }
      }
      for (part, name) in ["Gather", "Gather_1", "Gather_2"].enumerated() {
        try take(name, from: 24 * part, in: &graph)
      }
    }
  }

  @Test func unequalParts() throws {
    let expected = "queries, keys and values of as many heads of one width"
    try expectRefused(.original, at: place, expected: expected) { graph in
      try take("Gather", from: 0, count: 12, in: &graph)
      try take("Gather_1", from: 12, count: 12, in: &graph)
    }
    // Values of 36 columns do not become 24.
    try expectRefused(.original, at: "block 2 or 3", found: "Reshape") { graph in
      try take("Gather", from: 0, count: 18, in: &graph)
      try take("Gather_1", from: 18, count: 18, in: &graph)
      try take("Gather_2", from: 36, count: 36, in: &graph)
    }
  }

  @Test func onlySomeTokens() throws {
    try expectRefused(.original, at: "block 2 or 3") { graph in
      graph.addConstant("begin", TensorFlowTensorProto(integers: [0, 0, 0, 0], shape: [4]))
      graph.addConstant("size", TensorFlowTensorProto(integers: [1, 3, 64, 8], shape: [4]))
      try graph.insert("Slice", behind: attention + "Gather_2", ["begin", "size"])
    }
  }

  /// Queries and keys share a layer of two parts; values are a layer of the last block's output.
  @Test func valuesOfAnotherInput() throws {
    func graph(valuesOf input: String) throws -> EditableGraph {
      var graph = try EditableGraph.original.get()
      let product = attention + "qkv/MatMul"
      let (weight, bias) = (try graph.node(product).input[1], try graph.biasInput(of: attention + "qkv/Add"))
      for (name, columns) in [("shared", 0..<48), ("value", 48..<72)] {
        graph.addConstant(name + " weight", try graph.constant(behind: weight).columns(Array(columns)))
        graph.addConstant(name + " bias", try graph.constant(behind: bias).columns(Array(columns)))
      }
      try graph.edit(product) { $0.input[1] = "shared weight" }
      try graph.edit(attention + "qkv/Add") { $0.input = $0.input.map { $0 == bias ? "shared bias" : $0 } }
      try take("Gather", from: 0, in: &graph)
      try take("Gather_1", from: 24, in: &graph)
      graph.addConstant("heads", TensorFlowTensorProto(integers: [1, 65, 3, 8], shape: [4]))
      graph.addConstant("order", TensorFlowTensorProto(integers: [0, 2, 1, 3], shape: [4]))
      graph.add("value product", "BatchMatMulV2", [input, "value weight"])
      graph.add("value layer", "AddV2", ["value product", "value bias"])
      graph.add("value heads", "Reshape", ["value layer", "heads"])
      try graph.replace(attention + "Gather_2", "Transpose", ["value heads", "order"])
      return graph
    }
    let normalized = try EditableGraph.original.get().node(attention + "qkv/MatMul").input[0]
    expectSame(
      try Conversion.convert(graph(valuesOf: normalized).definition), try Converted.original.get())
    try expectRefused(.original, at: place, expected: "the same input") {
      $0 = try graph(valuesOf: EditableGraph.body + "blocks.0/Add_1")
    }
  }

  @Test func anotherScale() throws {
    try expectRefused(.original, at: "block 2", expected: "attention scale") { graph in
      try graph.editConstant(behind: attention + "Constant_1") { $0 = TensorFlowTensorProto(0.25) }
    }
  }

  @Test func aFactorOnTheWholeLayer() throws {
    try expectRefused(.original, at: place, expected: "values without a factor") { graph in
      graph.addConstant("half", TensorFlowTensorProto(0.5))
      try graph.insert("Mul", behind: attention + "qkv/Add", ["half"])
    }
  }

  @Test func aMissingNorm() throws {
    try expectRefused(.original, at: "block 2, norm before the attention", found: "AddV2") { graph in
      try graph.edit(attention + "qkv/MatMul") { $0.input[0] = EditableGraph.body + "blocks.0/Add_1" }
    }
  }

  @Test func aReLUForTheGELU() throws {
    try expectRefused(.original, at: "block 2, feed-forward", found: "Relu") { graph in
      try graph.replace(block + "mlp/act/Mul_1", "Relu", [block + "mlp/fc1/Add"])
    }
  }

  @Test func anotherResidualOrder() throws {
    // The feed-forward's sum carries on what went into the norm's other side.
    try expectRefused(.original, at: "block 2, norm before the feed-forward") { graph in
      try graph.edit(block + "Add_1") { node in
        node.input = node.input.map { $0 == block + "Add" ? EditableGraph.body + "blocks.0/Add_1" : $0 }
      }
    }
  }

  @Test func interleavedHeadsThatAreMergedAsIfTheyWereNot() throws {
    // Without moving the constants this is another model, but one that can be said with moved weights.
    var graph = try EditableGraph.original.get()
    graph.addConstant("inside", TensorFlowTensorProto(integers: [1, 65, 3, 8, 3], shape: [5]))
    graph.addConstant("parts first", TensorFlowTensorProto(integers: [2, 0, 4, 1, 3], shape: [5]))
    try graph.edit(attention + "Reshape") { $0.input[1] = "inside" }
    try graph.edit(attention + "Transpose") { $0.input[1] = "parts first" }
    try expectVerified(graph)
    let converted = try Conversion.convert(graph.definition)
    #expect(
      converted.tensors["blocks.1.attention.key.weight"]
        != (try Converted.original.get().tensors["blocks.1.attention.key.weight"]))
  }
}
