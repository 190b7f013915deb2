import MAESTKernels
import MAESTNetwork
import MAESTTensor
import MAESTTestSupport
import MAESTWeights
import Testing

/// The network gives what its formulas say.
@Suite struct NetworkReferenceTests {
  @Test(arguments: NetworkShape.all + NetworkShape.aroundSplits)
  func everyShapeByEveryBackend(shape: NetworkShape) throws {
    let model = try RandomModel(shape.configuration)
    let computes = try backends.map { try Compute(backend: $0, threadCount: 2) }
    try expectFormulas(model, model.melPatch(), computes)
  }

  @Test(arguments: InstructionSet.supported)
  func everyInstructionSet(set: InstructionSet) throws {
    let model = try RandomModel()
    let computes = try backends.map { try Compute(backend: $0, instructionSet: set, threadCount: 1) }
    try expectFormulas(model, model.melPatch(), computes)
  }

  @Test func patchesOfOneValue() throws {
    let model = try RandomModel()
    let configuration = model.configuration
    let compute = try Compute(backend: backends[0], threadCount: 1)
    for value: Float in [0, -3, 20] {
      let values = [Float](repeating: value, count: configuration.frameCount * configuration.bandCount)
      let melPatch = Matrix(copying: values, rows: configuration.frameCount, columns: configuration.bandCount)
      try expectFormulas(model, melPatch, [compute])
    }
  }

  /// Expects everything that the network gives to be as near to the twin as single precision allows.
  private func expectFormulas(
    _ model: RandomModel, _ melPatch: Matrix, _ computes: [Compute],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let configuration = model.configuration
    let twin = NetworkTwin(configuration: configuration, parameters: model.parameters)
    let exact = try twin(
      (0..<melPatch.rows).map { melPatch[rows: $0..<$0 + 1].elements().map(Double.init) })
    for compute in computes {
      let output = model.network(melPatch, taps: model.allTaps, on: compute)
      try expectOutput(
        output, exact, configuration, "by \(compute.multiplication.name)", sourceLocation: sourceLocation)
    }
  }

  /// Everything at every point: each layer's values within that layer's tolerance.
  private func expectOutput(
    _ output: NetworkOutput, _ exact: NetworkTwin.Output, _ configuration: ModelConfiguration,
    _ comment: String, sourceLocation: SourceLocation
  ) throws {
    let tolerance = Tolerance(configuration: configuration)
    var expected = exact.values(configuration)
    expected[.logits] = exact.logits.map { ([$0.count], $0) }
    #expect(output.taps == Set(expected.keys), "\(comment)", sourceLocation: sourceLocation)
    for (tap, (shape, values)) in expected {
      let found = try #require(output[tap])
      #expect(found.shape == shape, "\(tap) \(comment)", sourceLocation: sourceLocation)
      expectClose(
        found.elements, values, relative: tap.layer.map(tolerance.blockOutput) ?? tolerance.head,
        uneven: tap.isAttentionWeights, "\(tap) \(comment)", sourceLocation: sourceLocation)
    }
    expectClose(
      output.activations?.elements ?? [], exact.activations ?? [], relative: tolerance.head,
      "activations \(comment)", sourceLocation: sourceLocation)
  }
}

extension Tap {
  fileprivate var isAttentionWeights: Bool {
    if case .attentionWeights = self { true } else { false }
  }
}
