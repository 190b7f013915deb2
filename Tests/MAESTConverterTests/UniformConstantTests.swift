import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport
import Testing

/// Masks as exporters compute them, at the sizes of real patches.
@Suite struct UniformConstantTests {
  private static let path = Fixtures.path("graphs/exported/tiny-eager-opset18-dynamic.onnx")

  /// The number of pairs of tokens is beyond what is ever worked out, and a mask over them is still seen through.
  @Test(arguments: [[1, 1, 1, 29], [29], [1, 1, 29, 1], [1, 1, 29, 29]] as [[Int64]])
  func aMaskOfAnyShapeThatMasksNothing(shape: [Int64]) throws {
    var model = try ONNXModelProto(serializedBytes: Data(contentsOf: URL(filePath: Self.path)))
    let index = try #require(model.graph.initializer.firstIndex { $0.name == "ge" })
    model.graph.initializer[index].dims = shape
    model.graph.initializer[index].rawData = Data(repeating: 1, count: Int(shape.reduce(1, *)))
    try withTemporaryFolder { folder in
      try model.serializedBytes.write(to: URL(filePath: folder + "/model.onnx"))
      #expect(try SourceReader.model(at: folder + "/model.onnx").configuration.blockCount == 2)
    }
  }

  private func element(_ build: (inout GraphBuilder) -> Value) -> ConstantTensor? {
    var builder = GraphBuilder()
    let value = build(&builder)
    return FoldedGraph(builder.graph).uniformElement(of: value)
  }

  @Test func spreadElementsAreSeenThrough() {
    // 2^40 elements.
    let wide = [1 << 20, 1 << 20]
    let sum = element { builder in
      let spread = builder.add(
        "BroadcastTo", [builder.constant(floats([2], [])), builder.constant(integers(wide))])
      let filled = builder.add("Fill", [builder.constant(integers(wide)), builder.constant(floats([3], []))])
      return builder.add("AddV2", [spread, filled])
    }
    #expect(sum?.floats == [5] && sum?.shape == [])
    let chosen = element { builder in
      let yes = builder.add(
        "BroadcastTo",
        [builder.constant(booleans([true, true], [1, 2])), builder.constant(integers([9, 2]))])
      return builder.add(
        "SelectV2", [yes, builder.constant(floats([0], [])), builder.constant(floats([-.infinity], []))])
    }
    #expect(chosen?.floats == [0])
  }

  @Test func elementsThatDifferAreNotUniform() {
    #expect(element { $0.constant(floats([1, 2])) } == nil)
    #expect(element { $0.constant(floats([.nan, .nan])) } == nil)
    #expect(element { $0.constant(floats([0, -0.0])) } == nil)
    #expect(element { $0.placeholder("x", shape: [2]) } == nil)
    let mixed = element { builder in
      builder.add(
        "AddV2", [builder.constant(floats([1, 2])), builder.constant(floats([1], []))])
    }
    #expect(mixed == nil)
    // What the rules do not see is worked out: 1 - 0 and 2 - 1.
    let same = element { builder in
      builder.add("Sub", [builder.constant(floats([1, 2])), builder.constant(floats([0, 1]))])
    }
    #expect(same?.floats == [1])
  }
}
