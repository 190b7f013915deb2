import Foundation
import MAESTConverter
import Testing

/// Graphs that differ from MAEST before the blocks or behind them: each has to be refused, and the place named.
@Suite struct AlmostMAESTEndsTests {
  private let transformer = EditableGraph.transformer
  private let embeddings = EditableGraph.transformer + "embeddings/"

  // MARK: - Patch embedding

  @Test func paddingAtTheEdges() throws {
    try expectRefused(at: "patch embedding or block 1", found: "Conv2D") { graph in
      try graph.edit("PartitionedCall/convolution") { $0.attr["padding"] = .text("SAME") }
    }
  }

  @Test func gapsInTheKernel() throws {
    try expectRefused(at: "patch embedding or block 1", found: "Conv2D") { graph in
      try graph.edit("PartitionedCall/convolution") { $0.attr["dilations"] = .integers([1, 2, 2, 1]) }
    }
  }

  @Test(arguments: [
    [1, 10, 10], [1, 0, 10, 1], [1, -10, 10, 1], [], [1, 11, 10, 1], [1, Int.max, 10, 1],
  ])
  func otherStrides(strides: [Int]) throws {
    try expectRefused(at: "patch embedding or block 1") { graph in
      try graph.edit("PartitionedCall/convolution") { $0.attr["strides"] = .integers(strides) }
    }
  }

  @Test func channelsFirst() throws {
    try expectRefused(at: "patch embedding or block 1") { graph in
      try graph.edit("PartitionedCall/convolution") { $0.attr["data_format"] = .text("NCHW") }
    }
  }

  @Test func noBias() throws {
    try expectRefused(at: "patch embedding", found: "Conv2D") { graph in
      try graph.redirect("PartitionedCall/Add", to: "PartitionedCall/concat/concat")
    }
  }

  @Test func anActivationBehindTheConvolution() throws {
    try expectRefused(at: "patch embedding", found: "Relu") { graph in
      try graph.insert("Relu", behind: "PartitionedCall/Add")
    }
  }

  @Test func aNormalisationBeforeTheConvolution() throws {
    try expectRefused(at: "patch embedding", found: "Sub") { graph in
      graph.addConstant("mean", TensorFlowTensorProto(2))
      try graph.insert("Sub", behind: "melspectrogram", ["mean"])
    }
  }

  @Test func tokensInTheOrderOfTime() throws {
    try expectRefused(at: "patch embedding") { graph in
      try graph.editConstant(behind: "PartitionedCall/transpose_2/perm") {
        $0 = TensorFlowTensorProto(integers: [0, 3, 2, 1], shape: [4])
      }
    }
    // The mel patch lies on its side.
    try expectRefused(at: "patch embedding") { graph in
      graph.addConstant("upright", TensorFlowTensorProto(integers: [0, 1, 2, 3], shape: [4]))
      try graph.edit(embeddings + "patch_embeddings/Transpose") { $0.input[1] = "upright" }
    }
  }

  @Test(arguments: [280, 282, 1, 0])
  func aPositionEmbeddingOfAnotherLength(count: Int) throws {
    // One position, or none, is spread over all tokens; the others fit no token.
    try expectRefused(at: count == 1 ? "patch embedding" : "patch embedding or block 1", found: "AddV2") {
      graph in
      try graph.editConstant(behind: "Func/PartitionedCall/input/_5") { tensor in
        let elements = tensor.floats + tensor.floats.prefix(48)
        tensor = TensorFlowTensorProto(floats: Array(elements.prefix(48 * count)), shape: [1, count, 48])
      }
    }
  }

  @Test func noPositionEmbedding() throws {
    try expectRefused(at: "patch embedding", found: "ConcatV2") { graph in
      try graph.redirect(embeddings + "Add", to: embeddings + "Concat")
    }
  }

  @Test func aNormBeforeTheFirstBlock() throws {
    try expectRefused(at: "patch embedding") { graph in
      graph.addConstant("scale", TensorFlowTensorProto(floats: Array(repeating: 2, count: 48), shape: [48]))
      try graph.insert("Mul", behind: embeddings + "Add", ["scale"])
    }
  }

  @Test(arguments: [[2, 0, 1], [0, 2, 1]])
  func leadingTokensElsewhere(order: [Int]) throws {
    try expectRefused(at: "patch embedding") { graph in
      try graph.edit(embeddings + "Concat") { node in
        node.input = order.map { node.input[$0] } + [node.input[3]]
      }
    }
  }

