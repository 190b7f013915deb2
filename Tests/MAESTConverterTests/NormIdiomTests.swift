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
