import MAESTConverter
import Testing

/// Other ways to write the LayerNorms, all of them in every norm of the graph.
@Suite struct NormIdiomTests {
  enum Square: CaseIterable { case square, product, squaredDifference, squaredDifferenceFromMean }

  @Test(arguments: Square.allCases)
  func squares(written: Square) throws {
    try expectSameNumbers { graph in
      for norm in EditableGraph.norms {
        let input = try graph.node(norm + "Sub").input[0]
        switch written {
        case .square: try graph.replace(norm + "Pow", "Square", [norm + "Sub"])
        case .product: try graph.replace(norm + "Pow", "Mul", [norm + "Sub", norm + "Sub"])
        case .squaredDifference:
          try graph.replace(norm + "Pow", "SquaredDifference", [input, norm + "ReduceMean"])
        case .squaredDifferenceFromMean:
          try graph.replace(norm + "Pow", "SquaredDifference", [norm + "ReduceMean", input])
        }
      }
    }
  }

  enum Root: CaseIterable { case reciprocalRoot, reciprocalRootFirst, power }

  @Test(arguments: Root.allCases)
  func roots(written: Root) throws {
    try expectSameNumbers { graph in
      graph.addConstant("half", TensorFlowTensorProto(0.5))
      for norm in EditableGraph.norms {
        switch written {
        case .reciprocalRoot:
          try graph.replace(norm + "Sqrt", "Rsqrt", [norm + "Add"])
          try graph.replace(norm + "Div", "Mul", [norm + "Sub", norm + "Sqrt"])
        case .reciprocalRootFirst:
          try graph.replace(norm + "Sqrt", "Rsqrt", [norm + "Add"])
          try graph.replace(norm + "Div", "Mul", [norm + "Sqrt", norm + "Sub"])
        case .power: try graph.replace(norm + "Sqrt", "Pow", [norm + "Add", "half"])
        }
      }
    }
  }

  @Test func meansWithoutTheirAxisThatIsAddedAgain() throws {
    try expectSameNumbers { graph in
      graph.addConstant("last", TensorFlowTensorProto(integers: [-1], shape: []))
      for mean in graph.names(of: "Mean") {
        try graph.edit(mean) { $0.attr["keep_dims"] = .boolean(false) }
        try graph.insert("ExpandDims", behind: mean, ["last"])
      }
    }
  }

  @Test func meansOverAnAxisCountedFromTheFront() throws {
    try expectSameNumbers { graph in
      graph.addConstant("two", TensorFlowTensorProto(integers: [2], shape: [1]))
      // The head's norm has no axis of tokens.
      for mean in graph.names(of: "Mean") where mean.hasPrefix(EditableGraph.transformer) {
        try graph.edit(mean) { $0.input[1] = "two" }
      }
    }
  }

  @Test func withoutTheHeadsNorm() throws {
    var graph = try EditableGraph()
    try graph.edit("PartitionedCall/flatten/Reshape") { $0.input[0] = EditableGraph.transformer + "Div" }
    let converted = try Conversion.convert(graph.definition)
    let full = try FixtureGraph.version2.converted
    var expected = full.configuration
    expected.head?.normEpsilon = nil
    #expect(converted.configuration == expected)
    let missing = Set(full.tensors.keys).subtracting(converted.tensors.keys)
    #expect(missing == ["head.norm.scale", "head.norm.bias"])
    for (name, elements) in converted.tensors { #expect(elements == full.tensors[name], "\(name)") }
  }

  @Test func epsilonsAreRead() throws {
    var graph = try EditableGraph.sixBlocks()
    for norm in EditableGraph.norms {
      try graph.editConstant(behind: norm + "Constant_1") { $0 = TensorFlowTensorProto(2e-5) }
    }
    try graph.editConstant(behind: EditableGraph.transformer + "layernorm/Constant_1") {
      $0 = TensorFlowTensorProto(3e-4)
    }
    try graph.editConstant(behind: EditableGraph.body + "classifier/layernorm/Constant_1") {
      $0 = TensorFlowTensorProto(1e-5)
    }
    let configuration = try Conversion.convert(graph.definition).configuration
    #expect(configuration.blockNormEpsilon == 2e-5)
    #expect(configuration.head?.finalNormEpsilon == 3e-4)
    #expect(configuration.head?.normEpsilon == 1e-5)
  }
}

/// Norms with the scale folded into the deviation.
@Suite struct FoldedNormTests {
  enum Form: CaseIterable {
    /// `x * f + (bias - mean * f)`, as `tf.nn.batch_normalization` writes it.
    case folded
    /// The same with every product and sum the other way round, and moments behind a StopGradient.
    case foldedOtherWayRound
    /// `(x - mean) * f`.
    case centered
    /// `x * (scale / deviation) + ...`
    case quotient
  }

