import MAESTKernels
import MAESTNetwork
import MAESTTensor
import MAESTTestSupport
import MAESTWeights
import Testing

/// The network gives what its formulas say.
@Suite struct NetworkReferenceTests {
  @Test(arguments: NetworkShape.all, backends)
  func everyShape(shape: NetworkShape, backend: MatrixBackend) throws {
    let model = try RandomModel(shape.configuration)
    let melPatch = model.melPatch()
    let compute = try Compute(backend: backend, threadCount: 2)
    try expectFormulas(model, melPatch, compute)
  }

  @Test(arguments: NetworkShape.aroundSplits, backends)
  func everySplitIntoRuns(shape: NetworkShape, backend: MatrixBackend) throws {
    let model = try RandomModel(shape.configuration)
    try expectFormulas(model, model.melPatch(), try Compute(backend: backend, threadCount: 2))
  }

  @Test(arguments: InstructionSet.supported)
  func everyInstructionSet(set: InstructionSet) throws {
    let model = try RandomModel()
    for backend in backends {
      let compute = try Compute(backend: backend, instructionSet: set, threadCount: 1)
      try expectFormulas(model, model.melPatch(), compute)
    }
  }

  @Test func patchesOfOneValue() throws {
    let model = try RandomModel()
    let configuration = model.configuration
    let compute = try Compute(backend: backends[0], threadCount: 1)
    for value: Float in [0, -3, 20] {
      let values = [Float](repeating: value, count: configuration.frameCount * configuration.bandCount)
      let melPatch = Matrix(copying: values, rows: configuration.frameCount, columns: configuration.bandCount)
      try expectFormulas(model, melPatch, compute)
    }
  }

  /// Expects everything that the network gives to be as near to the twin as single precision allows.
  private func expectFormulas(
    _ model: RandomModel, _ melPatch: Matrix, _ compute: Compute,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let configuration = model.configuration
    let twin = NetworkTwin(configuration: configuration, parameters: model.parameters)
    let exact = try twin(
      (0..<melPatch.rows).map { melPatch[rows: $0..<$0 + 1].elements().map(Double.init) })
    let output = model.network(melPatch, taps: model.allTaps, Workspace(configuration, on: compute))
    let tolerance = Tolerance(configuration: configuration)
    for (index, tokens) in exact.blockOutputs.enumerated() {
      let layer = index + 1
      let found = try #require(output.blockOutputs[layer])
      #expect(found.shape == [configuration.tokenCount, configuration.embeddingWidth])
      expectClose(
        found.elements, tokens.flatMap(\.self), relative: tolerance.blockOutput(layer), "layer \(layer)",
        sourceLocation: sourceLocation)
    }
    for (name, found, exact) in [
      ("logits", output.logits, exact.logits), ("activations", output.activations, exact.activations),
    ] {
      #expect(found?.shape == exact.map { [$0.count] }, "\(name)", sourceLocation: sourceLocation)
      expectClose(
        found?.elements ?? [], exact ?? [], relative: tolerance.head, name, sourceLocation: sourceLocation)
    }
  }
}
