import MAESTConverter
import Testing

/// Other ways to add position embeddings.
@Suite struct PositionIdiomTests {
  private let body = EditableGraph.body

  private static func order(_ values: [Int32]) -> TensorFlowTensorProto {
    TensorFlowTensorProto(integers: values, shape: [values.count])
  }

  /// The tables are added where the channels come last, before the grid is turned.
  @Test func beforeTheGridIsTurned() throws {
    try expectSameNumbers(.original) { graph in
      graph.addConstant("channels last", Self.order([0, 2, 3, 1]))
      for table in ["unknown_1", "unknown_2"] {
        try graph.insert("Transpose", behind: table, ["channels last"])
      }
      // convolution + bias -> tables -> transpose_2
      let sums = ["PartitionedCall/Add", "time", "frequency"]
      graph.add("time", "AddV2", [sums[0], "unknown_1/inserted Transpose"])
      graph.add("frequency", "BiasAdd", ["time", "unknown_2/inserted Transpose"])
      try graph.edit("frequency") { $0.op = "AddV2" }
      try graph.edit("PartitionedCall/transpose_2") { $0.input[0] = "frequency" }
      try graph.redirect(body + "Add_1", to: "PartitionedCall/transpose_2")
    }
  }

  /// One table for the whole grid, added to the flat tokens, before CLS and DIST are put in front.
  @Test func behindTheFlattening() throws {
    try expectSameNumbers(.original) { graph in
      let (time, frequency) = (
        try graph.constant(behind: "unknown_1").floats, try graph.constant(behind: "unknown_2").floats
      )
      var table: [Float] = []
      for token in 0..<63 {
        for channel in 0..<24 {
          table.append(time[channel * 7 + token % 7] + frequency[channel * 9 + token / 7])
        }
      }
      graph.addConstant("table", TensorFlowTensorProto(floats: table, shape: [1, 63, 24]))
      try graph.edit(body + "Reshape") { $0.input[0] = "PartitionedCall/transpose_2" }
      try graph.insert("AddV2", behind: body + "Transpose_1", ["table"])
    }
  }

  /// Tokens and their positions as one constant: the sum of both is what counts.
  @Test func leadingTokensAsOneConstant() throws {
    var graph = try EditableGraph.original.get()
    let sums = try [("unknown_3", "unknown_4"), ("unknown_5", "unknown_6")].flatMap { token, position in
      zip(try graph.constant(behind: token).floats, try graph.constant(behind: position).floats).map {
        $0 + $1
      }
    }
    graph.addConstant("leading", TensorFlowTensorProto(floats: sums, shape: [1, 2, 24]))
    try graph.edit(body + "Concat_1") { $0.input = ["leading", $0.input[2], $0.input[3]] }
    try expectVerified(graph)
    let (found, original) = (
      try Conversion.convert(graph.definition).tensors, try Converted.original.get().tensors
    )
    #expect(found["tokens.class"] == Array(sums[..<24]) && found["tokens.distillation"] == Array(sums[24...]))
    let position = try #require(found["positionEmbedding"])
    #expect(position[..<48].allSatisfy { $0 == 0 })
    #expect(position[48...] == (original["positionEmbedding"] ?? [])[48...])
  }

  @Test func concatenationsInsideOfEachOther() throws {
    try expectSameNumbers(.original) { graph in
      let inputs = try graph.node(body + "Concat_1").input
      graph.add("rest", "ConcatV2", Array(inputs[1...]))
      try graph.edit("rest") { $0.attr["N"] = .integer(2) }
      try graph.edit(body + "Concat_1") { $0.input = [inputs[0], "rest", inputs[3]] }
    }
  }

  /// Positions on the grid and again on all tokens are one position embedding: their sum.
  @Test func positionsOfTheGridAndOfAllTokens() throws {
    var graph = try EditableGraph.original.get()
    let more = (0..<(65 * 24)).map { Float($0 % 17) / 8 }
    graph.addConstant("more", TensorFlowTensorProto(floats: more, shape: [1, 65, 24]))
    try graph.insert("AddV2", behind: body + "Concat_1", ["more"])
    try expectVerified(graph)
    let original = try #require(try Converted.original.get().tensors["positionEmbedding"])
    let found = try Conversion.convert(graph.definition).tensors["positionEmbedding"]
    #expect(found == zip(original, more).map { $0 + $1 })
  }

