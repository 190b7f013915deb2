import MAESTConverter
import Testing

/// Calls that do not end, or grow without end: refused at once.
@Suite struct HostileCallTests {
  private func error(
    sourceLocation: SourceLocation = #_sourceLocation, _ build: (inout EditableGraph) -> Void
  ) -> ConversionError? {
    var graph = EditableGraph.empty
    graph.addConstant("x", TensorFlowTensorProto(1))
    graph.addConstant("true", TensorFlowTensorProto(.dtBool, []))
    build(&graph)
    return #expect(throws: ConversionError.self, sourceLocation: sourceLocation) {
      try Conversion.convert(graph.definition, sourceLocation: sourceLocation)
    }
  }

  // MARK: - Recursion

  @Test func aFunctionThatCallsItself() {
    let byCall = error { graph in
      graph.addFunction("f") { $0.addCall("inner", of: "f") }
      graph.addCall("call", of: "f")
    }
    #expect(byCall == .recursiveCall(function: "f"))
    let byName = error { graph in
      graph.addFunction("f") { $0.add("inner", "f", []) }
      graph.add("call", "f", [])
    }
    #expect(byName == .recursiveCall(function: "f"))
  }

  @Test func functionsInACircle() {
    let error = error { graph in
      for index in 0..<30 {
        graph.addFunction("f\(index)") { $0.addCall("inner", of: "f\((index + 1) % 30)") }
      }
      graph.addCall("call", of: "f5")
    }
    #expect(error == .recursiveCall(function: "f5"))
  }

  @Test func aBranchThatCallsItsFunction() {
    let error = error { graph in
      graph.addFunction("f", arguments: ["a"], results: ["r": "if:output:0"]) { body in
        body.add(
          "if", "If", ["a", "a"], ["then_branch": .function("f"), "else_branch": .function("g")])
      }
      graph.addFunction("g", arguments: ["a"], results: ["r": "a"])
      graph.addCall("call", of: "f", ["true"])
    }
    #expect(error == .recursiveCall(function: "f"))
  }

  @Test func aFunctionThatNobodyCallsMayCallItself() throws {
    var graph = EditableGraph(definition: try EditableGraph.small.get())
    graph.addFunction("f") { $0.addCall("inner", of: "f") }
    #expect(try Conversion.convert(graph.definition).configuration.blockCount == 1)
  }

  // MARK: - Growth

  /// 2^40 nodes, were they all written out.
  @Test(arguments: [false, true])
  func aTreeOfCalls(hasNodes: Bool) {
    let error = error { graph in
      for depth in 0..<40 {
        graph.addFunction("f\(depth)") { body in
          if hasNodes { body.add("n", "NoOp", []) }
          body.addCall("left", of: "f\(depth + 1)")
          body.addCall("right", of: "f\(depth + 1)")
        }
      }
      graph.addFunction("f40") { $0.add("leaf", "NoOp", []) }
      graph.addCall("call", of: "f0")
    }
    #expect(error == .tooLarge(limit: 1 << 16))
  }

  @Test func aTreeOfBranches() {
    let error = error { graph in
      for depth in 0..<40 {
        graph.addFunction("f\(depth)", arguments: ["a"], results: ["r": "if:output:0"]) { body in
          let branch = TensorFlowAttrValue.function("f\(depth + 1)")
          body.add("if", "StatelessIf", ["a", "a"], ["then_branch": branch, "else_branch": branch])
        }
      }
      graph.addFunction("f40", arguments: ["a"], results: ["r": "a"])
      graph.addCall("call", of: "f0", ["true"])
    }
    #expect(error == .tooLarge(limit: 1 << 16))
  }

  @Test func tenThousandCallsDeep() {
    let error = error { graph in
      graph.definition.library.function = (0..<10_000).map { depth in
        EditableGraph.function("f\(depth)") { $0.addCall("inner", of: "f\(depth + 1)") }
      }
      graph.addFunction("f10000") { $0.add("leaf", "NoOp", []) }
      graph.addCall("call", of: "f0")
    }
    guard case .recursiveCall? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// Each call's input is the output of the one before it.
  @Test func aLongRowOfCalls() {
    let error = error { graph in
      graph.addFunction("f", arguments: ["a"], results: ["r": "a"])
      graph.addCall("c0", of: "f", ["x"])
      for index in 1..<20_000 { graph.addCall("c\(index)", of: "f", ["c\(index - 1)"]) }
    }
    #expect(error == .noInput(found: []))
  }

  /// A body with one long list of numbers is read once, however often it is called.
  @Test func manyCallsOfALargeBody() {
    let error = error { graph in
      graph.addFunction("f") { body in
        var tensor = TensorFlowTensorProto(.dtFloat, [1 << 20])
        tensor.floatVal = [1]
        body.addConstant("large", tensor)
      }
      for index in 0..<10_000 { graph.addCall("c\(index)", of: "f") }
    }
    #expect(error == .noInput(found: []))
  }

  @Test func longNamesInManyCalls() {
    let name = String(repeating: "long", count: 250)
    let error = error { graph in
      graph.addFunction("f") { body in
        for index in 0..<100 { body.add(name + "\(index)", "NoOp", []) }
      }
      for index in 0..<100 { graph.addCall(name + "\(index)", of: "f") }
    }
    #expect(error == .noInput(found: []))
  }

  // MARK: - Arguments and results

  @Test func aCallThatIsItsOwnArgument() {
    let own = error { graph in
      graph.addFunction("f", arguments: ["a"], results: ["r": "a"])
      graph.addCall("call", of: "f", ["call"])
    }
    #expect(own == .cyclic(node: "call"))
    let pair = error { graph in
      graph.addFunction("f", arguments: ["a", "b"], results: ["r": "b", "s": "a"])
      graph.addCall("left", of: "f", ["right", "right:1"])
      graph.addCall("right", of: "f", ["left", "left:1"])
    }
    guard case .cyclic? = pair else {
      Issue.record("\(String(describing: pair))")
      return
    }
  }

  @Test func aCallThatIsItsOwnArgumentThroughANode() {
    let error = error { graph in
      graph.addFunction("f", arguments: ["a"], results: ["r": "n:output:0"]) { body in
        body.add("n", "Identity", ["a"])
      }
      graph.addCall("call", of: "f", ["call"])
    }
    #expect(error == .cyclic(node: "call/n"))
  }

  @Test func wrongNumbersOfArguments() {
    for inputs in [[], ["x", "x"]] {
      let error = error { graph in
        graph.addFunction("f", arguments: ["a"], results: ["r": "a"])
        graph.addCall("call", of: "f", inputs)
      }
      #expect(
        error
          == .badOperation(
            node: "call", operation: "PartitionedCall",
            reason: "\(inputs.count) inputs for the 1 arguments of 'f'"))
    }
  }

  @Test func missingFunctionsAndResults() {
    let missing = error { $0.addCall("call", of: "nothing") }
    #expect(missing == .danglingReference(node: "call", reference: "nothing"))
    let nameless = error { $0.add("call", "StatefulPartitionedCall", []) }
    #expect(nameless == .danglingReference(node: "call", reference: ""))
    let result = error { graph in
      graph.addFunction("f", results: ["r": "nothing:output:0"])
      graph.addCall("call", of: "f")
    }
    #expect(result == .danglingReference(node: "call", reference: "nothing:output:0"))
    let unset = error { graph in
      graph.addFunction("f", results: ["r": "x"])
      graph.definition.library.function[0].ret = [:]
      graph.addCall("call", of: "f")
    }
    #expect(unset == .danglingReference(node: "call/r", reference: "its return value"))
    let condition = error { $0.add("if", "If", []) }
    #expect(condition == .danglingReference(node: "if", reference: "its condition"))
    let branch = error { $0.add("if", "If", ["true"]) }
    #expect(branch == .danglingReference(node: "if", reference: ""))
  }

  /// The body's names are its own: those of the caller do not reach into it.
  @Test func namesOfTheCaller() {
    let error = error { graph in
      graph.addFunction("f", results: ["r": "x:output:0"])
      graph.addCall("call", of: "f")
    }
    #expect(error == .danglingReference(node: "call", reference: "x:output:0"))
  }
}
