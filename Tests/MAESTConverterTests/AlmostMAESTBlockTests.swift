import MAESTConverter
import Testing

/// Graphs that differ from MAEST in one block only: each has to be refused, and the block named.
@Suite struct AlmostMAESTBlockTests {
  private let block = EditableGraph.block(5)
  private let previous = EditableGraph.block(4) + "Add_1"

  // MARK: - Norms

  @Test func aMissingNorm() throws {
    try expectRefused(at: "block 5, norm before the attention", found: "AddV2") { graph in
      try graph.redirect(block + "layernorm_before/Add_1", to: previous)
    }
    try expectRefused(at: "block 5, norm before the feed-forward", found: "AddV2") { graph in
      try graph.redirect(block + "layernorm_after/Add_1", to: block + "Add")
    }
  }

  @Test func aNormWithoutScaleOrBias() throws {
    try expectRefused(at: "block 5, norm before the attention", found: "Mul") { graph in
      try graph.redirect(block + "layernorm_before/Add_1", to: block + "layernorm_before/Mul")
    }
    try expectRefused(at: "block 5, norm before the feed-forward", found: "AddV2") { graph in
      try graph.redirect(block + "layernorm_after/Mul", to: block + "layernorm_after/Div")
    }
  }

  @Test func aNormThatDoesNotSubtractTheMean() throws {
    try expectRefused(at: "block 5, norm before the attention") { graph in
      try graph.edit(block + "layernorm_before/Div") { $0.input[0] = previous }
    }
    try expectRefused(at: "block 5, norm before the attention") { graph in
      try graph.edit(block + "layernorm_before/Pow") { $0.input[0] = previous }
    }
  }

  @Test func aNormThatSubtractsAnotherMean() throws {
    try expectRefused(at: "block 5, norm before the feed-forward") { graph in
      try graph.edit(block + "layernorm_after/ReduceMean") { $0.input[0] = previous }
    }
  }

  @Test(arguments: ["ReduceMean", "ReduceMean_1"])
  func aMeanOverTheTokens(mean: String) throws {
    try expectRefused(at: "block 5, norm before the attention") { graph in
      graph.addConstant("tokens", TensorFlowTensorProto(integers: [1], shape: []))
      try graph.edit(block + "layernorm_before/" + mean) { $0.input[1] = "tokens" }
    }
  }

  @Test func anotherPower() throws {
    try expectRefused(at: "block 5, norm before the attention") { graph in
      try graph.editConstant(behind: block + "layernorm_before/Constant") { $0 = TensorFlowTensorProto(3) }
    }
  }

  @Test(arguments: [0, -1e-6, .infinity, .nan] as [Float])
  func noEpsilon(epsilon: Float) throws {
    try expectRefused(at: "block 5, norm before the attention") { graph in
      try graph.editConstant(behind: block + "layernorm_before/Constant_1") {
        $0 = TensorFlowTensorProto(epsilon)
      }
    }
  }

  @Test func anotherEpsilon() throws {
    for norm in ["layernorm_before/", "layernorm_after/"] {
      try expectRefused(at: "block 5") { graph in
        try graph.editConstant(behind: block + norm + "Constant_1") { $0 = TensorFlowTensorProto(1e-5) }
      }
    }
    try expectRefused(at: "block 5") { graph in
      for norm in ["layernorm_before/", "layernorm_after/"] {
        try graph.editConstant(behind: block + norm + "Constant_1") { $0 = TensorFlowTensorProto(1e-5) }
      }
    }
    try expectRefused(at: "block 1") { graph in
      for number in 1...6 {
        try graph.editConstant(behind: EditableGraph.block(number) + "layernorm_after/Constant_1") {
          $0 = TensorFlowTensorProto(1e-5)
        }
      }
    }
  }

  // MARK: - Residuals

  /// x = norm(x + attention(x)), x = norm(x + feedForward(x)).
  @Test func normsBehindTheSums() throws {
    try expectRefused(at: "block 5, feed-forward", found: "AddV2") { graph in
      let (before, after) = (block + "layernorm_before/", block + "layernorm_after/")
      for projection in ["q_proj", "k_proj", "v_proj"] {
        try graph.edit(block + "attention/\(projection)/MatMul") { $0.input[0] = previous }
      }
      for name in ["ReduceMean", "Sub"] {
        try graph.edit(before + name) { $0.input[0] = block + "Add" }
        try graph.edit(after + name) { $0.input[0] = block + "Add_1" }
      }
      try graph.edit(block + "mlp/fc1/MatMul") { $0.input[0] = before + "Add_1" }
      try graph.edit(block + "Add_1") { $0.input[1] = before + "Add_1" }
      let next = EditableGraph.block(6)
      for name in ["layernorm_before/ReduceMean", "layernorm_before/Sub"] {
        try graph.edit(next + name) { $0.input[0] = after + "Add_1" }
      }
      try graph.edit(next + "Add") { $0.input[1] = after + "Add_1" }
    }
  }

  /// x + attention(norm(x)) + feedForward(norm(x)).
  @Test func attentionAndFeedForwardSideBySide() throws {
    try expectRefused(at: "block 5, norm before the feed-forward") { graph in
      for name in ["ReduceMean", "Sub"] {
        try graph.edit(block + "layernorm_after/" + name) { $0.input[0] = previous }
      }
    }
  }

