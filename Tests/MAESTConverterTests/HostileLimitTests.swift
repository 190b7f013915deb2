import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport
import Testing

/// Small files that ask for much: each is refused, with what there is too much of.
@Suite struct HostileLimitTests {
  // MARK: - Lists of sizes and axes

  private static let long = integers(Array(repeating: 1, count: 1_000_000))

  @Test func listsOfSizesAndAxesAreShort() {
    let x = counting([2, 3])
    for operation in ["Reshape", "Transpose", "BroadcastTo", "Tile", "Mean", "Sum", "All"] {
      let input = operation == "All" ? booleans([true]) : x
      expectRefusal(operation, [input, Self.long], mentions: "input 1 lists 1000000 numbers", "64")
    }
    expectRefusal("Fill", [Self.long, floats([1])], mentions: "input 0 lists 1000000 numbers")
    expectRefusal("Slice", [x, Self.long, Self.long], mentions: "input 1 lists 1000000 numbers")
    expectRefusal("StridedSlice", [x, Self.long, Self.long, Self.long], mentions: "input 1 lists")
    expectRefusal("SparseToDense", [Self.long, Self.long, x, x], mentions: "input 1 lists")
    expectRefusal("SplitV", [x, Self.long, integer(0)], mentions: "1000000 parts, allowed are 1024")
    let axes = Attribute.integers(Array(repeating: 0, count: 100_000))
    expectRefusal(
      "Squeeze", [x], ["squeeze_dims": axes], mentions: "[0, 0, 0, 0, 0, 0, 0, 0, … 100000 numbers]")
    expectRefusal(
      "Conv2D", [counting([1, 4, 4, 1]), counting([1, 1, 1, 1])], ["strides": axes],
      mentions: "… 100000 numbers")
  }

  @Test func shapesOfUnknownElementsTakeNoLongLists() {
    var builder = GraphBuilder()
    let x = builder.placeholder("x", shape: [2, 3])
    let list = builder.constant(Self.long)
    let results = ["Reshape", "Transpose", "Mean", "Tile", "BroadcastTo"].map { builder.add($0, [x, list]) }
    let folded = FoldedGraph(builder.graph)
    #expect(results.allSatisfy { folded.shape(of: $0) == nil })
  }

  @Test func theRankDoesNotGrowWithoutEnd() {
    var builder = GraphBuilder()
    let axis = builder.constant(integer(0))
    var value = builder.placeholder("x", shape: [2])
    var values = [value]
    for _ in 0..<1000 {
      value = builder.add("ExpandDims", [value, axis])
      values.append(value)
    }
    let folded = FoldedGraph(builder.graph)
    #expect(folded.shape(of: values[63])?.count == 64)
    #expect(folded.shape(of: values[64]) == nil && folded.shape(of: values[1000]) == nil)
  }

