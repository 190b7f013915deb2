import MAESTConverter
import Testing

/// Other ways to average CLS and DIST.
@Suite struct PooledTokenTests {
  private let body = EditableGraph.body
  private var norm: String { body + "norm/Add_1" }

  private static func index(_ values: [Int32], _ shape: [Int]) -> TensorFlowTensorProto {
    TensorFlowTensorProto(integers: values, shape: shape)
  }

  enum Mean: CaseIterable {
    case slice, stridedSlice, gather, split, pack, packOnTop, concatenation, sum, halvesFirst, keptAxis
  }

  @Test(arguments: Mean.allCases) func means(written: Mean) throws {
    try expectSameNumbers(.original) { graph in
      graph.addConstant("axis", Self.index([written == .packOnTop ? 0 : 1], [1]))
      graph.addConstant("number", Self.index([1], []))
      graph.addConstant("half", TensorFlowTensorProto(0.5))
      graph.addConstant("begin", Self.index([0, 0, 0], [3]))
      let mean = body + "Div"
      let (first, second) = (body + "Gather", body + "Gather_1")
      var reduction = "Mean"
      switch written {
      case .slice, .sum, .keptAxis:
        graph.addConstant("size", Self.index([1, 2, -1], [3]))
        graph.add("pair", "Slice", [norm, "begin", "size"])
      case .stridedSlice:
        graph.addConstant("end", Self.index([0, 2, 0], [3]))
        graph.addConstant("strides", Self.index([1, 1, 1], [3]))
        graph.add(
          "pair", "StridedSlice", [norm, "begin", "end", "strides"],
          ["begin_mask": .integer(0b101), "end_mask": .integer(0b101)])
      case .gather:
        graph.addConstant("indices", Self.index([0, 1], [2]))
        graph.add("pair", "GatherV2", [norm, "indices", "number"])
      case .split:
        graph.addConstant("sizes", Self.index([2, -1], [2]))
        graph.add("pair", "SplitV", [norm, "sizes", "number"], ["num_split": .integer(2)])
      case .pack, .packOnTop:
        graph.add(
          "pair", "Pack", [first, second], ["axis": .integer(written == .pack ? 1 : 0), "N": .integer(2)])
      case .concatenation:
        for (name, token) in [("first", first), ("second", second)] {
          graph.add(name, "ExpandDims", [token, "number"])
        }
        graph.add("pair", "ConcatV2", ["first", "second", "number"], ["N": .integer(2)])
      case .halvesFirst:
        graph.add("first", "Mul", ["half", first])
        graph.add("second", "Mul", [second, "half"])
      }
      switch written {
      case .halvesFirst: try graph.replace(mean, "AddV2", ["first", "second"])
      case .sum:
        reduction = "Sum"
        graph.add("sum", reduction, ["pair", "axis"])
        try graph.replace(mean, "Mul", ["sum", "half"])
      default: try graph.replace(mean, reduction, ["pair", "axis"])
      }
      if written == .keptAxis { try graph.edit(mean) { $0.attr["keep_dims"] = .boolean(true) } }
    }
  }

  @Test func aMeanIsVerified() throws {
    var graph = try EditableGraph.original.get()
    graph.addConstant("axis", Self.index([1], [1]))
    graph.addConstant("begin", Self.index([0, 0, 0], [3]))
    graph.addConstant("size", Self.index([1, 2, -1], [3]))
    graph.add("pair", "Slice", [norm, "begin", "size"])
    try graph.replace(body + "Div", "Mean", ["pair", "axis"])
    try expectVerified(graph)
  }

  // MARK: - Refused

  @Test(arguments: [(0, 3), (1, 2), (0, 1)]) func otherTokens(start: Int32, count: Int32) throws {
    try expectRefused(.original, at: "head", expected: "CLS (token 0) and DIST (token 1)") { graph in
      graph.addConstant("axis", Self.index([1], [1]))
      graph.addConstant("begin", Self.index([0, start, 0], [3]))
      graph.addConstant("size", Self.index([1, count, -1], [3]))
      graph.add("pair", "Slice", [norm, "begin", "size"])
      try graph.replace(body + "Div", "Mean", ["pair", "axis"])
    }
  }

  @Test func aMeanOverTheEmbedding() throws {
    try expectRefused(.original, at: "head") { graph in
      graph.addConstant("last", Self.index([2], [1]))
      graph.add(
        "pair", "Pack", [body + "Gather", body + "Gather_1"], ["axis": .integer(2), "N": .integer(2)])
      try graph.replace(body + "Div", "Mean", ["pair", "last"])
    }
  }

  @Test func aWeightedMean() throws {
    try expectRefused(.original, at: "head") { graph in
      graph.addConstant("less", TensorFlowTensorProto(0.25))
      graph.addConstant("more", TensorFlowTensorProto(0.75))
      graph.add("first", "Mul", ["less", body + "Gather"])
      graph.add("second", "Mul", [body + "Gather_1", "more"])
      try graph.replace(body + "Div", "AddV2", ["first", "second"])
    }
  }

  @Test func oneTokenTwice() throws {
    try expectRefused(.original, at: "head") { graph in
      graph.add("pair", "Pack", [body + "Gather", body + "Gather"], ["axis": .integer(1), "N": .integer(2)])
      graph.addConstant("axis", Self.index([1], [1]))
      try graph.replace(body + "Div", "Mean", ["pair", "axis"])
    }
  }
}
