import Foundation
import MAESTConverter
import MAESTWeights
import Testing

/// Graphs whose nodes do not fit together: a typed error, no crash and no hang.
@Suite struct HostileGraphTests {
  private func error(
    sourceLocation: SourceLocation = #_sourceLocation, _ build: (inout EditableGraph) throws -> Void
  ) rethrows -> ConversionError? {
    var graph = EditableGraph.empty
    try build(&graph)
    return #expect(throws: ConversionError.self, sourceLocation: sourceLocation) {
      try Conversion.convert(graph.definition, sourceLocation: sourceLocation)
    }
  }

  // MARK: - References

  @Test func twoNodesOfOneName() throws {
    let top = error { graph in
      graph.addConstant("x", TensorFlowTensorProto(1))
      graph.addConstant("x", TensorFlowTensorProto(1))
    }
    #expect(top == .duplicateName("x"))
    let body = error { graph in
      graph.addFunction("f") { body in
        body.addConstant("x", TensorFlowTensorProto(1))
        body.add("x", "NoOp", [])
      }
      graph.addCall("call", of: "f")
    }
    #expect(body == .duplicateName("call/x"))
    let functions = error { graph in
      graph.addFunction("f")
      graph.addFunction("f")
      graph.add("x", "NoOp", [])
    }
    #expect(functions == .duplicateName("f"))
  }

  @Test func namelessNodes() {
    for (name, operation) in [("", "NoOp"), ("x", "")] {
      let error = error { $0.add(name, operation, []) }
      guard case .notAGraph? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test(arguments: [
    "nothing", "x:1", "x:-1", "x:one", "x:", "x:99999999999999999999", "x:9223372036854775807", "x:output:1",
    "x:0:0:0", ":0", "", "x:0:", "split:2", "split:output:2", "switch:2", "switch:output_true:1",
    "switch:output_true:9223372036854775807", "call:1", "call:r:0", "call:0:1", "if:1",
    "if:9223372036854775807",
  ])
  func danglingReferences(reference: String) {
    let error = error { graph in
      graph.addConstant("x", TensorFlowTensorProto(1))
      graph.addConstant("true", TensorFlowTensorProto(.dtBool, []))
      graph.add("split", "Split", ["x", "x"], ["num_split": .integer(2)])
      graph.add("switch", "Switch", ["x", "true"])
      graph.addFunction("f", arguments: ["a"], results: ["r": "a"])
      graph.add("call", "f", ["x"])
      graph.add(
        "if", "If", ["true", "x"], ["then_branch": .function("f"), "else_branch": .function("f")])
      graph.add("user", "Identity", [reference])
    }
    // A call by its function's name has outputs by their names.
    guard reference != "call:r:0" else {
      guard case .noInput? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      return
    }
    #expect(error == .danglingReference(node: "user", reference: reference))
  }

  @Test func controlInputsAreNotFollowed() throws {
    var graph = EditableGraph(definition: try EditableGraph.small.get())
    for index in graph.definition.node.indices {
      graph.definition.node[index].input += ["^nothing", "^", "^" + graph.definition.node[index].name]
    }
    expectSame(try Conversion.convert(graph.definition), try Converted.small.get())
  }

  // MARK: - Loops and chains

  @Test(arguments: [1, 2, 3, 30_000])
  func loops(length: Int) {
    let error = error { graph in
      for index in 0..<length { graph.add("n\(index)", "Identity", ["n\((index + 1) % length)"]) }
    }
    guard case .cyclic(let node)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(node.hasPrefix("n"))
  }

  @Test func aLoopOfTheNetwork() throws {
    var graph = try EditableGraph()
    try graph.edit(EditableGraph.block(3) + "Add") { $0.input[1] = EditableGraph.block(7) + "Add_1" }
    let error = #expect(throws: ConversionError.self) { try Conversion.convert(graph.definition) }
    guard case .cyclic? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// Long chains are followed without recursion, and many ends of one chain do not multiply its length.
  @Test(arguments: ["Identity", "Neg", "Mul", "Reshape", "Transpose", "Softmax", "Mystery"])
  func longChains(operation: String) {
    let length = 10_000
    let error = error { graph in
      graph.add("n0", "Placeholder", [], ["dtype": .type(.dtFloat), "shape": .shape([1, 20, 20])])
      graph.addConstant("one", TensorFlowTensorProto(1))
      graph.addConstant("same", TensorFlowTensorProto(integers: [1, 20, 20], shape: [3]))
      graph.addConstant("order", TensorFlowTensorProto(integers: [0, 1, 2], shape: [3]))
      let second = ["Mul": ["one"], "Reshape": ["same"], "Transpose": ["order"]][operation] ?? []
      for index in 1...length { graph.add("n\(index)", operation, ["n\(index - 1)"] + second) }
      for index in 0..<length { graph.add("s\(index)", "Sigmoid", ["n\(length)"]) }
    }
    guard case .unrecognized(let place, _, _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(["head", "patch embedding or block 1"].contains(place))
  }

  @Test func moreNodesThanAnyGraphHas() {
    let error = error { graph in
      graph.addConstant("x", TensorFlowTensorProto(1))
      graph.add("wide", "IdentityN", Array(repeating: "x", count: 1 << 16))
    }
    #expect(error == .tooLarge(limit: 1 << 16))
  }

  // MARK: - Every node of a small graph

  /// Expects a changed graph to be refused, or to give the same model as before.
  private func expectRefusedOrSame(_ definition: TensorFlowGraphDef, _ what: String) throws {
    do {
      let converted = try Conversion.convert(definition)
      let expected = try Converted.small.get()
      #expect(converted.configuration == expected.configuration, "\(what)")
      #expect(converted.tensors == expected.tensors, "\(what)")
    } catch is ConversionError {}
  }

  @Test func missingAttributes() throws {
    let original = try EditableGraph.small.get()
    var count = 0
    for (index, node) in original.node.enumerated() {
      for key in node.attr.keys.sorted() {
        var graph = original
        graph.node[index].attr[key] = nil
        try expectRefusedOrSame(graph, "\(node.op) without \(key)")
        count += 1
      }
    }
    #expect(count > 150)
  }

  @Test func attributesOfAnotherKind() throws {
    let original = try EditableGraph.small.get()
    let others: [TensorFlowAttrValue] = [
      .integer(.min), .boolean(true), .text("\u{0}"), .type(.dtString), .shape([]), .integers([.max, .min]),
      .function("f"), .tensor(TensorFlowTensorProto(1)), TensorFlowAttrValue(),
    ]
    for (index, node) in original.node.enumerated() {
      for (position, key) in node.attr.keys.sorted().enumerated() {
        var graph = original
        graph.node[index].attr[key] = others[(index + position) % others.count]
        try expectRefusedOrSame(graph, "\(node.op) with another \(key)")
      }
    }
  }

  @Test func missingInputs() throws {
    let original = try EditableGraph.small.get()
    for (index, node) in original.node.enumerated() where !node.input.isEmpty {
      var graph = original
      graph.node[index].input.remove(at: index % node.input.count)
      try expectRefusedOrSame(graph, "\(node.op) with an input less")
      graph.node[index].input = []
      try expectRefusedOrSame(graph, "\(node.op) without inputs")
    }
  }

  @Test func inputsThatAreOthers() throws {
    let original = try EditableGraph.small.get()
    for (index, node) in original.node.enumerated() where !node.input.isEmpty {
      var graph = original
      let position = index % node.input.count
      graph.node[index].input[position] = original.node[(index * 7919) % original.node.count].name
      do { _ = try Conversion.convert(graph) } catch is ConversionError {}
      graph.node[index].input = node.input + node.input
      try expectRefusedOrSame(graph, "\(node.op) with more inputs")
    }
  }

  @Test func unknownOperations() throws {
    let original = try EditableGraph.small.get()
    for (index, node) in original.node.enumerated() {
      var graph = original
      graph.node[index].op = "Mystery"
      try expectRefusedOrSame(graph, "\(node.op) unknown")
    }
  }
}
