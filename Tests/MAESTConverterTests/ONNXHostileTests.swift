import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport
import Testing

@Suite struct ONNXHostileTests {
  private let original = Fixtures.path("graphs/discogs-maest-5s-tiny-2.onnx")

  @Test func everyTruncationIsRefused() throws {
    try withTemporaryFolder { folder in
      let (path, data) = (folder + "/model.onnx", try Data(contentsOf: URL(filePath: original)))
      let count = try refusals(
        of: path, source: path, data: data, damages: truncations(of: data.count, count: 60))
      #expect(count == 60, "\(60 - count) of 60 truncations were taken for a model")
    }
  }

  @Test func flippedBitsAreRefusedOrHarmless() throws {
    try withTemporaryFolder { folder in
      let (path, data) = (folder + "/model.onnx", try Data(contentsOf: URL(filePath: original)))
      // The nodes stand at the beginning: a bit there tells more than one of the weights.
      let flips = bitFlips(of: 100_000, count: 150, seed: 5) + bitFlips(of: data.count, count: 30, seed: 6)
      let count = try refusals(of: path, source: path, data: data, damages: flips)
      #expect(count > 30, "only \(count) of 180 flipped bits were refused")
    }
  }

  @Test func aLoopIsRefused() {
    let model = ONNXModelProto(
      [ONNXNodeProto("Sqrt", ["b"], ["a"]), ONNXNodeProto("Sqrt", ["a"], ["b"])], outputs: ["a"])
    #expect(throws: ConversionError.cyclic(node: "a")) { try model.constantOutputs() }
  }

