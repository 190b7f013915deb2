import MAESTConverter
import Testing

/// Other ways to take queries, keys and values out of a fused layer, in every block.
@Suite struct FusedLayerTests {
  private let blocks = (1...3).map(EditableGraph.fusedAttention)
  /// The nodes that take queries, keys and values out of `Transpose` `[3, 1, 3, 65, 8]`.
  private let parts = ["Gather", "Gather_1", "Gather_2"]

  private static func index(_ values: [Int], _ shape: [Int]) -> TensorFlowTensorProto {
    TensorFlowTensorProto(integers: values.map { Int32($0) }, shape: shape)
  }

  @Test func unpacked() throws {
    try expectSameNumbers(.original) { graph in
      for block in blocks {
        graph.add(
          block + "Unpack", "Unpack", [block + "Transpose"], ["num": .integer(3), "axis": .integer(0)])
        for (part, name) in parts.enumerated() {
          try graph.replace(block + name, "Identity", [block + "Unpack" + (part == 0 ? "" : ":\(part)")])
        }
      }
    }
  }

  enum Selection: CaseIterable { case split, splitBySizes, slice, stridedSlice, gatherOfARun, oldGather }

  /// The parts keep their axis of one element, which a Squeeze drops.
  @Test(arguments: Selection.allCases) func selected(written: Selection) throws {
    try expectSameNumbers(.original) { graph in
      graph.addConstant("first axis", Self.index([0], []))
      graph.addConstant("sizes", Self.index([1, -1, 1], [3]))
      graph.addConstant("ones", Self.index([1, 1, 1, 1, 1], [5]))
      graph.addConstant("size", Self.index([1, -1, -1, -1, -1], [5]))
      for part in 0..<3 {
        graph.addConstant("begin \(part)", Self.index([part, 0, 0, 0, 0], [5]))
        graph.addConstant("end \(part)", Self.index([part + 1, 0, 0, 0, 0], [5]))
        graph.addConstant("index \(part)", Self.index([part], [1]))
        graph.addConstant("number \(part)", Self.index([part], []))
      }
      for block in blocks {
        let source = block + "Transpose"
        if written == .split {
          graph.add(block + "parts", "Split", ["first axis", source], ["num_split": .integer(3)])
        } else if written == .splitBySizes {
          graph.add(block + "parts", "SplitV", [source, "sizes", "first axis"], ["num_split": .integer(3)])
        }
        for (part, name) in parts.enumerated() {
          let selected = "\(block)part \(part)"
          switch written {
          case .split, .splitBySizes:
            graph.add(selected, "Identity", [block + "parts" + (part == 0 ? "" : ":\(part)")])
          case .slice: graph.add(selected, "Slice", [source, "begin \(part)", "size"])
          case .stridedSlice:
            graph.add(
              selected, "StridedSlice", [source, "begin \(part)", "end \(part)", "ones"],
              ["begin_mask": .integer(0b11110), "end_mask": .integer(0b11110)])
          case .gatherOfARun: graph.add(selected, "GatherV2", [source, "index \(part)", "first axis"])
          case .oldGather: graph.add(selected, "Gather", [source, "number \(part)"])
          }
          // The older Gather takes a number and drops the axis.
          try graph.replace(block + name, written == .oldGather ? "Identity" : "Squeeze", [selected])
          try graph.edit(block + name) { $0.attr["squeeze_dims"] = .integers([0]) }
        }
      }
    }
  }

  /// Heads are split after the parts are taken out of the layer's last axis.
  @Test(arguments: [false, true]) func partsOfTheLastAxis(sizesAreGiven: Bool) throws {
    try expectSameNumbers(.original) { graph in
      graph.addConstant("last axis", Self.index([-1], []))
      graph.addConstant("sizes", Self.index([24, 24, 24], [3]))
      graph.addConstant("heads", Self.index([1, 65, 3, 8], [4]))
      graph.addConstant("head first", Self.index([0, 2, 1, 3], [4]))
      for block in blocks {
        let layer = block + "qkv/Add"
        graph.add(
          block + "parts", sizesAreGiven ? "SplitV" : "Split",
          sizesAreGiven ? [layer, "sizes", "last axis"] : ["last axis", layer], ["num_split": .integer(3)])
        for (part, name) in parts.enumerated() {
          graph.add("\(block)heads \(part)", "Reshape", ["\(block)parts:\(part)", "heads"])
          try graph.replace(block + name, "Transpose", ["\(block)heads \(part)", "head first"])
        }
      }
    }
  }