  @Test func noFrequency() throws {
    var graph = try EditableGraph.original.get()
    try graph.redirect(body + "Add_1", to: body + "Add")
    try expectVerified(graph)
  }

  // MARK: - Refused

  @Test func noBiasUnderTheTables() throws {
    try expectRefused(.original, at: "patch embedding", found: "AddV2", expected: "a convolution with a bias")
    {
      graph in
      try graph.redirect("PartitionedCall/Add", to: "PartitionedCall/concat/concat")
    }
  }

  @Test func aSecondBias() throws {
    try expectRefused(.original, at: "patch embedding", expected: "along time or frequency") { graph in
      graph.addConstant(
        "bias", TensorFlowTensorProto(floats: Array(repeating: 1, count: 24), shape: [24, 1, 1]))
      try graph.insert("AddV2", behind: body + "Add_1", ["bias"])
    }
  }

  @Test func aTableWithoutChannels() throws {
    try expectRefused(.original, at: "patch embedding", expected: "along time or frequency") { graph in
      try graph.editConstant(behind: "unknown_1") {
        $0 = TensorFlowTensorProto(floats: Array($0.floats.prefix(7)), shape: [1, 1, 1, 7])
      }
    }
  }

  @Test func aFactorOnTheGrid() throws {
    try expectRefused(.original, at: "patch embedding", found: "Mul") { graph in
      graph.addConstant("half", TensorFlowTensorProto(0.5))
      try graph.insert("Mul", behind: body + "Add", ["half"])
    }
  }

  @Test func tablesInTheOrderOfTime() throws {
    try expectRefused(.original, at: "patch embedding", expected: "frequency-major") { graph in
      graph.addConstant("turned", Self.order([0, 1, 3, 2]))
      try graph.insert("Transpose", behind: body + "Add_1", ["turned"])
    }
  }

  @Test func threeLeadingTokens() throws {
    try expectRefused(.original, at: "patch embedding or block 1", found: "Reshape") { graph in
      try graph.edit(body + "Concat_1") { $0.input.insert($0.input[0], at: 0) }
    }
  }

  // MARK: - Without end

  @Test func manyTables() throws {
    try expectRefused(.original, at: "patch embedding", expected: "at most 64 steps") { graph in
      let table = try graph.biasInput(of: body + "Add_1")
      var last = body + "Add_1"
      for index in 0..<5000 { last = graph.add("table \(index)", "AddV2", [last, table]) }
      try graph.edit(body + "Reshape") { $0.input[0] = last }
    }
    try expectRefused(.original, at: "patch embedding", expected: "a position embedding for every token") {
      graph in
      graph.addConstant(
        "more", TensorFlowTensorProto(floats: Array(repeating: 1, count: 65 * 24), shape: [65, 24]))
      var last = body + "Concat_1"
      for index in 0..<5000 { last = graph.add("sum \(index)", "AddV2", [last, "more"]) }
      for name in ["norm1/ReduceMean", "norm1/Sub", "Add"].map({ body + "blocks.0/" + $0 }) {
        try graph.edit(name) { $0.input = $0.input.map { $0 == body + "Concat_1" ? last : $0 } }
      }
    }
  }

  /// Ten times ten times ten ... parts: the shapes do not fit, and nobody counts them.
  @Test func concatenationsThatMultiply() throws {
    try expectRefused(.original, at: "patch embedding or block 1") { graph in
      let inputs = try graph.node(body + "Concat_1").input
      var part = inputs[2]
      for level in 0..<12 {
        part = graph.add("level \(level)", "ConcatV2", Array(repeating: part, count: 3) + [inputs[3]])
      }
      try graph.edit(body + "Concat_1") { $0.input[2] = part }
    }
  }
}
