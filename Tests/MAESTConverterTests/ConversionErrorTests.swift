import MAESTConverter
import Testing

/// What the errors tell.
@Suite struct ConversionErrorTests {
  @Test func messagesNameWhatIsWrong() {
    let messages: [(ConversionError, [String])] = [
      (.unreadable(path: "a.pb", reason: "no such file"), ["a.pb", "no such file"]),
      (.notAGraph(path: "a.pb", reason: "it ends early"), ["a.pb", "it ends early", "TensorFlow graph"]),
      (.danglingReference(node: "n", reference: "m:1"), ["'n'", "'m:1'"]),
      (.recursiveCall(function: "f"), ["'f'"]),
      (.duplicateName("n"), ["'n'", "two"]),
      (.tooLarge(limit: 77), ["77"]),
      (.cyclic(node: "n"), ["'n'", "loop"]),
      (.badConstant(node: "c", reason: "3 bytes"), ["'c'", "3 bytes"]),
      (.badOperation(node: "n", operation: "Tile", reason: "too large"), ["'n'", "Tile", "too large"]),
      (.noInput(found: []), ["[batch, time, mel]", "none"]),
      (.noInput(found: ["x", "y"]), ["[batch, time, mel]", "x, y"]),
      (.notMAEST(reason: "it has no blocks"), ["not a MAEST graph", "it has no blocks"]),
      (
        .unrecognized(place: "block 5", node: "n", found: "Relu", expected: "an exact GELU"),
        ["block 5", "'n'", "Relu", "an exact GELU"]
      ),
      (.badMetadata(path: "a.json", reason: "7 classes"), ["a.json", "7 classes"]),
    ]
    for (error, parts) in messages {
      for part in parts { #expect("\(error)".contains(part), "\(error)") }
    }
  }

  @Test func aRefusalTellsWhereAndWhatAndWhy() throws {
    var graph = try EditableGraph.sixBlocks()
    let gelu = EditableGraph.block(5) + "mlp/activation_fn/Mul_1"
    try graph.replace(gelu, "Relu", [EditableGraph.block(5) + "mlp/fc1/Add"])
    let expected = ConversionError.unrecognized(
      place: "block 5, feed-forward", node: gelu, found: "Relu", expected: "an exact GELU")
    #expect(throws: expected) { try Conversion.convert(graph.definition) }
  }
}
