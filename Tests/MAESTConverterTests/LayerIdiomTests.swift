import MAESTConverter
import Testing

/// Other ways to write dense layers, attention and GELU, in every block of the graph.
@Suite struct LayerIdiomTests {
  private let blocks = EditableGraph.blocks

  // MARK: - Dense layers

  @Test func biasesWithTheirOwnOperation() throws {
    try expectSameNumbers { graph in
      for block in blocks {
        for layer in ["attention/q_proj", "attention/k_proj", "attention/v_proj", "attention/o_proj"]
          + ["mlp/fc1", "mlp/fc2"]
        {
          let bias = try graph.node(block + layer + "/Add").input[0]
          try graph.replace(block + layer + "/Add", "BiasAdd", [block + layer + "/MatMul", bias])
        }
      }
      for sum in ["PartitionedCall/Add", "PartitionedCall/add_55"] {
        try graph.edit(sum) { $0.op = "BiasAdd" }
      }
      try graph.edit("PartitionedCall/Add") { $0.attr["data_format"] = .text("NHWC") }
    }
  }

  @Test func operandsOfCommutativeOperationsSwapped() throws {
    try expectSameNumbers { graph in
      for index in graph.definition.node.indices
      where ["Add", "AddV2", "Mul", "Equal", "Minimum", "LogicalAnd"]
        .contains(graph.definition.node[index].op)
      {
        graph.definition.node[index].input.swapAt(0, 1)
      }
    }
  }

  @Test func theOldAddition() throws {
    try expectSameNumbers { graph in
      for index in graph.definition.node.indices where graph.definition.node[index].op == "AddV2" {
        graph.definition.node[index].op = "Add"
      }
    }
  }

  @Test(arguments: ["BatchMatMulV2", "BatchMatMul"])
  func transposedWeights(product: String) throws {
    try expectSameNumbers { graph in
      let layers = graph.blockProducts
      #expect(layers.count == 6 * blocks.count)
      for layer in layers {
        try graph.editConstant(behind: layer.weight) { $0 = $0.transposed }
        try graph.edit(layer.product) {
          $0.op = product
          $0.attr["adj_y"] = .boolean(true)
        }
      }
      // The head's weight stands transposed in the graph, behind a Transpose.
      try graph.edit("PartitionedCall/MatMul") {
        $0.input[1] = "Func/PartitionedCall/input/_202"
        $0.attr["transpose_b"] = .boolean(true)
      }
    }
  }

  @Test func weightsBehindATranspose() throws {
    try expectSameNumbers { graph in
      graph.addConstant("exchange", TensorFlowTensorProto(integers: [1, 0], shape: [2]))
      for layer in graph.blockProducts {
        try graph.editConstant(behind: layer.weight) { $0 = $0.transposed }
        try graph.insert("Transpose", behind: layer.weight, ["exchange"])
      }
    }
  }

  @Test func productsOfMatricesWithReshapesAround() throws {
    try expectSameNumbers { graph in
      graph.addConstant("rows", TensorFlowTensorProto(integers: [281, -1], shape: [2]))
      graph.addConstant("batch", TensorFlowTensorProto(integers: [1, 281, -1], shape: [3]))
      for (product, _) in graph.blockProducts {
        let input = try graph.node(product).input
        graph.add(product + "/rows", "Reshape", [input[0], "rows"])
        try graph.replace(product, "MatMul", [product + "/rows", input[1]])
        try graph.insert("Reshape", behind: product, ["batch"])
      }
    }
  }

  // MARK: - Attention

  enum Scale: CaseIterable {
    case quotient, onQueries, onQueriesBeforeTheSplit, onKeys, halvesOnBoth, quotientOfQueries
  }

  @Test(arguments: Scale.allCases)
  func scales(written: Scale) throws {
    try expectSameNumbers { graph in
      graph.addConstant("four", TensorFlowTensorProto(4))
      graph.addConstant("quarter", TensorFlowTensorProto(0.25))
      graph.addConstant("half", TensorFlowTensorProto(0.5))
      for block in blocks.map({ $0 + "attention/" }) {
        guard written != .quotient else {
          try graph.replace(block + "Mul", "RealDiv", [block + "MatMul", "four"])
          continue
        }
        try graph.redirect(block + "Mul", to: block + "MatMul")
        switch written {
        case .quotient: break
        case .onQueries: try graph.insert("Mul", behind: block + "Transpose", ["quarter"])
        case .onQueriesBeforeTheSplit: try graph.insert("Mul", behind: block + "q_proj/Add", ["quarter"])
        case .onKeys: try graph.insert("Mul", behind: block + "Reshape_1", ["quarter"])
        case .halvesOnBoth:
          try graph.insert("Mul", behind: block + "Transpose", ["half"])
          try graph.insert("Mul", behind: block + "Transpose_2", ["half"])
        case .quotientOfQueries: try graph.insert("RealDiv", behind: block + "Transpose", ["four"])
        }
      }
    }
  }

