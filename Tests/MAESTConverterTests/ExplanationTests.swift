import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport
import Testing

/// What a conversion tells of itself.
@Suite struct ExplanationTests {
  private func explanation(_ graph: EditableGraph) throws -> ConversionExplanation {
    try Conversion.convert(graph.definition).report.explanation
  }

  private func part(_ name: String, of explanation: ConversionExplanation) throws
    -> ConversionExplanation.Part
  {
    try #require(explanation.parts.first { $0.name == name }, "\(explanation.parts.map(\.name))")
  }

  @Test func theOriginalForm() throws {
    let found = try explanation(try EditableGraph.original.get())
    let attention = EditableGraph.fusedAttention(2)
    let keys = try part("block 2, keys", of: found)
    #expect(keys.form == "part 2 of 3 of a fused layer")
    #expect(keys.nodes == [attention + "qkv/MatMul", attention + "qkv/Add"])
    #expect(keys.constants.map(\.shape) == [[24, 72], [72]])
    #expect(keys.parameters == ["blocks.1.attention.key.weight", "blocks.1.attention.key.bias"])
    let scores = try part("block 2, attention", of: found)
    #expect(scores.form.hasPrefix("3 heads of 8, scale 0.3535") && scores.form.hasSuffix("on the product"))
    #expect(scores.nodes == [attention + "Softmax"])
    let position = try part("position embedding", of: found)
    #expect(position.form == "sum of 2 tables on the grid, CLS's and DIST's apart")
    #expect(
      position.constants.map(\.name) == ["unknown_4", "unknown_6", "unknown_1", "unknown_2"])
    #expect(try part("head, norm", of: found).form == "epsilon 1e-05")
    #expect(try part("head, mean of CLS and DIST", of: found).form == "by RealDiv")
  }

  /// Every parameter stands in exactly one part, in both forms.
  @Test func everyParameterIsExplained() throws {
    for graph in [try EditableGraph.original.get(), try EditableGraph.sixBlocks()] {
      let converted = try Conversion.convert(graph.definition)
      let parameters = converted.report.explanation.parts.flatMap(\.parameters)
      #expect(parameters.sorted() == converted.configuration.parameters.map(\.name).sorted())
      let constants = converted.report.explanation.parts.filter { !$0.parameters.isEmpty }
      #expect(constants.allSatisfy { !$0.constants.isEmpty && !$0.nodes.isEmpty })
    }
  }

  @Test func otherForms() throws {
    var graph = try EditableGraph.sixBlocks()
    let block = EditableGraph.block(3) + "attention/"
    graph.addConstant("quarter", TensorFlowTensorProto(0.25))
    for block in EditableGraph.blocks {
      try graph.redirect(block + "attention/Mul", to: block + "attention/MatMul")
    }
    try graph.insert("Mul", behind: EditableGraph.blocks.map { $0 + "attention/Transpose" }, ["quarter"])
    let found = try explanation(graph)
    #expect(try part("block 3, queries", of: found).form == "factor 0.25")
    #expect(try part("block 3, attention", of: found).form == "3 heads of 16, scale 0.25 on the queries")
    #expect(try part("block 3, queries", of: found).nodes == [block + "q_proj/MatMul", block + "q_proj/Add"])
    #expect(try part("position embedding", of: found).form == "one constant")
  }

  @Test func whatIsLeftAside() throws {
    var graph = try EditableGraph.original.get()
    let embedding = EditableGraph.body + "Concat_1"
    graph.addConstant("alone", TensorFlowTensorProto(floats: [1, 2], shape: [2]))
    graph.addConstant("yes", .with { ($0.dtype, $0.boolVal) = (.dtBool, [true]) })
    graph.add("assertion", "Assert", ["yes", "alone"])
    graph.add("saver", "SaveV2", ["alone"])
    graph.add("other output", "Tanh", [embedding])
    graph.add("switch", "Switch", [embedding, "yes"])
    graph.add("not taken", "Relu", ["switch"])
    graph.add("taken", "Identity", ["switch:1"])
    graph.add("merge", "Merge", ["not taken", "taken"])
    for node in ["norm1/ReduceMean", "norm1/Sub", "Add"].map({ EditableGraph.body + "blocks.0/" + $0 }) {
      try graph.edit(node) { $0.input = $0.input.map { $0 == embedding ? "merge" : $0 } }
    }
    let converted = try Conversion.convert(graph.definition)
    expectSame(converted, try Converted.original.get())
    let ignored = converted.report.explanation.ignored
    func reason(_ name: String) -> ConversionExplanation.Reason? { ignored.first { $0.name == name }?.reason }
    #expect(reason("alone") == .unusedConstant)
    #expect(reason("assertion") == .control)
    #expect(reason("saver") == .checkpoint)
    #expect(reason("other output") == .otherOutput)
    #expect(reason("not taken") == .branchNotTaken)
    #expect(reason("taken") == nil)
    #expect(converted.report.explanation.foldedNodeCount > 50)
    #expect(converted.report.unusedConstants == ["alone"])
  }

  @Test func namedTensors() throws {
    let model = try SourceReader.model(
      at: Fixtures.path("graphs/maest-original-original.safetensors"), options: .init(headCount: 3))
    let explanation = model.explanation
    #expect(explanation.parts.map(\.name) == model.configuration.parameters.map(\.name))
    let values = try part("blocks.2.attention.value.weight", of: explanation)
    #expect(values.form == "part 3 of 3, transposed")
    #expect(values.constants == [.init(name: "blocks.2.attn.qkv.weight", shape: [72, 24])])
    #expect(try part("positionEmbedding", of: explanation).constants.count == 3)
    #expect(explanation.ignored == [])
  }

  // MARK: - Dry run

  @Test(arguments: [false, true]) func aDryRunWritesNothing(verifying: Bool) throws {
    try withTemporaryFolder { folder in
      let graph = folder + "/graph.pb"
      try FileManager.default.copyItem(atPath: Fixtures.path("graphs/maest-original-2.pb"), toPath: graph)
      let report = try GraphConverter.examine(graphAt: graph, verifying: verifying)
      #expect(report.verification?.passed == (verifying ? true : nil))
      #expect(
        report.description == (try GraphConverter.convert(graphAt: graph, to: folder + "/out")).description)
      try FileManager.default.removeItem(atPath: folder + "/out")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["graph.pb"])
    }
  }
}
