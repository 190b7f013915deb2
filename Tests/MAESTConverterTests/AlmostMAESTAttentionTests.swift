import MAESTConverter
import Testing

/// Graphs whose attention differs from MAEST's in one block only: each has to be refused, and the block named.
@Suite struct AlmostMAESTAttentionTests {
  private let place = "block 5, attention"
  private let attention = EditableGraph.block(5) + "attention/"

  @Test(arguments: [0.3, Float(0.25).nextUp, 1])
  func anotherScale(scale: Float) throws {
    try expectRefused(at: "block 5") { graph in
      try graph.editConstant(behind: attention + "Constant_3") { $0 = TensorFlowTensorProto(scale) }
    }
  }

  @Test(arguments: [0, -0.25, .infinity, .nan] as [Float])
  func noScale(scale: Float) throws {
    try expectRefused(at: place) { graph in
      try graph.editConstant(behind: attention + "Constant_3") { $0 = TensorFlowTensorProto(scale) }
    }
  }

  @Test func aScaleForEachToken() throws {
    try expectRefused(at: place, found: "Mul") { graph in
      try graph.editConstant(behind: attention + "Constant_3") {
        $0 = TensorFlowTensorProto(floats: Array(repeating: 0.25, count: 281), shape: [281])
      }
    }
  }

  @Test(arguments: ["Sigmoid", "LogSoftmax", "Relu"])
  func anotherSoftmax(operation: String) throws {
    // LogSoftmax is an operation whose shape is not known to the converter.
    let place = operation == "LogSoftmax" ? "block 4 or 5" : place
    try expectRefused(at: place, found: operation) { graph in
      try graph.edit(attention + "Softmax") { $0.op = operation }
    }
  }

  @Test func aMask() throws {
    try expectRefused(at: place, found: "AddV2") { graph in
      var mask = TensorFlowTensorProto(.dtFloat, [1, 1, 281, 281])
      mask.floatVal = [0, -10_000]
      graph.addConstant("mask", mask)
      try graph.insert("AddV2", behind: attention + "Mul", ["mask"])
    }
    try expectRefused(at: place, found: "AddV2") { graph in
      var numbers = Array(repeating: Float(0), count: 281)
      numbers[280] = -.infinity
      graph.addConstant("mask", TensorFlowTensorProto(floats: numbers, shape: [281]))
      try graph.insert("AddV2", behind: attention + "Mul", ["mask"])
    }
  }

  /// A mask of zeros, as exporters leave it where no token is masked, is none.
  @Test func aMaskThatMasksNothingIsTaken() throws {
    var graph = try BaseGraph.sixBlocks.editable
    graph.addConstant("mask", TensorFlowTensorProto(floats: Array(repeating: 0, count: 281), shape: [281]))
    try graph.insert("AddV2", behind: attention + "Mul", ["mask"])
    try expectVerified(graph)
  }

  @Test(arguments: ["k_proj", "v_proj"])
  func aProjectionOfAnotherInput(projection: String) throws {
    for other in [EditableGraph.block(4) + "Add_1", EditableGraph.block(4) + "layernorm_after/Add_1"] {
      try expectRefused(at: place) { graph in
        try graph.edit(attention + projection + "/MatMul") { $0.input[0] = other }
      }
    }
  }

  @Test func queriesOfAnotherInput() throws {
    try expectRefused(at: "block 5, norm before the attention") { graph in
      try graph.edit(attention + "q_proj/MatMul") { $0.input[0] = EditableGraph.block(4) + "Add_1" }
    }
  }

  @Test(arguments: ["q_proj", "k_proj", "v_proj", "o_proj"])
  func aMissingBias(projection: String) throws {
    try expectRefused(at: place) { graph in
      try graph.redirect(attention + projection + "/Add", to: attention + projection + "/MatMul")
    }
  }

  @Test func aBiasAlongTheTokens() throws {
    try expectRefused(at: place, found: "BiasAdd") { graph in
      let bias = try graph.node(attention + "v_proj/Add").input[0]
      try graph.replace(attention + "v_proj/Add", "BiasAdd", [attention + "v_proj/MatMul", bias])
      try graph.edit(attention + "v_proj/Add") { $0.attr["data_format"] = .text("NCHW") }
    }
  }

  @Test func anotherHeadCount() throws {
    let six = TensorFlowTensorProto(integers: [1, 281, 6, 8], shape: [4])
    try expectRefused(at: "block 5") { graph in
      graph.addConstant("six heads", six)
      for reshape in ["Reshape", "Reshape_1", "Reshape_2"] {
        try graph.edit(attention + reshape) { $0.input[1] = "six heads" }
      }
    }
    // The products of three and of six heads do not go together.
    try expectRefused(at: "block 5 or 6", found: "BatchMatMulV2") { graph in
      graph.addConstant("six heads", six)
      try graph.edit(attention + "Reshape_2") { $0.input[1] = "six heads" }
    }
  }

  @Test func headsThatAreNotSplitAlongTheWidth() throws {
    try expectRefused(at: place) { graph in
      graph.addConstant("heads first", TensorFlowTensorProto(integers: [1, 3, 281, 16], shape: [4]))
      for (reshape, transpose) in [("Reshape", "Transpose"), ("Reshape_2", "Transpose_1")] {
        try graph.edit(attention + reshape) { $0.input[1] = "heads first" }
        try graph.redirect(attention + transpose, to: attention + reshape)
      }
    }
  }

  @Test func headsThatAreNotPutSideBySide() throws {
    try expectRefused(at: place) { graph in
      try graph.redirect(attention + "Transpose_3", to: attention + "MatMul_1")
    }
  }

  @Test func attentionOverTheQueries() throws {
    try expectRefused(at: place) { graph in
      try graph.edit(attention + "MatMul_1") { $0.attr["adj_x"] = .boolean(true) }
    }
    try expectRefused(at: place) { graph in
      graph.addConstant("last two", TensorFlowTensorProto(integers: [0, 1, 3, 2], shape: [4]))
      try graph.insert("Transpose", behind: attention + "Softmax", ["last two"])
    }
  }

  @Test func scaledValues() throws {
    try expectRefused(at: place) { graph in
      graph.addConstant("two", TensorFlowTensorProto(2))
      try graph.insert("Mul", behind: attention + "Transpose_1", ["two"])
    }
  }

  @Test func scaledWeights() throws {
    try expectRefused(at: place, found: "Mul") { graph in
      graph.addConstant("two", TensorFlowTensorProto(2))
      try graph.insert("Mul", behind: attention + "Softmax", ["two"])
    }
  }

  @Test func queriesAsKeys() throws {
    // Queries and keys of one projection are legal, if strange: not what the graph says is refused.
    var graph = try EditableGraph.sixBlocks()
    let input = try graph.node(attention + "q_proj/MatMul").input[1]
    try graph.edit(attention + "k_proj/MatMul") { $0.input[1] = input }
    let tensors = try Conversion.convert(graph.definition).tensors
    #expect(tensors["blocks.4.attention.key.weight"] == tensors["blocks.4.attention.query.weight"])
    #expect(tensors["blocks.4.attention.key.bias"] != tensors["blocks.4.attention.query.bias"])
  }

  @Test func anActivationBehindTheHeads() throws {
    try expectRefused(at: place, found: "Relu") { graph in
      try graph.insert("Relu", behind: attention + "Reshape_3")
    }
  }

  @Test func anOperationOfNoKnownShape() throws {
    try expectRefused(at: "block 5 or 6", found: "LeakyRelu") { graph in
      try graph.insert("LeakyRelu", behind: attention + "Reshape_3")
    }
  }
}
