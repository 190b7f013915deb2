import MAESTConverter
import Testing

/// Expressions of constants that would take any amount of time or memory, or that make no sense: they are left
/// alone or refused, and the graph is no MAEST.
@Suite struct HostileExpressionTests {
  /// Expects a graph with an input, a few numbers to build with, and what `build` adds, to be no MAEST.
  private func expectNoMAEST(
    sourceLocation: SourceLocation = #_sourceLocation, _ build: (inout EditableGraph) -> Void
  ) {
    var graph = EditableGraph.empty
    graph.add("input", "Placeholder", [], ["shape": .shape([1, 20, 20])])
    for (name, number) in [("zero", 0), ("one", 1), ("two", 2), ("many", .max), ("minus one", -1)]
      as [(String, Int64)]
    {
      var scalar = TensorFlowTensorProto(.dtInt64, [])
      scalar.int64Val = [number]
      graph.addConstant(name, scalar)
      var list = TensorFlowTensorProto(.dtInt64, [1])
      list.int64Val = [number]
      graph.addConstant("[\(name)]", list)
    }
    var empty = TensorFlowTensorProto(.dtInt64, [3])
    empty.int64Val = [0, .max, .max]
    graph.addConstant("[zero, many, many]", empty)
    graph.addConstant(
      "true",
      {
        var tensor = TensorFlowTensorProto(.dtBool, [])
        tensor.boolVal = [true]
        return tensor
      }())
    build(&graph)
    // Everything that was added takes part in what looks like logits.
    graph.add("product", "Mul", ["input", graph.definition.node.last?.name ?? ""])
    graph.add("activations", "Sigmoid", ["product"])
    #expect(throws: ConversionError.self, sourceLocation: sourceLocation) {
      try Conversion.convert(graph.definition, sourceLocation: sourceLocation)
    }
  }

  @Test func doublingWithoutEnd() {
    expectNoMAEST { graph in
      var large = TensorFlowTensorProto(.dtFloat, [5000])
      large.floatVal = [1]
      graph.addConstant("sum0", large)
      for index in 1...60 { graph.add("sum\(index)", "Add", ["sum\(index - 1)", "sum\(index - 1)"]) }
    }
    expectNoMAEST { graph in
      graph.add("joined0", "ConcatV2", ["[one]", "[one]", "zero"])
      for index in 1...60 {
        graph.add("joined\(index)", "ConcatV2", ["joined\(index - 1)", "joined\(index - 1)", "zero"])
      }
    }
  }

  @Test func manyLargeResultsOfSmallInputs() {
    expectNoMAEST { graph in
      graph.addConstant("size", TensorFlowTensorProto(integers: [1 << 22], shape: [1]))
      for index in 0..<2000 { graph.add("filled\(index)", "Fill", ["size", "one"]) }
    }
    expectNoMAEST { graph in
      graph.addConstant("size", TensorFlowTensorProto(integers: [1 << 22], shape: []))
      graph.addConstant("start", TensorFlowTensorProto(integers: [0], shape: []))
      graph.addConstant("step", TensorFlowTensorProto(integers: [1], shape: []))
      for index in 0..<2000 { graph.add("range\(index)", "Range", ["start", "size", "step"]) }
    }
  }

  @Test(arguments: ["[many]", "[minus one]", "[zero]", "many"])
  func sizes(operand: String) {
    expectNoMAEST { $0.add("x", "Tile", ["[one]", operand]) }
    expectNoMAEST { $0.add("x", "Fill", [operand, "one"]) }
    expectNoMAEST { $0.add("x", "Reshape", ["[one]", operand]) }
    expectNoMAEST { $0.add("x", "BroadcastTo", ["one", operand]) }
    expectNoMAEST { $0.add("x", "Range", ["zero", operand, "one"]) }
    expectNoMAEST { $0.add("x", "Range", [operand, "zero", operand]) }
    expectNoMAEST { $0.add("x", "ExpandDims", ["[one]", operand]) }
    expectNoMAEST { $0.add("x", "Transpose", ["[one]", operand]) }
    expectNoMAEST { $0.add("x", "GatherV2", ["[one]", operand, "zero"]) }
    expectNoMAEST { $0.add("x", "GatherV2", ["[one]", "[zero]", operand]) }
    expectNoMAEST { $0.add("x", "GatherNd", ["[one]", operand]) }
    expectNoMAEST { $0.add("x", "SparseToDense", [operand, operand, "one", "zero"]) }
    expectNoMAEST { $0.add("x", "Slice", ["[one]", operand, operand]) }
    expectNoMAEST { $0.add("x", "StridedSlice", ["[one]", operand, operand, operand]) }
    expectNoMAEST { $0.add("x", "Mean", ["input", operand]) }
    expectNoMAEST { $0.add("x", "Sum", ["[one]", operand]) }
    expectNoMAEST { $0.add("x", "FloorDiv", ["many", operand]) }
    expectNoMAEST { $0.add("x", "FloorMod", ["many", operand]) }
    expectNoMAEST { $0.add("x", "Pow", ["many", operand]) }
    expectNoMAEST { $0.add("x", "ConcatV2", ["[one]", "[two]", operand]) }
  }

  @Test func emptyTensorsOfHugeSizes() {
    for operation in ["Shape", "Neg", "Size", "Where"] {
      expectNoMAEST { graph in
        graph.add("empty", "Fill", ["[zero, many, many]", "one"])
        graph.add("x", operation, ["empty"])
      }
      expectNoMAEST { graph in
        graph.add("none", "Fill", ["[zero]", "one"])
        graph.add("empty", "Reshape", ["none", "[zero, many, many]"])
        graph.add("x", operation, ["empty"])
      }
    }
    expectNoMAEST { graph in
      graph.add("none", "Fill", ["[zero]", "one"])
      graph.add("x", "Split", ["zero", "none"], ["num_split": .integer(1_000_000_000)])
    }
  }

  @Test(arguments: [-1, 0, 1, 3, .max, .min])
  func counts(number: Int) {
    expectNoMAEST { $0.add("x", "Split", ["zero", "[one]"], ["num_split": .integer(number)]) }
    expectNoMAEST { $0.add("x", "Unpack", ["[one]"], ["num": .integer(number), "axis": .integer(number)]) }
    expectNoMAEST { $0.add("x", "Pack", ["one", "two"], ["axis": .integer(number)]) }
    expectNoMAEST { $0.add("x", "Squeeze", ["[one]"], ["squeeze_dims": .integers([number])]) }
    expectNoMAEST {
      $0.add("x", "GatherV2", ["[one]", "[zero]", "zero"], ["batch_dims": .integer(number)])
    }
    expectNoMAEST {
      $0.add(
        "x", "StridedSlice", ["[one]", "[zero]", "[one]", "[one]"],
        [
          "begin_mask": .integer(number), "ellipsis_mask": .integer(number),
          "new_axis_mask": .integer(number),
          "shrink_axis_mask": .integer(number),
        ])
    }
  }

  @Test func branchesWithoutAnEnd() {
    expectNoMAEST { graph in
      graph.add("switch", "Switch", ["one"])
      graph.add("x", "Merge", ["switch", "switch:1"])
    }
    expectNoMAEST { $0.add("x", "Merge", []) }
    expectNoMAEST { graph in
      graph.add("switch", "Switch", ["input", "input"])
      graph.add("x", "Merge", ["switch:1"])
    }
    expectNoMAEST { graph in
      graph.add("merge0", "Switch", ["one", "true"])
      for index in 1...5000 {
        graph.add("switch\(index)", "Switch", ["merge\(index - 1)", "true"])
        graph.add("merge\(index)", "Merge", ["switch\(index)", "switch\(index):1"])
      }
    }
  }

  @Test func operationsWithoutInputs() {
    for operation in [
      "Reshape", "Transpose", "Mul", "Squeeze", "ConcatV2", "Cast", "Softmax", "Identity", "IdentityN",
    ] {
      expectNoMAEST { $0.add("x", operation, []) }
      expectNoMAEST { $0.add("x", operation, ["input"]) }
      expectNoMAEST { $0.add("x", operation, ["one"]) }
    }
  }
}
