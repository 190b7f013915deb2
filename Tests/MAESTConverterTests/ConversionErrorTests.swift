import Foundation
import MAESTConverter
import MAESTTestSupport
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
      (.cyclic(node: "n"), ["'n'", "cycle"]),
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

  /// The system's and the files' own messages name the path as well; it is said once.
  @Test func pathsAreNamedOnce() throws {
    try withTemporaryFolder { folder in
      let manager = FileManager.default
      let saved = folder + "/saved"
      let variables = saved + "/variables/variables"
      func restore() throws {
        try? manager.removeItem(atPath: saved)
        try manager.copyItem(atPath: Fixtures.path("graphs/maest-module-savedmodel"), toPath: saved)
      }
      for file in [variables + ".index", variables + ".data-00000-of-00001"] {
        try restore()
        try manager.removeItem(atPath: file)
        try expectNamed(file, source: saved)
      }
      try restore()
      try Data().write(to: URL(filePath: saved + "/saved_model.pb"))
      try expectNamed(saved + "/saved_model.pb", source: saved)
      for (name, contents) in [
        ("short.safetensors", Data([1, 2, 3])), ("long.safetensors", Data(count: 64)),
      ] {
        try contents.write(to: URL(filePath: folder + "/" + name))
        try expectNamed(folder + "/" + name, source: folder + "/" + name)
      }
      for name in ["none.pb", "none.onnx", "none.safetensors"] {
        try expectNamed(folder + "/" + name, source: folder + "/" + name)
      }
    }
  }

  private func expectNamed(_ path: String, source: String, sourceLocation: SourceLocation = #_sourceLocation)
    throws
  {
    let error = #expect(throws: ConversionError.self, sourceLocation: sourceLocation) {
      _ = try SourceReader.model(at: source).configuration
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.ranges(of: path).count == 1, "\(text)", sourceLocation: sourceLocation)
  }
}