  /// Noticed where the next sum adds two dense layers.
  @Test func noResidual() throws {
    try expectRefused(at: "block 6, attention", found: "AddV2") { graph in
      try graph.redirect(block + "Add_1", to: block + "mlp/fc2/Add")
    }
    try expectRefused(at: "block 5, feed-forward", found: "AddV2") { graph in
      try graph.redirect(block + "Add", to: block + "attention/o_proj/Add")
    }
  }

  @Test func aResidualFromFurtherBack() throws {
    try expectRefused(at: "block 5, norm before the attention") { graph in
      try graph.edit(block + "Add") { $0.input[1] = EditableGraph.block(3) + "Add_1" }
    }
    try expectRefused(at: "block 5, norm before the feed-forward") { graph in
      try graph.edit(block + "Add_1") { $0.input[1] = previous }
    }
  }

  @Test func aDifferenceForASum() throws {
    try expectRefused(at: "block 5, feed-forward", found: "Sub") { graph in
      try graph.edit(block + "Add_1") { $0.op = "Sub" }
    }
  }

  @Test func aScaledResidual() throws {
    try expectRefused(at: "block 5, norm before the feed-forward") { graph in
      graph.addConstant("two", TensorFlowTensorProto(2))
      graph.add("doubled", "Mul", [block + "Add", "two"])
      try graph.edit(block + "Add_1") { $0.input[1] = "doubled" }
    }
  }

  @Test(arguments: ["Relu", "Tanh", "Sigmoid", "Neg"])
  func anOperationBetweenBlocks(operation: String) throws {
    try expectRefused(at: "block 4, feed-forward", found: operation) { graph in
      try graph.insert(operation, behind: previous)
    }
  }

  @Test func aFactorBetweenBlocks() throws {
    try expectRefused(at: "block 4, feed-forward", found: "Mul") { graph in
      graph.addConstant("two", TensorFlowTensorProto(2))
      try graph.insert("Mul", behind: previous, ["two"])
    }
  }

  // MARK: - Feed-forward

  @Test(arguments: ["Relu", "Tanh", "Sigmoid", "Elu"])
  func anotherActivation(operation: String) throws {
    try expectRefused(at: "block 5, feed-forward", found: operation) { graph in
      try graph.replace(block + "mlp/activation_fn/Mul_1", operation, [block + "mlp/fc1/Add"])
    }
  }

  /// 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))).
  @Test func theApproximateGELU() throws {
    try expectRefused(at: "block 5, feed-forward") { graph in
      let (input, gelu) = (block + "mlp/fc1/Add", block + "mlp/activation_fn/")
      graph.addConstant("cubic", TensorFlowTensorProto(0.044715))
      graph.addConstant("root", TensorFlowTensorProto((2 / Float.pi).squareRoot()))
      graph.add("x2", "Mul", [input, input])
      graph.add("x3", "Mul", ["x2", input])
      graph.add("scaled x3", "Mul", ["x3", "cubic"])
      graph.add("inner", "AddV2", [input, "scaled x3"])
      try graph.replace(gelu + "Div", "Mul", ["inner", "root"])
      try graph.replace(gelu + "Erf", "Tanh", [gelu + "Div"])
    }
  }

  /// x · sigmoid(1.702 x).
  @Test func theQuickGELU() throws {
    try expectRefused(at: "block 5, feed-forward") { graph in
      let (input, gelu) = (block + "mlp/fc1/Add", block + "mlp/activation_fn/")
      graph.addConstant("factor", TensorFlowTensorProto(1.702))
      try graph.replace(gelu + "Div", "Mul", [input, "factor"])
      try graph.replace(gelu + "Add", "Sigmoid", [gelu + "Div"])
      try graph.redirect(gelu + "Mul_1", to: gelu + "Mul")
    }
  }

  @Test(arguments: ["Constant", "Constant_1", "Constant_2"])
  func otherNumbersInTheGELU(constant: String) throws {
    for factor in [1.001, -1] as [Float] {
      try expectRefused(at: "block 5, feed-forward") { graph in
        try graph.editConstant(behind: block + "mlp/activation_fn/" + constant) {
          $0 = TensorFlowTensorProto(factor * ($0.floats.first ?? 0))
        }
      }
    }
  }

  @Test func aGateOfSomethingElse() throws {
    try expectRefused(at: "block 5, feed-forward") { graph in
      try graph.edit(block + "mlp/activation_fn/Div") {
        $0.input[0] = EditableGraph.block(4) + "mlp/fc1/Add"
      }
    }
  }

  @Test(arguments: ["fc1", "fc2"])
  func aMissingBias(layer: String) throws {
    try expectRefused(at: "block 5, feed-forward") { graph in
      try graph.redirect(block + "mlp/\(layer)/Add", to: block + "mlp/\(layer)/MatMul")
    }
  }

  @Test func anotherWidth() throws {
    try expectRefused(at: "block 5") { graph in
      for (name, axis) in [("mlp/fc1/MatMul", 1), ("mlp/fc1/Add", 0), ("mlp/fc2/MatMul", 0)] {
        let node = try graph.node(block + name)
        let weight = node.op == "AddV2" ? node.input[0] : node.input[1]
        try graph.editConstant(behind: weight) { tensor in
          var shape = tensor.shape
          shape[axis] = 80
          tensor = TensorFlowTensorProto(
            floats: Array(tensor.floats.prefix(shape.reduce(1, *))), shape: shape)
        }
      }
    }
  }
}
