import Foundation
import MAESTConverter
import MAESTGraphWriter
import MAESTTestSupport
import Testing

/// Files that are no graph: a typed error, no crash, and nothing on disk.
@Suite struct HostileFileTests {
  private func error(converting path: String) throws -> ConversionError? {
    try withTemporaryFolder { folder in
      let error = #expect(throws: ConversionError.self) {
        try GraphConverter.convert(graphAt: path, to: folder + "/out.safetensors")
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names == [])
      return error
    }
  }

  /// Expects `bytes` to be refused as no graph.
  private func expectNoGraph(
    _ bytes: Data, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: ConversionError.self, "\(what)", sourceLocation: sourceLocation) {
      try Conversion.convert(bytes)
    }
    guard case .notAGraph? = error else {
      Issue.record("\(what): \(String(describing: error))", sourceLocation: sourceLocation)
      return
    }
  }

  @Test(arguments: ["missing.pb", ".", "", "/dev/null", "/dev/zero"])
  func noFile(name: String) throws {
    try withTemporaryFolder { folder in
      let path = name.hasPrefix("/") ? name : folder + "/" + name
      guard case .unreadable(path, let reason)? = try error(converting: path) else {
        Issue.record("\(name): not reported as unreadable")
        return
      }
      #expect(!reason.isEmpty)
    }
  }

  @Test func anEmptyFile() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: URL(filePath: folder + "/empty.pb"))
      guard case .unreadable(_, let reason)? = try error(converting: folder + "/empty.pb") else {
        Issue.record("not reported as unreadable")
        return
      }
      #expect(reason.contains("empty"))
    }
  }

  @Test func text() throws {
    for text in ["hello", "{\"node\": []}", "node {\n  name: \"x\"\n  op: \"Const\"\n}\n", " ", "\n", "\0"] {
      expectNoGraph(Data(text.utf8), text)
    }
  }

  @Test func otherFormats() throws {
    expectNoGraph(try Data(contentsOf: URL(filePath: FixtureGraph.metadataPath)), "JSON")
    expectNoGraph(try Data(contentsOf: URL(filePath: Fixtures.path("audio/short-16k.wav"))), "WAV")
    expectNoGraph(try FixtureGraph.version2.converted.bytes, "safetensors")
    expectNoGraph(Data([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]), "gzip")
    expectNoGraph(Data([0x50, 0x4b, 5, 6] + Array(repeating: 0, count: 18)), "zip")
    expectNoGraph(Data([0x89] + Array("HDF\r\n".utf8) + [0x1a, 0x0a]), "HDF5")
  }

  /// An ONNX model: IR version, producer, a graph with a node, the operator set.
  @Test func onnx() {
    func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
      [number << 3 | 2, UInt8(content.count)] + content
    }
    let node = field(1, Array("x".utf8)) + field(2, Array("y".utf8)) + field(4, Array("Relu".utf8))
    let graph = field(1, node) + field(2, Array("torch_jit".utf8))
    let model = [0x08, 0x07] + field(2, Array("pytorch".utf8)) + field(7, graph) + field(8, [0x10, 0x0c])
    expectNoGraph(Data(model), "ONNX")
  }

  @Test func randomBytes() {
    var random = SeededRandom(seed: 42)
    for length in 1...300 {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(throws: ConversionError.self) { try Conversion.convert(Data(bytes)) }
    }
  }

  /// Random bytes behind the tag of a node, so that the decoder does not stop at once.
  @Test func randomNodes() {
    var random = SeededRandom(seed: 43)
    for length in 1...300 {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...40, using: &random) }
      let count = UInt8(min(length, 100))
      #expect(throws: ConversionError.self) {
        try Conversion.convert(Data([0x0a, count] + bytes + [0x0a, count] + bytes))
      }
    }
  }

  @Test func truncatedFiles() throws {
    let bytes = try EditableGraph.small.get().serializedBytes
    for place in 0..<200 {
      let length = 1 + place * (bytes.count - 2) / 199
      #expect(throws: ConversionError.self, "\(length) of \(bytes.count) bytes") {
        try Conversion.convert(bytes.prefix(length))
      }
    }
    #expect(try Conversion.convert(bytes).configuration.blockCount == 1)
  }

  @Test func truncatedFixtures() throws {
    for graph in FixtureGraph.allCases {
      let bytes = try Data(contentsOf: URL(filePath: graph.path))
      for length in [bytes.count / 3, bytes.count / 2, bytes.count - 1] {
        #expect(throws: ConversionError.self) { try Conversion.convert(bytes.prefix(length)) }
      }
    }
  }

  @Test func bytesBehindTheGraph() throws {
    let bytes = try EditableGraph.small.get().serializedBytes
    for tail in [Data([0]), Data([0xff]), Data("more".utf8), Data([0x0a, 0x05])] {
      #expect(throws: ConversionError.self) { try Conversion.convert(bytes + tail) }
    }
  }

  @Test func aFailureLeavesAnOlderFileAlone() throws {
    try withTemporaryFolder { folder in
      let output = folder + "/out.safetensors"
      try Data("old".utf8).write(to: URL(filePath: output))
      #expect(throws: ConversionError.self) {
        try GraphConverter.convert(graphAt: FixtureGraph.metadataPath, to: output)
      }
      #expect(try Data(contentsOf: URL(filePath: output)) == Data("old".utf8))
    }
  }

  /// A weight that turns out to have no value only when it is to be written.
  @Test func aFailureInTheMiddleOfWriting() throws {
    var graph = try EditableGraph.sixBlocks()
    let weight = try graph.constantName(behind: "Func/PartitionedCall/input/_202")
    graph.addConstant("one", TensorFlowTensorProto(integers: [1], shape: []))
    try graph.insert("Mul", behind: weight, ["one"])
    #expect(throws: ConversionError.self) { try Conversion.convert(graph.definition) }
  }
}
