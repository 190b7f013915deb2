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
      let output = model.network(melPatch, taps: model.allTaps, Workspace(configuration, on: compute))
      try expectOutput(
        output, exact, configuration, "by \(compute.multiplication.name)", sourceLocation: sourceLocation)
    }
  }

  private func expectOutput(
    _ output: NetworkOutput, _ exact: NetworkTwin.Output, _ configuration: ModelConfiguration,
    _ comment: String, sourceLocation: SourceLocation
  ) throws {
    let tolerance = Tolerance(configuration: configuration)
    for (index, tokens) in exact.blockOutputs.enumerated() {
      let layer = index + 1
      let found = try #require(output.blockOutputs[layer])
      #expect(found.shape == [configuration.tokenCount, configuration.embeddingWidth])
      expectClose(
        found.elements, tokens.flatMap(\.self), relative: tolerance.blockOutput(layer),
        "layer \(layer) \(comment)",
        sourceLocation: sourceLocation)
    }
    for (name, found, exact) in [
      ("logits", output.logits, exact.logits), ("activations", output.activations, exact.activations),
    ] {
      #expect(found?.shape == exact.map { [$0.count] }, "\(name) \(comment)", sourceLocation: sourceLocation)
      expectClose(
        found?.elements ?? [], exact ?? [], relative: tolerance.head, "\(name) \(comment)",
        sourceLocation: sourceLocation)
    }
  }
}