  @Test(arguments: [1, 2, 6, 24])
  func otherHeadCounts(count: Int) throws {
    var graph = try EditableGraph.sixBlocks()
    graph.addConstant("heads", TensorFlowTensorProto(integers: [1, 281, -1, Int32(48 / count)], shape: [4]))
    for block in blocks.map({ $0 + "attention/" }) {
      for reshape in ["Reshape", "Reshape_1", "Reshape_2"] {
        try graph.edit(block + reshape) { $0.input[1] = "heads" }
      }
    }
    let converted = try Conversion.convert(graph.definition)
    #expect(converted.configuration.headCount == count)
    #expect(converted.configuration.headWidth == 48 / count)
    #expect(converted.tensors == (try Converted.sixBlocks.get().tensors))
  }

  @Test func keysAsRows() throws {
    try expectSameNumbers { graph in
      for block in blocks.map({ $0 + "attention/" }) {
        try graph.edit(block + "Transpose_2") { $0.input[1] = block + "Transpose/perm" }
        try graph.edit(block + "MatMul") { $0.attr["adj_y"] = .boolean(true) }
      }
    }
  }

  @Test func valuesAsColumns() throws {
    try expectSameNumbers { graph in
      for block in blocks.map({ $0 + "attention/" }) {
        try graph.edit(block + "Transpose_1") { $0.input[1] = block + "Transpose_2/perm" }
        try graph.edit(block + "MatMul_1") { $0.attr["adj_y"] = .boolean(true) }
      }
    }
  }

  @Test func keysTransposedTwice() throws {
    try expectSameNumbers { graph in
      graph.addConstant("last two", TensorFlowTensorProto(integers: [0, 1, 3, 2], shape: [4]))
      for block in blocks.map({ $0 + "attention/" }) {
        try graph.edit(block + "Transpose_2") { $0.input[1] = block + "Transpose/perm" }
        try graph.insert("Transpose", behind: block + "Transpose_2", ["last two"])
      }
    }
  }

  // MARK: - GELU

  enum GELU: CaseIterable {
    case complement, complementOfNegatedQuotient, complementWithNegativeFactor
    case halfFirst, halfOnGate, rootAsFactor
  }

  @Test(arguments: GELU.allCases)
  func gelus(written: GELU) throws {
    try expectSameNumbers { graph in
      graph.addConstant("root of half", TensorFlowTensorProto(Float(0.5).squareRoot()))
      graph.addConstant("minus root of half", TensorFlowTensorProto(-Float(0.5).squareRoot()))
      for block in blocks {
        let (input, gelu) = (block + "mlp/fc1/Add", block + "mlp/activation_fn/")
        switch written {
        case .complement:
          graph.add(gelu + "Neg", "Neg", [input])
          try graph.edit(gelu + "Div") { $0.input[0] = gelu + "Neg" }
          try graph.replace(gelu + "Add", "Erfc", [gelu + "Div"])
        case .complementOfNegatedQuotient:
          graph.add(gelu + "Neg", "Neg", [gelu + "Div"])
          try graph.replace(gelu + "Add", "Erfc", [gelu + "Neg"])
        case .complementWithNegativeFactor:
          try graph.replace(gelu + "Div", "Mul", [input, "minus root of half"])
          try graph.replace(gelu + "Add", "Erfc", [gelu + "Div"])
        case .halfFirst:
          try graph.replace(gelu + "Mul", "Mul", [input, gelu + "Constant_2"])
          try graph.replace(gelu + "Mul_1", "Mul", [gelu + "Mul", gelu + "Add"])
        case .halfOnGate:
          try graph.replace(gelu + "Mul", "Mul", [gelu + "Add", gelu + "Constant_2"])
          try graph.replace(gelu + "Mul_1", "Mul", [input, gelu + "Mul"])
        case .rootAsFactor: try graph.replace(gelu + "Div", "Mul", ["root of half", input])
        }
      }
    }
  }
}
