import MAESTConverter
import MAESTTestSupport
import Testing

/// Layers and attention written with `Einsum`, as Keras does.
@Suite struct EinsumTests {
  private static func equation(_ text: String) -> [String: TensorFlowAttrValue] { ["equation": .text(text)] }

  /// A model of Keras' own layers: Einsum in the attention, folded norms, tensor products flattened to matrices,
  /// a mean over CLS and DIST.
  @Test func kerasLayers() throws {
    try withTemporaryFolder { folder in
      let report = try GraphConverter.convert(
        graphAt: Fixtures.path("graphs/maest-keras-frozen.pb"), verifying: true,
        to: folder + "/out.safetensors")
      let configuration = report.description.configuration
      #expect(configuration.blockCount == 2 && configuration.headCount == 3 && configuration.headWidth == 8)
      #expect(configuration.blockNormEpsilon == 1e-6 && configuration.head?.normEpsilon == nil)
      let verification = try #require(report.verification)
      #expect(verification.comparisons.count == 4)
      #expect(verification.comparisons.allSatisfy { $0.relativeNorm < 2e-6 && $0.relativeNorm > 0 })
    }
  }

  @Test(arguments: ["abc,cd->abd", "...c,cd->...d", "a b c, c d -> a b d"])
  func denseLayers(equation: String) throws {
    try expectSameNumbers { graph in
      for (product, _) in graph.blockProducts {
        let inputs = try graph.node(product).input
        try graph.replace(product, "Einsum", inputs)
        try graph.edit(product) { $0.attr = Self.equation(equation) }
      }
    }
  }

  @Test func theWeightFirst() throws {
    try expectSameNumbers { graph in
      for (product, _) in graph.blockProducts {
        let inputs = try graph.node(product).input
        try graph.replace(product, "Einsum", inputs.reversed())
        try graph.edit(product) { $0.attr = Self.equation("cd,abc->abd") }
      }
    }
  }

  /// Weights and biases have an axis of heads, and no projection is split or merged.
  @Test func headsInTheWeights() throws {
    try expectSameNumbers { graph in
      for block in EditableGraph.blocks.map({ $0 + "attention/" }) {
        for (layer, reshape) in [("q_proj", "Reshape"), ("k_proj", "Reshape_1"), ("v_proj", "Reshape_2")] {
          try graph.reshapeConstant(behind: try graph.node(block + layer + "/MatMul").input[1], [48, 3, 16])
          try graph.reshapeConstant(behind: try graph.node(block + layer + "/Add").input[0], [3, 16])
          try graph.toEinsum(block + layer + "/MatMul", "abc,cde->abde")
          try graph.redirect(block + reshape, to: block + layer + "/Add")
        }
        try graph.replace(block + "MatMul", "Einsum", [block + "k_proj/Add", block + "q_proj/Add"])
        try graph.edit(block + "MatMul") { $0.attr = Self.equation("aecd,abcd->acbe") }
        try graph.replace(block + "MatMul_1", "Einsum", [block + "Softmax", block + "v_proj/Add"])
        try graph.edit(block + "MatMul_1") { $0.attr = Self.equation("acbe,aecd->abcd") }
        try graph.reshapeConstant(behind: try graph.node(block + "o_proj/MatMul").input[1], [3, 16, 48])
        try graph.edit(block + "o_proj/MatMul") { $0.input[0] = block + "MatMul_1" }
        try graph.toEinsum(block + "o_proj/MatMul", "abcd,cde->abe")
      }
    }
  }

  /// What asks and what is asked is told by the axis that the softmax runs over, not by the order of the operands.
  @Test func scoresTheOtherWayRound() throws {
    var graph = try EditableGraph.sixBlocks()
    let block = EditableGraph.block(5) + "attention/"
    graph.addConstant("rows", TensorFlowTensorProto(integers: [0, 2, 1, 3], shape: [4]))
    try graph.edit(block + "Transpose_2") { $0.input[1] = "rows" }
    try graph.toEinsum(block + "MatMul", "acbd,aced->aceb")
    try expectVerified(graph)
    let (found, original) = (
      try Conversion.convert(graph.definition).tensors, try Converted.sixBlocks.get().tensors
    )
    #expect(found["blocks.4.attention.query.weight"] == original["blocks.4.attention.key.weight"])
    #expect(found["blocks.4.attention.key.bias"] == original["blocks.4.attention.query.bias"])
  }

  // MARK: - Refused

  @Test(arguments: ["abc,dc->abd", "abc,cd->adb", "abc,cd->ad", "abb,bd->abd", "abc,cd", "ab.,.d->abd", ""])
  func otherEquations(equation: String) throws {
    var graph = try EditableGraph.sixBlocks()
    let product = EditableGraph.block(5) + "mlp/fc2/MatMul"
    try graph.toEinsum(product, equation)
    let error = #expect(throws: ConversionError.self) { () throws -> Void in
      _ = try Conversion.convert(graph.definition).configuration
    }
    #expect("\(try #require(error))".contains("block 5"))
  }
}

extension EditableGraph {
  /// Gives a node the operation `Einsum`; it keeps its inputs.
  fileprivate mutating func toEinsum(_ name: String, _ equation: String) throws {
    try edit(name) {
      $0.op = "Einsum"
      $0.attr = ["equation": .text(equation)]
    }
  }

  fileprivate mutating func reshapeConstant(behind name: String, _ shape: [Int]) throws {
    try editConstant(behind: name) { $0.tensorShape = TensorFlowTensorShapeProto(shape) }
  }
}
