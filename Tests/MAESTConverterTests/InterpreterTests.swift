import MAESTConverter
import Testing

@Suite struct InterpreterTests {
  private func run(
    _ builder: GraphBuilder, _ inputs: [String: ConstantTensor] = [:], _ outputs: [Value],
    progress: GraphInterpreter.Progress? = nil
  ) throws(ConversionError) -> [ConstantTensor] {
    try GraphInterpreter(builder.graph, context: .folding).run(
      inputs: inputs, outputs: outputs, progress: progress)
  }

  /// The error for a bad operation at `node`, whose reason has `mention`.
  private func expectFailure(
    at node: String, mentions mention: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws(ConversionError) -> [ConstantTensor]
  ) {
    do {
      let outputs = try body()
      Issue.record("gave shapes \(outputs.map(\.shape))", sourceLocation: sourceLocation)
    } catch {
      guard case .badOperation(node, _, let reason) = error, reason.contains(mention) else {
        Issue.record("\(error), expected '\(mention)' at \(node)", sourceLocation: sourceLocation)
        return
      }
    }
  }

  @Test func runsFromInputsToOutputs() throws {
    var graph = GraphBuilder()
    let x = graph.placeholder("x", shape: [nil, 2])
    let parts = graph.add("Unpack", [x], ["axis": .integer(1)])
    let sum = graph.add("AddV2", [parts, parts.output(1)])
    let twice = graph.add("Mul", [sum, graph.constant(floats([2], []))])
    let outputs = try run(graph, ["x": counting([3, 2])], [twice, sum, x, sum])
    #expect(outputs.map(\.floats) == [[2, 10, 18], [1, 5, 9], [0, 1, 2, 3, 4, 5], [1, 5, 9]])
    #expect(outputs.map(\.shape) == [[3], [3], [3, 2], [3]])
  }

