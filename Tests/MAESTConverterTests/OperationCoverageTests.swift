import MAESTConverter
import MAESTTestSupport
import Testing

/// The operations that TensorFlow graphs of MAEST and its relatives are written with.
@Suite struct OperationCoverageTests {
  private static let evaluated = """
    Identity Assert NoOp StopGradient MatMul BatchMatMulV2 Einsum Conv2D BiasAdd Add AddV2 Sub Mul RealDiv Pow Sqrt
    Rsqrt SquaredDifference Neg Minimum Maximum Erf Erfc Tanh Sigmoid Softmax Mean Sum Prod All Equal NotEqual Less
    LessEqual Greater GreaterEqual LogicalAnd LogicalOr LogicalNot Where SelectV2 Reshape Transpose ExpandDims Squeeze
    Pack Unpack Split SplitV ConcatV2 StridedSlice Slice GatherV2 GatherNd Tile Fill Range Shape Cast SparseToDense
    BroadcastTo
    """.split { $0.isWhitespace }.map(String.init)

  @Test(arguments: evaluated) func isKnown(operation: String) {
    do { _ = try evaluate(operation, []) } catch {
      guard case .badOperation(_, _, let reason) = error else {
        Issue.record("\(operation): \(error)")
        return
      }
      #expect(reason != "the operation is not supported", "\(operation)")
    }
  }

  @Test func anUnknownOperationIsNamed() {
    expectRefusal("Mystery", [], mentions: "not supported")
  }

  /// Those that the run of a graph, not the table of operations, knows: placeholders, constants and branches.
  @Test func controlFlow() throws {
    var builder = GraphBuilder()
    let x = builder.placeholder("x", shape: [2])
    let yes = builder.constant(booleans([true], []))
    let sides = builder.add("Switch", [x, yes])
    let merged = builder.add(
      "Merge", [builder.add("Neg", [sides]), builder.add("Square", [sides.output(1)])])
    let chosen = builder.add("SelectBranch", [yes, merged, x])
    let result = try GraphInterpreter(builder.graph, context: .folding)
      .run(inputs: ["x": floats([2, 3])], outputs: [chosen])
    expect(result, [2], floats: [4, 9])
  }
}