  /// In `[head, part, width]` the columns of the layer stand in another order, and so do those of its constants.
  @Test func partsInsideOfHeads() throws {
    try expectSameNumbers(.original) { graph in
      graph.addConstant("inside", Self.index([1, 65, 3, 3, 8], [5]))
      graph.addConstant("parts first", Self.index([3, 0, 2, 1, 4], [5]))
      for block in blocks {
        try graph.permuteColumns(of: block + "qkv/MatMul") { column in
          // Column (head, part, width) was column (part, head, width).
          let (head, part, width) = (column / 24, column / 8 % 3, column % 8)
          return part * 24 + head * 8 + width
        }
        try graph.edit(block + "Reshape") { $0.input[1] = "inside" }
        try graph.edit(block + "Transpose") { $0.input[1] = "parts first" }
      }
    }
  }

  /// As above with `[part, width, head]`: the elements of a head are not side by side.
  @Test func interleavedHeads() throws {
    try expectSameNumbers(.original) { graph in
      graph.addConstant("inside", Self.index([1, 65, 3, 8, 3], [5]))
      graph.addConstant("parts first", Self.index([2, 0, 4, 1, 3], [5]))
      for block in blocks {
        try graph.permuteColumns(of: block + "qkv/MatMul") { column in
          let (part, width, head) = (column / 24, column / 3 % 8, column % 3)
          return part * 24 + head * 8 + width
        }
        try graph.edit(block + "Reshape") { $0.input[1] = "inside" }
        try graph.edit(block + "Transpose") { $0.input[1] = "parts first" }
      }
    }
  }

  enum Scale: CaseIterable { case onQueries, onKeysBeforeTheTransposition, quotient }

  @Test(arguments: Scale.allCases) func scales(written: Scale) throws {
    var graph = try EditableGraph.original.get()
    graph.addConstant("quarter", TensorFlowTensorProto(0.25))
    graph.addConstant("four", TensorFlowTensorProto(4))
    for block in blocks {
      guard written != .quotient else {
        try graph.replace(block + "Mul", "RealDiv", [block + "MatMul", "four"])
        continue
      }
      try graph.redirect(block + "Mul", to: block + "MatMul")
      try graph.insert("Mul", behind: block + (written == .onQueries ? "Gather" : "Gather_1"), ["quarter"])
    }
    let report = try expectVerified(graph)
    #expect(report.description.configuration.attentionScale == 0.25)
  }

  /// Keys and values may share a layer that queries are not part of.
  @Test func onlyKeysAndValuesFused() throws {
    try expectSameNumbers(.original) { graph in
      graph.addConstant("last axis", Self.index([-1], []))
      graph.addConstant("heads", Self.index([1, 65, 3, 8], [4]))
      graph.addConstant("head first", Self.index([0, 2, 1, 3], [4]))
      for block in blocks {
        let input = try graph.node(block + "qkv/MatMul").input[0]
        let weight = try graph.constant(behind: try graph.node(block + "qkv/MatMul").input[1])
        let bias = try graph.constant(behind: try graph.biasInput(of: block + "qkv/Add"))
        for (name, columns) in [("q", 0..<24), ("kv", 24..<72)] {
          graph.addConstant(block + name + " weight", weight.columns(Array(columns)))
          graph.addConstant(block + name + " bias", bias.columns(Array(columns)))
          graph.add(block + name + " product", "BatchMatMulV2", [input, block + name + " weight"])
          graph.add(block + name, "BiasAdd", [block + name + " product", block + name + " bias"])
        }
        graph.add(block + "parts", "Split", ["last axis", block + "kv"], ["num_split": .integer(2)])
        for (name, source) in zip(parts, ["q", "parts", "parts:1"]) {
          graph.add("\(block)\(name) heads", "Reshape", [block + source, "heads"])
          try graph.replace(block + name, "Transpose", ["\(block)\(name) heads", "head first"])
        }
      }
    }
  }
}

extension EditableGraph {
  /// The constant operand of a sum.
  func biasInput(of sum: String) throws -> String {
    let inputs = try node(sum).input
    guard let bias = inputs.first(where: { (try? constantName(behind: $0)) != nil }) else {
      throw MissingNode(name: sum + " with a constant")
    }
    return bias
  }

  /// Gives the weight of a product, and the bias of its sum, other columns: `source` tells for each which it was.
  mutating func permuteColumns(of product: String, _ source: (Int) -> Int) throws {
    let bias = try biasInput(of: product.replacing("MatMul", with: "Add"))
    for name in [try node(product).input[1], bias] {
      try editConstant(behind: name) { tensor in
        tensor = tensor.columns((0..<(tensor.shape.last ?? 0)).map(source))
      }
    }
  }
}

extension TensorFlowTensorProto {
  /// Some columns of a matrix, or elements of a vector, in the order given.
  func columns(_ columns: [Int]) -> Self {
    let (elements, width) = (floats, shape.last ?? 1)
    let rows = stride(from: 0, to: elements.count, by: width)
    return Self(
      floats: rows.flatMap { row in columns.map { elements[row + $0] } },
      shape: shape.dropLast() + [columns.count])
  }
}
