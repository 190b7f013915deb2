import MAESTConverter
import MAESTKernels
import MAESTTestSupport
import Testing

/// A real graph with one thing changed at a time: it runs or is refused, but never traps, hangs or takes much memory.
@Suite struct InterpreterHostileTests {
  private static let path = Fixtures.path("graphs/maest-module-frozen.pb")

  private static func graph() throws -> Graph {
    try GraphInterpreter(tensorFlowGraphAt: path, compute: Compute(backend: .reference)).graph
  }

  /// The error of a run; nil where it has an output.
  private static func failure(_ graph: Graph) throws -> ConversionError? {
    let placeholder = try #require(graph.nodes.first { $0.operation == "Placeholder" })
    do {
      let outputs = try GraphInterpreter(graph, context: .folding).run(
        inputs: [placeholder.name: counting([1, 36, 96])], outputs: ["Identity"])
      #expect(outputs.count == 1)
      return nil
    } catch { return error }
  }

  @Test func unchanged() throws {
    #expect(try Self.failure(Self.graph()) == nil)
  }

  @Test func otherConstants() throws {
    let original = try Self.graph()
    let others = [
      integers([]), integer(-1), integers([.min], [], type: .int64), integers([.max], type: .int64),
      integers([0, 0, 0]), integers([1 << 30, 1 << 30, 1 << 30, 1 << 30], type: .int64), floats([]),
      booleans([true]), counting([1, 1, 1, 1, 1]),
      ConstantTensor(type: .float32, shape: [0, 1 << 62, 1 << 62], elements: .floats([])),
    ]
    var refused = 0
    for (index, node) in original.nodes.enumerated() where node.operation == "Const" {
      for other in others {
        var graph = original
        graph.nodes[index].attributes["value"] = .tensor(other)
        refused += try Self.failure(graph) == nil ? 0 : 1
      }
    }
    #expect(refused > 500, "\(refused)")
  }

  @Test func otherAttributes() throws {
    let original = try Self.graph()
    let others: [Attribute] = [
      .integer(.min), .integer(.max), .boolean(true), .string("?"), .type(.string), .shape(nil),
      .shape([nil]),
      .integers([]), .integers([.min, .max, 0, 1]), .integers([1 << 30, 1 << 30, 1 << 30, 1 << 30]), .other,
    ]
    var refused = 0
    for (index, node) in original.nodes.enumerated() {
      for name in node.attributes.keys.sorted() where !["value", "T"].contains(name) {
        for other in others {
          var graph = original
          graph.nodes[index].attributes[name] = other
          refused += try Self.failure(graph) == nil ? 0 : 1
        }
      }
    }
    #expect(refused > 50, "\(refused)")
  }

  @Test func otherInputs() throws {
    let original = try Self.graph()
    var refused = 0
    for (index, node) in original.nodes.enumerated() where !node.inputs.isEmpty {
      for other in [[], Array(node.inputs.reversed()), node.inputs + node.inputs, [Value(node: 0)]] {
        var graph = original
        graph.nodes[index].inputs = other
        refused += try Self.failure(graph) == nil ? 0 : 1
      }
    }
    #expect(refused > 200, "\(refused)")
  }

  @Test func otherOperations() throws {
    let original = try Self.graph()
    let operations = [
      "Reshape", "Transpose", "GatherV2", "GatherNd", "StridedSlice", "Slice", "SplitV", "Split", "Pack",
      "Unpack", "Tile",
      "Fill", "Range", "SparseToDense", "Where", "Einsum", "Conv2D", "MatMul", "BatchMatMulV2", "Sum",
      "Softmax",
      "Merge", "Switch", "SelectBranch", "Pow", "FloorMod", "Cast", "BroadcastTo", "ConcatV2", "Squeeze",
      "ExpandDims",
    ]
    var refused = 0
    for (index, node) in original.nodes.enumerated() where !node.inputs.isEmpty && index % 3 == 0 {
      for operation in operations where operation != node.operation {
        var graph = original
        graph.nodes[index].operation = operation
        refused += try Self.failure(graph) == nil ? 0 : 1
      }
    }
    #expect(refused > 700, "\(refused)")
  }
}
