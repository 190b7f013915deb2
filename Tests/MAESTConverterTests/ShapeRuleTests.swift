import MAESTConverter
import Testing

/// What is said of shapes without running an operation, against what running it gives.
@Suite struct ShapeRuleTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var operation: String
    /// Shapes of the inputs that depend on the graph's input.
    var shapes: [[Int]]
    /// Constant inputs behind them, or in front of them.
    var constants: [ConstantTensor] = []
    var areFirst = false
    var attributes: [String: Attribute] = [:]
    var outputCount = 1

    var testDescription: String {
      "\(operation) \(shapes) \(constants.map(\.shape)) \(attributes.keys.sorted())"
    }
  }

  static let cases: [Case] =
    [
      Case(
        operation: "SplitV", shapes: [[2, 7]], constants: [integers([3, -1, 2]), integer(1)], outputCount: 3),
      Case(
        operation: "Split", shapes: [[4, 6]], constants: [integer(-1)], areFirst: true,
        attributes: ["num_split": .integer(3)], outputCount: 3),
      Case(
        operation: "Unpack", shapes: [[2, 3, 4]], attributes: ["axis": .integer(1), "num": .integer(3)],
        outputCount: 3),
      Case(operation: "Slice", shapes: [[4, 5]], constants: [integers([1, 2]), integers([-1, 2])]),
      Case(
        operation: "StridedSlice", shapes: [[5, 6, 7]],
        constants: [integers([1, 0, 3]), integers([0, 6, 0]), integers([1, 2, 1])],
        attributes: ["shrink_axis_mask": .integer(1), "new_axis_mask": .integer(4)]),
      Case(
        operation: "Einsum", shapes: [[2, 3, 4], [4, 5]], attributes: ["equation": .string("abc,cd->adb")]),
      Case(operation: "Tile", shapes: [[2, 3]], constants: [integers([2, 1])]),
      Case(operation: "BroadcastTo", shapes: [[3, 1]], constants: [integers([2, 3, 4])]),
      Case(operation: "Pack", shapes: [[2, 3], [2, 3]], attributes: ["axis": .integer(-1)]),
      Case(operation: "ConcatV2", shapes: [[2, 3], [2, 4]], constants: [integer(1)]),
      Case(operation: "Concat", shapes: [[2, 3], [1, 3]], constants: [integer(0)], areFirst: true),
      Case(operation: "Reshape", shapes: [[4, 6]], constants: [integers([3, -1])]),
      Case(operation: "Transpose", shapes: [[2, 3, 4]], constants: [integers([2, 0, 1])]),
      Case(operation: "ExpandDims", shapes: [[2, 3]], constants: [integer(-1)]),
      Case(operation: "Squeeze", shapes: [[1, 3, 1]], attributes: ["squeeze_dims": .integers([0])]),
      Case(operation: "GatherV2", shapes: [[4, 5]], constants: [integers([0, 2, 1], [3, 1]), integer(1)]),
      Case(operation: "Gather", shapes: [[4, 5]], constants: [integers([0, 2])]),
      Case(operation: "GatherNd", shapes: [[4, 5, 6]], constants: [integers([0, 1, 2, 3], [2, 2])]),
      Case(
        operation: "SelectV2", shapes: [[3, 1], [1, 4]], constants: [booleans([true], [1, 1])], areFirst: true
      ),
      Case(
        operation: "Select", shapes: [[3, 4], [3, 4]], constants: [booleans([true, false, true])],
        areFirst: true),
      Case(operation: "MatMul", shapes: [[2, 3], [4, 3]], attributes: ["transpose_b": .boolean(true)]),
      Case(operation: "MatMul", shapes: [[3, 2], [3, 4]], attributes: ["transpose_a": .boolean(true)]),
      Case(
        operation: "BatchMatMulV2", shapes: [[5, 1, 2, 3], [4, 5, 3]], attributes: ["adj_y": .boolean(true)]),
      Case(operation: "AddN", shapes: [[2, 3], [2, 3]]),
      Case(operation: "Softmax", shapes: [[2, 3]]),
    ]
    + ["Sum", "Mean", "Max", "Min", "Prod"].flatMap { operation in
      [true, false].map {
        Case(
          operation: operation, shapes: [[2, 3, 4]], constants: [integers([0, -1])],
          attributes: ["keep_dims": .boolean($0)])
      }
    }
    + ["NHWC", "NCHW"].map { format in
      Case(
        operation: "Conv2D", shapes: [format == "NHWC" ? [1, 9, 8, 2] : [1, 2, 9, 8], [3, 3, 2, 5]],
        attributes: [
          "strides": .integers(format == "NHWC" ? [1, 2, 1, 1] : [1, 1, 2, 1]), "padding": .string("VALID"),
          "data_format": .string(format),
        ])
    }
    + ["Sub", "RealDiv", "Pow", "Minimum", "SquaredDifference", "NotEqual", "LessEqual", "GreaterEqual"].map {
      Case(operation: $0, shapes: [[3, 1], [2, 1, 4]])
    }

  @Test(arguments: cases) func agreesWithTheResult(of test: Case) throws {
    var builder = GraphBuilder()
    var inputs: [String: ConstantTensor] = [:]
    let variables = test.shapes.enumerated().map { index, shape in
      inputs["x\(index)"] = counting(shape)
      return builder.placeholder("x\(index)", shape: shape)
    }
    let constants = test.constants.map { builder.constant($0) }
    let result = builder.add(
      test.operation, test.areFirst ? constants + variables : variables + constants, test.attributes)
    let outputs = (0..<test.outputCount).map(result.output)
    let folded = FoldedGraph(builder.graph)
    let found = try GraphInterpreter(builder.graph, context: .folding).run(inputs: inputs, outputs: outputs)
    #expect(outputs.map(folded.shape) == found.map(\.shape))
    #expect(!folded.isConstant(result))
  }

  @Test(arguments: ["Fill", "SparseToDense"]) func shapesThatAConstantNames(operation: String) throws {
    var builder = GraphBuilder()
    let x = builder.placeholder("x", shape: [])
    let shape = builder.constant(integers([2, 3]))
    let result =
      operation == "Fill"
      ? builder.add("Fill", [shape, x])
      : builder.add("SparseToDense", [builder.constant(integers([0, 1], [1, 2])), shape, x, x])
    #expect(FoldedGraph(builder.graph).shape(of: result) == [2, 3])
  }

  /// Inputs that do not fit, or are not known: there is no shape, and no trap.
  @Test func shapesThatCannotBeTold() {
    for test in Self.cases {
      var builder = GraphBuilder()
      let unknown = builder.add("Mystery")
      let x = builder.placeholder("x", shape: [2, 3, 5, 7, 11])
      var results = [builder.add(test.operation), builder.add(test.operation, [unknown], test.attributes)]
      results.append(builder.add(test.operation, Array(repeating: unknown, count: 4), test.attributes))
      let many = builder.constant(integers([1 << 40, 1 << 40, 1 << 40], type: .int64))
      results.append(builder.add(test.operation, [x, many, many, many], test.attributes))
      let folded = FoldedGraph(builder.graph)
      for result in results.dropLast() { #expect(folded.shape(of: result) == nil, "\(test.operation)") }
      let last = folded.shape(of: results[3])
      #expect(last == nil || last?.reduce(1, *) ?? 0 < 1 << 40, "\(test.operation) \(last ?? [])")
    }
  }
}

extension GraphBuilder {
  fileprivate mutating func add(
    _ operation: String, _ inputs: [Value], _ attributes: [String: Attribute]
  ) -> Value {
    add(operation, inputs, named: nil, attributes)
  }
}