  @Test func outputsByName() throws {
    var graph = GraphBuilder()
    _ = graph.add("Neg", [graph.placeholder("x")], named: "negative")
    let interpreter = GraphInterpreter(graph.graph, context: .folding)
    let outputs = try interpreter.run(inputs: ["x": floats([3])], outputs: ["negative"])
    #expect(outputs.map(\.floats) == [[-3]])
    #expect(throws: ConversionError.danglingReference(node: "outputs", reference: "positive")) {
      try interpreter.run(inputs: [:], outputs: ["positive"])
    }
  }

  @Test func leavesAloneWhatNobodyNeeds() throws {
    var graph = GraphBuilder()
    let x = graph.placeholder("x")
    _ = graph.add("Unheard", [x])
    _ = graph.add("Neg", [graph.placeholder("unused")])
    var steps: [(Int, Int)] = []
    let negative = graph.add("Neg", [x])
    let outputs = try run(graph, ["x": floats([1])], [negative]) { steps.append(($0, $1)) }
    #expect(outputs.map(\.floats) == [[-1]])
    #expect(steps.map(\.0) == [1, 2] && steps.allSatisfy { $0.1 == 2 })
  }

  @Test func branchesThatAreNotTakenAreNotRun() throws {
    for (flag, expected) in [(true, Float(-5)), (false, 25)] {
      var graph = GraphBuilder()
      let x = graph.placeholder("x")
      let condition = graph.add(
        "Greater", [graph.constant(floats([flag ? 1 : -1], [])), graph.constant(floats([0], []))])
      // Each branch fails where it should not run.
      let shape = graph.constant(integers(flag ? [1] : [7]))
      let otherShape = graph.constant(integers(flag ? [7] : [1]))
      let then = graph.add("Neg", [graph.add("Reshape", [x, shape])])
      let otherwise = graph.add("Square", [graph.add("Reshape", [x, otherShape])])
      let chosen = graph.add("SelectBranch", [condition, then, otherwise])
      #expect(try run(graph, ["x": floats([5])], [chosen]).map(\.floats) == [[expected]])
    }
  }

  @Test func switchesAndMerges() throws {
    for flag in [true, false] {
      var graph = GraphBuilder()
      let x = graph.placeholder("x")
      let flagValue = graph.add("GreaterEqual", [x, graph.constant(floats([0]))])
      let side = graph.add("Switch", [x, graph.add("All", [flagValue, graph.constant(integers([0]))])])
      let negative = graph.add("Neg", [graph.add("Reshape", [side, graph.constant(integers([1]))])])
      let positive = graph.add("Square", [side.output(1)])
      let merged = graph.add("Merge", [negative, positive])
      let outputs = try run(graph, ["x": floats([flag ? 3 : -4])], [merged, merged.output(1)])
      #expect(outputs[0].floats == (flag ? [9] : [4]))
      #expect(outputs[1].integers == (flag ? [1] : [0]))
      let dead = flag ? negative : positive
      expectFailure(at: graph.graph.nodes[dead.node].name, mentions: "not taken") {
        () throws(ConversionError) in
        try run(graph, ["x": floats([flag ? 3 : -4])], [dead])
      }
    }
  }

  /// A dead value may be the last of several inputs, and go through operations with several outputs.
  @Test func deadValuesSpread() throws {
    var graph = GraphBuilder()
    let x = graph.placeholder("x")
    let side = graph.add("Switch", [x, graph.constant(booleans([false], []))])
    let sum = graph.add("AddV2", [x, side.output(1)])
    let parts = graph.add("Split", [graph.constant(integer(0)), sum], ["num_split": .integer(2)])
    let inner = graph.add("Switch", [parts.output(1), graph.constant(booleans([true], []))])
    let merged = graph.add("Merge", [inner.output(1), side, inner])
    #expect(try run(graph, ["x": floats([1, 2])], [merged]).map(\.floats) == [[1, 2]])
  }

  @Test func mergesOfSeveralOrNoValues() {
    var graph = GraphBuilder()
    let x = graph.constant(floats([1]))
    let both = graph.add("Merge", [x, x], named: "both")
    expectFailure(at: "both", mentions: "2 of its inputs") { () throws(ConversionError) in
      try run(graph, [both])
    }
    let side = graph.add("Switch", [x, graph.constant(booleans([true], []))])
    let none = graph.add("Merge", [side, side], named: "none")
    expectFailure(at: "none", mentions: "not taken") { () throws(ConversionError) in try run(graph, [none]) }
  }

  private func run(_ builder: GraphBuilder, _ outputs: [Value]) throws(ConversionError) -> [ConstantTensor] {
    try run(builder, [:], outputs)
  }

  @Test func defaultsOfPlaceholders() throws {
    var graph = GraphBuilder()
    let value = graph.add("PlaceholderWithDefault", [graph.constant(floats([4]))], named: "x")
    #expect(try run(graph, [value]).map(\.floats) == [[4]])
    #expect(try run(graph, ["x": floats([5])], [value]).map(\.floats) == [[5]])
  }

  @Test func wrongInputs() {
    var graph = GraphBuilder()
    let x = graph.placeholder("x", shape: [nil, 2])
    let outputs = [graph.add("Neg", [x])]
    expectFailure(at: "x", mentions: "no value") { () throws(ConversionError) in try run(graph, outputs) }
    expectFailure(at: "x", mentions: "expected [any, 2]") { () throws(ConversionError) in
      try run(graph, ["x": counting([2, 3])], outputs)
    }
    expectFailure(at: "x", mentions: "[2]") { () throws(ConversionError) in
      try run(graph, ["x": counting([2])], outputs)
    }
    expectFailure(at: "x", mentions: "int32") { () throws(ConversionError) in
      try run(graph, ["x": integers([1, 2], [1, 2])], outputs)
    }
    #expect(throws: ConversionError.danglingReference(node: "inputs", reference: "y")) {
      try run(graph, ["x": counting([1, 2]), "y": counting([1])], outputs)
    }
  }

  @Test func wrongGraphs() {
    var graph = GraphBuilder()
    let x = graph.constant(floats([1]))
    let missing = graph.add("Neg", [x.output(3)], named: "missing")
    expectFailure(at: "missing", mentions: "output 3") { () throws(ConversionError) in
      try run(graph, [missing])
    }
    let unsupported = graph.add("Unheard", [x], named: "unsupported")
    expectFailure(at: "unsupported", mentions: "not supported") { () throws(ConversionError) in
      try run(graph, [unsupported])
    }
    let condition = graph.add("SelectBranch", [x, x, x], named: "condition")
    expectFailure(at: "condition", mentions: "one truth value") { () throws(ConversionError) in
      try run(graph, [condition])
    }
    let single = graph.add("Switch", [x], named: "single")
    expectFailure(at: "single", mentions: "truth value") { () throws(ConversionError) in
      try run(graph, [single])
    }
    #expect(throws: ConversionError.danglingReference(node: "outputs", reference: "node 999")) {
      try run(graph, [Value(node: 999)])
    }
    let loop = graph.add("Neg", [Value(node: 100)], named: "loop")
    #expect(throws: ConversionError.cyclic(node: "loop")) { try run(graph, [loop]) }
  }

  /// No recursion: a chain that is deeper than any stack.
  @Test func longChains() throws {
    var graph = GraphBuilder()
    var value = graph.placeholder("x")
    for _ in 0..<200_000 { value = graph.add("Neg", [value]) }
    #expect(try run(graph, ["x": floats([1])], [value]).map(\.floats) == [[1]])
  }

  /// A chain of sums doubles its value at each step, and is worked out once, not once for every path.
  @Test func sharedValuesAreWorkedOutOnce() throws {
    var graph = GraphBuilder()
    var value = graph.placeholder("x")
    for _ in 0..<60 { value = graph.add("AddV2", [value, value]) }
    var count = 0
    let outputs = try run(graph, ["x": floats([1])], [value]) { _, _ in count += 1 }
    #expect(outputs.map(\.floats) == [[0x1p60]])
    #expect(count == 61)
  }
}