  @Test func aNameThatNothingGivesIsRefused() {
    let model = ONNXModelProto([ONNXNodeProto("Sqrt", ["gone"], ["a"])], outputs: ["a"])
    #expect(throws: ConversionError.danglingReference(node: "a", reference: "gone")) {
      try model.constantOutputs()
    }
  }

  @Test func anOutputThatNothingGivesIsRefused() {
    let model = ONNXModelProto(
      [ONNXNodeProto("Sqrt", ["x"], ["a"])], tensors: ["x": .floats([1])], outputs: ["gone"])
    #expect(throws: ConversionError.danglingReference(node: "graph output", reference: "gone")) {
      try model.constantOutputs()
    }
  }

  @Test func twoNodesWithOneOutputAreRefused() {
    let nodes = [ONNXNodeProto("Sqrt", ["x"], ["a"]), ONNXNodeProto("Neg", ["x"], ["a"])]
    let model = ONNXModelProto(nodes, tensors: ["x": .floats([1])], outputs: ["a"])
    #expect(throws: ConversionError.duplicateName("a")) { try model.constantOutputs() }
  }

  @Test(arguments: [[Int64.max, 2], [Int64.max], [-1], [3], []])
  func shapesThatDoNotFitTheContentAreRefused(shape: [Int64]) {
    let model = ONNXModelProto(
      [ONNXNodeProto("Sqrt", ["x"], ["a"])], tensors: ["x": .floats([1, 2], shape: shape)], outputs: ["a"])
    #expect {
      try model.constantOutputs()
    } throws: { error in
      guard case .badConstant("x", _) = error as? ConversionError else { return false }
      return true
    }
  }

  @Test(arguments: [10, 26, 0, Int64.max]) func otherOperatorSetsAreRefused(version: Int64) {
    let model = ONNXModelProto(
      [ONNXNodeProto("Sqrt", ["x"], ["a"])], tensors: ["x": .floats([1])], outputs: ["a"], version: version)
    #expect {
      try model.constantOutputs()
    } throws: { error in
      "\(error)".contains("operator set \(version)") && "\(error)".contains("from 11 to 25")
    }
  }

  /// What depends on the input, or is computed in double precision, is not guessed.
  @Test func whatIsNotKnownHasNoValue() throws {
    let tensors: [String: ONNXTensorProto] = [
      "x": .counting([2, 3]), "starts": .integers([0]), "ends": .integers([1]), "scores": .floats([0, 1]),
      "wide": .with { ($0.dataType, $0.dims, $0.doubleData) = (.double, [1], [1e9]) },
    ]
    let nodes = [
      ONNXNodeProto("ArgMax", ["scores"], ["axes"]),
      ONNXNodeProto("Slice", ["x", "starts", "ends", "axes"], ["a"]),
      ONNXNodeProto("Slice", ["x", "starts", "ends", "", "axes"], ["b"]),
      ONNXNodeProto("Add", ["wide", "wide"], ["c"]),
    ]
    #expect(try ONNXModelProto(nodes, tensors: tensors, outputs: ["a", "b", "c"]).constantOutputs().isEmpty)
  }

  /// Each triangle of a large matrix is a mask of its own.
  @Test func manyTrianglesEndEarly() throws {
    var nodes = [ONNXNodeProto("ConstantOfShape", ["shape"], ["t0"])]
    for index in 0..<40 { nodes.append(ONNXNodeProto("Trilu", ["t\(index)"], ["t\(index + 1)"])) }
    let model = ONNXModelProto(
      nodes, tensors: ["shape": .integers([2000, 2000])], outputs: ["t40"], version: 14)
    #expect(try model.constantOutputs().isEmpty)
  }

  @Test func aHugeShapeMakesNoHugeConstant() throws {
    for size: Int64 in [1 << 21, 1 << 40, .max] {
      let shape = ["shape": ONNXTensorProto.integers([size, size]), "one": .floats([1])]
      let nodes = [
        ONNXNodeProto("ConstantOfShape", ["shape"], ["a"]), ONNXNodeProto("Expand", ["one", "shape"], ["b"]),
      ]
      let model = ONNXModelProto(nodes, tensors: shape, outputs: ["a", "b"])
      #expect(try model.constantOutputs().isEmpty)
    }
  }

  /// Each node doubles what the one before it gives.
  @Test func aChainThatDoublesEndsEarly() throws {
    var nodes: [ONNXNodeProto] = []
    for index in 0..<60 {
      nodes.append(
        ONNXNodeProto("Concat", ["x\(index)", "x\(index)"], ["x\(index + 1)"], [.integer("axis", 0)]))
    }
    let model = ONNXModelProto(nodes, tensors: ["x0": .floats([1])], outputs: ["x12", "x60"])
    let outputs = try model.constantOutputs()
    #expect(outputs["x12"]?.shape == [4096])
    #expect(outputs["x60"] == nil)
  }

  /// Working out each node on demand would take twice the time of the one before it.
  @Test func aChainOfSumsOfALargeConstantEndsEarly() throws {
    let nodes = (0..<60).map { ONNXNodeProto("Add", ["x\($0)", "x\($0)"], ["x\($0 + 1)"]) }
    let large = ONNXTensorProto.floats(Array(repeating: 1, count: 5000))
    let model = ONNXModelProto(nodes, tensors: ["x0": large], outputs: ["x3", "x60"])
    let outputs = try model.constantOutputs()
    #expect(outputs["x3"]?.numbers.first == 8)
    #expect(outputs["x60"] == nil)
  }

  @Test(arguments: [
    "Reshape", "Slice", "Gather", "Conv", "Gemm", "Where", "LayerNormalization", "Split", "Expand",
  ])
  func missingInputsAreRefused(type: String) {
    let model = ONNXModelProto([ONNXNodeProto(type, [""], ["a"])], outputs: ["a"])
    #expect {
      try model.constantOutputs()
    } throws: { error in
      guard case .badOperation("a", type, _) = error as? ConversionError else { return false }
      return true
    }
  }

  @Test func anEmptyFileOrModelIsRefused() throws {
    try withTemporaryFolder { (folder: String) -> Void in
      let path = folder + "/model.onnx"
      for data in [Data(), Data([0]), Data("no model at all".utf8), ONNXModelProto().serializedBytes] {
        try data.write(to: URL(filePath: path))
        #expect(throws: ConversionError.self) { try SourceReader.model(at: path) }
      }
    }
  }
}