  @Test func constantsHaveAFewAxes() {
    var graph = EditableGraph.empty
    graph.add("input", "Placeholder", [], ["shape": .shape([1, 20, 20])])
    graph.addConstant("many", TensorFlowTensorProto(.dtFloat, Array(repeating: 1, count: 65)))
    #expect(
      throws: ConversionError.badConstant(node: "many", reason: "its shape has 65 axes, allowed are 64")
    ) { try Conversion.convert(graph.definition) }
  }

  @Test func anEquationIsShort() {
    let equation = Attribute.string(String(repeating: "ab", count: 500_000) + ",b->a")
    expectRefusal(
      "Einsum", [counting([1, 1]), counting([1])], ["equation": equation], mentions: "allowed are 256")
  }

  /// Bytes that would take eight times as much memory as numbers.
  @Test func integersAreFew() throws {
    var graph = EditableGraph(definition: try EditableGraph.small.get())
    for index in 0..<5 {
      var tensor = TensorFlowTensorProto(.dtInt8, [1 << 20])
      tensor.tensorContent = Data(count: 1 << 20)
      graph.addConstant("integers \(index)", tensor)
    }
    #expect(
      throws: ConversionError.badConstant(
        node: "integers 3", reason: "with it the graph's constants have more than 4194304 integers")
    ) { try Conversion.convert(graph.definition) }
  }

  // MARK: - Work

  /// Many facts that take much work each: some are worked out, not all.
  @Test func factsShareABudget() {
    var builder = GraphBuilder()
    let large = builder.constant(counting([1 << 20]))
    let axis = builder.constant(integers([0]))
    let facts = (0..<1000).map { _ in builder.add("Mean", [large, axis]) }
    let folded = FoldedGraph(builder.graph)
    let known = facts.count { folded.constant($0) != nil }
    #expect(known > 10 && known < 300, "\(known)")
  }

  /// A chain of constants of medium size, too many to be kept and too long to be worked out anew for each: what
  /// is behind the longest that is worked out is not tried again.
  @Test func longChainsOfConstants() throws {
    var builder = GraphBuilder()
    let start = builder.constant(counting([700]))
    var values = [start]
    for _ in 0..<20_000 { values.append(builder.add("Erf", [values[values.count - 1]])) }
    let folded = FoldedGraph(builder.graph)
    #expect(folded.constant(values[1])?.count == 700)
    #expect(folded.isConstant(values[20_000]) && folded.shape(of: values[20_000]) == [700])
    #expect(folded.constant(values[20_000]) == nil)
  }

  /// A constant whose intermediate results would take 60 times its size at once.
  @Test func intermediateResultsDoNotPileUp() {
    var builder = GraphBuilder()
    let large = builder.constant(counting([1 << 22]))
    let copies = (0..<8).map { _ in builder.add("Neg", [large]) }
    let sum = builder.add("AddN", copies)
    // The same work, one step after the other, takes two at a time.
    let chain = (0..<8).reduce(large) { value, _ in builder.add("Neg", [value]) }
    let folded = FoldedGraph(builder.graph)
    #expect(folded.constant(sum) == nil)
    #expect(folded.constant(chain)?.count == 1 << 22)
  }

  @Test func manySmallResultsAreNotAllKept() {
    var builder = GraphBuilder()
    let axis = builder.constant(integer(0))
    let list = builder.constant(counting([1024]))
    let splits = (0..<1000).map { _ in
      builder.add("Split", [axis, list], named: nil, ["num_split": .integer(1024)])
    }
    let folded = FoldedGraph(builder.graph)
    #expect(folded.isConstant(splits[0]) && folded.shape(of: splits[0]) == [1])
    #expect(folded.shape(of: splits[999]) == nil)
  }

  /// Every block's weights out of one constant that the file does not even have in full.
  @Test func weightsThatTakeMuchWork() throws {
    var graph = EditableGraph(definition: try EditableGraph.small.get())
    let number = graph.addConstant("number", TensorFlowTensorProto(1))
    let first = graph.addConstant("first", TensorFlowTensorProto(integers: [0], shape: [1]))
    let filled = graph.addConstant("filled", TensorFlowTensorProto(.dtFloat, [1 << 21]))
    let names = graph.definition.node.filter { node in
      guard node.op == "Const", let tensor = node.attr["value"]?.tensor else { return false }
      return tensor.dtype == .dtFloat && tensor.shape.reduce(1, *) > 8 && node.name != filled
    }.map(\.name)
    for name in names {
      let tensor = try graph.constant(behind: name)
      let shape = graph.addConstant(
        "\(name) shape",
        TensorFlowTensorProto(integers: tensor.shape.map { Int32($0) }, shape: [tensor.shape.count]))
      let count = graph.addConstant(
        "\(name) count", TensorFlowTensorProto(integers: [Int32(tensor.shape.reduce(1, *))], shape: [1]))
      var value = filled
      for step in 0..<30 { value = graph.add("\(name) step \(step)", "Mul", [value, number]) }
      let part = graph.add("\(name) part", "Slice", [value, first, count])
      try graph.replace(name, "Reshape", [part, shape])
    }
    #expect(throws: ConversionError.self) { try Conversion.convert(graph.definition) }
  }

  // MARK: - Messages

  /// Two bytes for a message of a hundred bytes in memory, half a million times.
  @Test func filesOfEmptyMessages() throws {
    let nodes = Data(repeatElement([0x0a, 0x00] as [UInt8], count: 1 << 19).joined())
    #expect(throws: ConversionError.self) { try Conversion.convert(nodes) }
    try withTemporaryFolder { folder in
      func refusal(_ name: String, _ data: Data) throws -> String {
        try data.write(to: URL(filePath: folder + "/" + name))
        do {
          _ = try SourceReader.model(at: folder + "/" + name)
          return ""
        } catch { return "\(error)" }
      }
      #expect(try refusal("graph.pb", nodes).contains("it has more than"))
      // graph { node {} node {} ... }
      var model = Data([0x3a])
      var length = nodes.count
      while length >= 0x80 {
        model.append(UInt8(length & 0x7f) | 0x80)
        length >>= 7
      }
      model.append(UInt8(length))
      #expect(try refusal("model.onnx", model + nodes).contains("it has more than"))
      // As many bytes in one weight are no burden.
      var padded = EditableGraph(definition: try EditableGraph.small.get())
      var tensor = TensorFlowTensorProto(.dtFloat, [1 << 18])
      tensor.tensorContent = Data(count: 1 << 20)
      padded.addConstant("unused", tensor)
      #expect(try refusal("padded.pb", padded.definition.serializedBytes) == "")
    }
  }

  /// JSON takes many times its size in memory; and a pipe would be waited for without end.
  @Test func configurationsAreSmallFiles() throws {
    try withTemporaryFolder { folder in
      let weights = Fixtures.path("fuzz/hugging-face.safetensors")
      try FileManager.default.copyItem(atPath: weights, toPath: folder + "/model.safetensors")
      let path = folder + "/config.json"
      func refusal() -> String {
        do {
          _ = try SourceReader.model(at: folder + "/model.safetensors")
          return ""
        } catch { return "\(error)" }
      }
      let configuration = try Data(contentsOf: URL(filePath: Fixtures.path("fuzz/hugging-face-config.json")))
      try configuration.write(to: URL(filePath: path))
      #expect(refusal() == "")
      try (configuration + Data(repeating: 0x20, count: 1 << 20)).write(to: URL(filePath: path))
      #expect(refusal().contains("more than 1048576 bytes"))
      try FileManager.default.removeItem(atPath: path)
      #expect(mkfifo(path, 0o600) == 0)
      #expect(refusal().contains("config.json") && refusal().contains("regular file"), "\(refusal())")
    }
  }

  /// A name that every one of thousands of calls compares.
  @Test func namesAreShort() {
    let long = String(repeating: "n", count: 100_000)
    let changes: [(inout EditableGraph) -> Void] = [
      { $0.add(long, "NoOp", []) }, { $0.add("n", long, []) }, { $0.add("n", "Identity", [long]) },
      { $0.addFunction(long) }, { $0.addFunction("f", arguments: [long]) },
      { $0.addFunction("f", results: ["r": long]) }, { $0.addFunction("f") { $0.add(long, "NoOp", []) } },
    ]
    for (index, change) in changes.enumerated() {
      var graph = EditableGraph.empty
      graph.add("x", "NoOp", [])
      change(&graph)
      do {
        _ = try Conversion.convert(graph.definition)
        Issue.record("converted \(index)")
      } catch {
        #expect("\(error)".hasSuffix("it has a name of 100000 bytes, allowed are 1024"), "\(index): \(error)")
      }
    }
  }

  @Test func namesOfCallsDoNotPileUp() {
    var graph = EditableGraph.empty
    let name = String(repeating: "n", count: 500)
    graph.addFunction("inner") { body in for index in 0..<100 { body.add(name + "\(index)", "NoOp", []) } }
    graph.addFunction("outer") { body in for index in 0..<100 { body.addCall(name + "\(index)", of: "inner") }
    }
    graph.addCall(name, of: "outer")
    #expect(throws: ConversionError.tooLarge(limit: 1 << 16)) { try Conversion.convert(graph.definition) }
  }
}