  @Test func onlyOneLeadingToken() throws {
    try expectRefused(at: "patch embedding") { graph in
      try graph.edit(embeddings + "Concat") { $0.input.remove(at: 1) }
      try graph.editConstant(behind: "Func/PartitionedCall/input/_5") { tensor in
        tensor = TensorFlowTensorProto(floats: Array(tensor.floats.prefix(48 * 280)), shape: [1, 280, 48])
      }
      for name in graph.definition.node.filter({ $0.op == "Const" }).map(\.name) {
        try graph.editConstant(behind: name) { tensor in
          if tensor.shape == [4] || tensor.shape == [3] { tensor.replaceInteger(281, by: 280) }
        }
      }
    }
  }

  // MARK: - Head

  @Test func onlyTheClassToken() throws {
    try expectRefused(at: "head") { graph in
      try graph.redirect(transformer + "Div", to: transformer + "Gather")
    }
  }

  @Test func anotherShareOfTheTokens() throws {
    try expectRefused(at: "head") { graph in
      try graph.editConstant(behind: transformer + "Constant") { $0 = TensorFlowTensorProto(3) }
    }
    try expectRefused(at: "head") { graph in
      try graph.redirect(transformer + "Div", to: transformer + "Add")
    }
  }

  @Test func otherTokens() throws {
    for index in [0, 2, 280] as [Int32] {
      try expectRefused(at: "head") { graph in
        graph.addConstant("index", TensorFlowTensorProto(integers: [index], shape: [1]))
        try graph.edit(transformer + "Gather_1") { $0.input[1] = "index" }
      }
    }
  }

  @Test func tokensOfDifferentBlocks() throws {
    try expectRefused(at: "head") { graph in
      try graph.edit(transformer + "Gather_1") { $0.input[0] = EditableGraph.block(5) + "Add_1" }
    }
  }

  @Test func noFinalNorm() throws {
    try expectRefused(at: "head, final norm", found: "AddV2") { graph in
      try graph.redirect(transformer + "layernorm/Add_1", to: EditableGraph.block(6) + "Add_1")
    }
  }

  @Test func noBiasOfTheHead() throws {
    try expectRefused(at: "head", found: "MatMul") { graph in
      try graph.redirect("PartitionedCall/add_55", to: "PartitionedCall/MatMul")
      graph.keepOnly(outputs: ["PartitionedCall/Identity_13"])
    }
  }

  @Test func aSoftmaxForTheSigmoid() throws {
    // The logits are found without the sigmoid; the softmax is none of the model's outputs.
    var graph = try EditableGraph()
    try graph.edit("PartitionedCall/onnx_tf_prefix_/Sigmoid") { $0.op = "Softmax" }
    let converted = try Conversion.convert(graph.definition)
    expectSame(converted, try FixtureGraph.version2.converted)
    #expect(converted.outputs["PartitionedCall/Identity"] == .logits)
    #expect(converted.outputs["PartitionedCall/Identity_13"] == nil)
  }

  // MARK: - Input

  @Test func aHeadAlone() throws {
    var graph = try EditableGraph.sixBlocks()
    graph.add(
      "embeddings", "Placeholder", [], ["dtype": .type(.dtFloat), "shape": .shape([-1, 48])])
    try graph.edit("PartitionedCall/flatten/Reshape") { $0.input[0] = "embeddings" }
    graph.keepOnly(outputs: ["PartitionedCall/Identity_13"])
    #expect(throws: ConversionError.noInput(found: ["embeddings"])) {
      try Conversion.convert(graph.definition)
    }
  }

  @Test func moreThanOnePatch() throws {
    #expect(throws: ConversionError.noInput(found: ["melspectrogram"])) {
      var graph = try EditableGraph.sixBlocks()
      try graph.edit("melspectrogram") { $0.attr["shape"] = .shape([2, 316, 96]) }
      return try Conversion.convert(graph.definition)
    }
  }

  @Test func anyBatchSize() throws {
    try expectSameNumbers { graph in
      try graph.edit("melspectrogram") { $0.attr["shape"] = .shape([-1, 316, 96]) }
    }
  }
}

extension TensorFlowTensorProto {
  /// Replaces a number in a list of int64 or int32.
  fileprivate mutating func replaceInteger(_ old: Int64, by new: Int64) {
    switch dtype {
    case .dtInt64:
      var values = int64Val
      if !tensorContent.isEmpty {
        values = tensorContent.withUnsafeBytes { bytes in
          (0..<(bytes.count / 8)).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self) }
        }
      }
      tensorContent = Data()
      int64Val = values.map { $0 == old ? new : $0 }
    default: break
    }
  }
}