  @Test(arguments: Form.allCases) func factors(written: Form) throws {
    try expectSameNumbers { graph in
      for norm in EditableGraph.norms {
        let (input, mean) = (try graph.node(norm + "Sub").input[0], norm + "ReduceMean")
        let scale = try graph.biasInput(of: norm + "Mul")
        let bias = try graph.biasInput(of: norm + "Add_1")
        if written == .foldedOtherWayRound {
          graph.add(norm + "stopped", "StopGradient", [mean])
          try graph.replace(norm + "Pow", "SquaredDifference", [input, norm + "stopped"])
        }
        if written == .quotient {
          graph.add(norm + "factor", "RealDiv", [scale, norm + "Sqrt"])
        } else {
          try graph.replace(norm + "Sqrt", "Rsqrt", [norm + "Add"])
          let operands = [norm + "Sqrt", scale]
          graph.add(norm + "factor", "Mul", written == .folded ? operands : operands.reversed())
        }
        if written == .centered {
          try graph.replace(norm + "Mul", "Mul", [norm + "Sub", norm + "factor"])
          continue
        }
        let isTurned = written == .foldedOtherWayRound
        func ordered(_ a: String, _ b: String) -> [String] { isTurned ? [b, a] : [a, b] }
        try graph.replace(norm + "Mul", "Mul", ordered(input, norm + "factor"))
        graph.add(norm + "shift", "Mul", ordered(mean, norm + "factor"))
        graph.add(norm + "rest", "Sub", [bias, norm + "shift"])
        try graph.replace(norm + "Add_1", "AddV2", ordered(norm + "Mul", norm + "rest"))
      }
    }
  }

  /// Folded in one block only, with a mistake in it.
  @Test(arguments: ["mean", "factor", "difference", "variance"]) func mistakes(mistake: String) throws {
    try expectRefused(at: "block 5, norm before the attention") { graph in
      let norm = EditableGraph.block(5) + "layernorm_before/"
      let other = EditableGraph.block(4) + "layernorm_before/"
      let (input, mean) = (try graph.node(norm + "Sub").input[0], norm + "ReduceMean")
      let (scale, bias) = (try graph.biasInput(of: norm + "Mul"), try graph.biasInput(of: norm + "Add_1"))
      for prefix in [norm, other] {
        graph.add(prefix + "root", "Rsqrt", [prefix + "Add"])
        graph.add(prefix + "factor", "Mul", [prefix + "root", scale])
      }
      if mistake == "variance" { try graph.edit(norm + "Add") { $0.input[0] = other + "ReduceMean_1" } }
      graph.add(
        norm + "shift", "Mul",
        [mistake == "mean" ? other + "ReduceMean" : mean, (mistake == "factor" ? other : norm) + "factor"])
      graph.add(
        norm + "rest", "Sub", mistake == "difference" ? [norm + "shift", bias] : [bias, norm + "shift"])
      try graph.replace(norm + "Mul", "Mul", [input, norm + "factor"])
      try graph.replace(norm + "Add_1", "AddV2", [norm + "Mul", norm + "rest"])
    }
  }
}
