import Foundation
import MAESTConverter
import MAESTTestSupport
import MAESTWeights
import Testing

/// Numbers that no kernel can compute with are errors of the conversion, from every kind of source.
@Suite struct BadNumberTests {
  /// The small flat graph, every attention's scale or every norm's epsilon changed.
  private func graph(_ isMeant: (TensorFlowTensorProto) -> Bool, becomes value: Float) throws
    -> TensorFlowGraphDef
  {
    var graph = try EditableGraph.sixBlocks()
    var count = 0
    for index in graph.definition.node.indices where graph.definition.node[index].op == "Const" {
      guard var tensor = graph.definition.node[index].attr["value"]?.tensor, tensor.dtype == .dtFloat,
        tensor.shape.reduce(1, *) == 1, isMeant(tensor)
      else { continue }
      tensor.tensorContent = Data()
      tensor.floatVal = [value]
      graph.definition.node[index].attr["value"] = .tensor(tensor)
      count += 1
    }
    try #require(count > 0)
    return graph.definition
  }

  private static func number(_ tensor: TensorFlowTensorProto) -> Float? {
    if let value = tensor.floatVal.first { return value }
    guard tensor.tensorContent.count == 4 else { return nil }
    let bits = tensor.tensorContent.enumerated().reduce(UInt32(0)) {
      $0 | UInt32($1.element) << (8 * $1.offset)
    }
    return Float(bitPattern: bits)
  }

  @Test(arguments: [1e-31, 1e-20, 1e20, 3e38] as [Float])
  func aScaleThatNoSoftmaxTakes(scale: Float) throws {
    // The graph divides by the root of the head's width, or multiplies by its reciprocal.
    let definition = try graph({ [4, 0.25].contains(Self.number($0)) }, becomes: scale)
    let error = #expect(throws: ConversionError.self) { try Conversion.convert(definition) }
    guard case .badNumber("attention_scale", _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: [0, -1, .nan, .infinity, -.infinity] as [Float])
  func aScaleThatIsNone(scale: Float) throws {
    let definition = try graph({ [4, 0.25].contains(Self.number($0)) }, becomes: scale)
    #expect(throws: ConversionError.self) { try Conversion.convert(definition) }
  }

  @Test(arguments: [1e-31, 1e7, 0, -1, .nan, .infinity] as [Float])
  func anEpsilonThatNoNormTakes(epsilon: Float) throws {
    let definition = try graph({ Self.number($0) == 1e-6 }, becomes: epsilon)
    #expect(throws: ConversionError.self) { try Conversion.convert(definition) }
  }

  @Test(arguments: [.nan, .infinity, -.infinity] as [Float])
  func weightsOfAGraph(value: Float) throws {
    var graph = try EditableGraph.sixBlocks()
    let name = try #require(graph.blockProducts.last).weight
    var elements = Data()
    try graph.editConstant(behind: name) { tensor in
      let third = tensor.tensorContent.startIndex + 8
      tensor.tensorContent.replaceSubrange(
        third..<third + 4, with: withUnsafeBytes(of: value.bitPattern.littleEndian) { Data($0) })
      elements = tensor.tensorContent
    }
    try #require(!elements.isEmpty)
    let error = #expect(throws: ConversionError.self) { try Conversion.convert(graph.definition) }
    guard case .notFinite(let tensor, 2, "\(value)")? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(tensor.hasPrefix("blocks.") && tensor.hasSuffix(".weight"))
  }

  @Test func weightsOfASafetensorsFile() throws {
    try withTemporaryFolder { folder in
      var tensors = PyTorchModel(TinyModel.configuration, type: .float32, seed: 11).tensors
      tensors["norm.weight"]?.elements[3] = .nan
      try writeSafeTensors(tensors, to: folder + "/model.safetensors")
      let error = #expect(throws: ConversionError.self) {
        try GraphConverter.convert(
          graphAt: folder + "/model.safetensors", headCount: 2, to: folder + "/out.safetensors")
      }
      #expect(error == .notFinite(tensor: "finalNorm.scale", index: 3, found: "nan"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model.safetensors"])
    }
  }

  /// A number that is positive in double precision and 0 in single.
  @Test func anEpsilonOfAConfigurationFile() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/model.safetensors"
      try FileManager.default.copyItem(
        atPath: Fixtures.path("graphs/discogs-maest-5s-tiny-hf.safetensors"), toPath: path)
      let source = try Data(
        contentsOf: URL(filePath: Fixtures.path("graphs/discogs-maest-5s-tiny-hf-config.json")))
      for (key, value) in [
        ("layer_norm_eps", 1e-60 as Double), ("layer_norm_eps", 1e-31), ("max_length", 1_000_000),
        ("num_mel_bins", 5000),
      ] {
        var facts = try #require(try JSONSerialization.jsonObject(with: source) as? [String: Any])
        facts[key] = value < 1 ? value : Int(value)
        try JSONSerialization.data(withJSONObject: facts).write(to: URL(filePath: folder + "/config.json"))
        let error = #expect(throws: ConversionError.self) { try SourceReader.model(at: path) }
        guard case .badNumber? = error else {
          Issue.record("\(key) = \(value) gives \(String(describing: error))")
          continue
        }
      }
    }
  }

  @Test func aWeightFileSaysHowItWasConverted() throws {
    try withTemporaryFolder { folder in
      let output = folder + "/out.safetensors"
      func status() throws -> VerificationStatus {
        try WeightFile(path: output).description.provenance.verification
      }
      let report = try GraphConverter.convert(
        graphAt: FixtureGraph.version2.path, verifying: true, to: output)
      let comparisons = try #require(report.verification).comparisons
      #expect(
        try status()
          == .passed(
            patchCount: 1, largestDifference: comparisons.map(\.maximumDifference).max() ?? -1,
            relativeNorm: comparisons.map(\.relativeNorm).max() ?? -1))
      _ = try GraphConverter.convert(graphAt: FixtureGraph.version2.path, to: output)
      #expect(try status() == .notVerified)
      _ = try GraphConverter.convert(
        graphAt: Fixtures.path("graphs/discogs-maest-5s-tiny-hf.safetensors"), verifying: true, to: output)
      #expect(try status() == .noGraph)
    }
  }
}
