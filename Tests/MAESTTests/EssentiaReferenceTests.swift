import MAEST
import MAESTTestSupport
import Testing

/// The whole chain, from audio file to every output, against numbers of the real Essentia with TensorFlow.
@Suite struct EssentiaReferenceTests {
  @Test(arguments: ReferenceModel.allCases, [EngineOptions.Backend.builtin, .openblas, .reference])
  func everyOutput(_ reference: ReferenceModel, _ backend: EngineOptions.Backend) throws {
    let model = try reference.load(backend: backend)
    let analysis = try model.analyze(
      fileAt: ReferenceModel.monoPath, AnalysisRequest(taps: ReferenceModel.everything))
    #expect(analysis.patches.count == 2)
    expectClose(
      analysis.patches.flatMap { $0.output.activations?.elements ?? [] },
      try ReferenceModel.expected(.activations).elements, maximum: EssentiaTolerance.activations,
      "activations")
    expectClose(
      analysis.patches.flatMap { $0.output.logits?.elements ?? [] },
      try ReferenceModel.expected(.logits).elements, maximum: EssentiaTolerance.logits, "logits")
    for layer in 1...12 {
      let tokens = try analysis.tokens(layer: layer)
      #expect(tokens.shape == [2, 281, 48])
      expectClose(
        tokens.elements, try ReferenceModel.expected(.layer(layer)).elements,
        relativeNorm: EssentiaTolerance.tokens, "layer \(layer)")
    }
  }

  @Test func repeatedLastPatch() throws {
    let analysis = try ReferenceModel.version1.load().analyze(
      fileAt: ReferenceModel.monoPath, AnalysisRequest(taps: [.logits], lastPatchMode: .repeat))
    let expected = try NumPyArray(contentsOfFile: Fixtures.path("expected/options-v1/repeat.npy"))
    #expect(analysis.patches.map(\.patch.isRepeated) == [false, false, true])
    expectClose(
      analysis.patches.flatMap { $0.output.activations?.elements ?? [] }, expected.elements,
      maximum: EssentiaTolerance.activations)
  }

  @Test func repeatedShortSignal() throws {
    let analysis = try ReferenceModel.version1.load().analyze(
      fileAt: ReferenceModel.shortPath, AnalysisRequest(taps: [.logits], lastPatchMode: .repeat))
    let expected = try NumPyArray(contentsOfFile: Fixtures.path("expected/options-v1/short_repeat.npy"))
    #expect(analysis.patches.count == 1)
    expectClose(try analysis.meanActivations, expected.elements, maximum: EssentiaTolerance.activations)
  }

  @Test func outputNamesMeanWhatEssentiaReturnsForThem() throws {
    let outputs = try ReferenceModel.version1.load().description.outputs
    // The exporter's names are in alphabetical order: number 7 is the fifth block.
    #expect(outputs["StatefulPartitionedCall:7"] == .layer(5))
    #expect(outputs["StatefulPartitionedCall:0"] == .activations)
    #expect(outputs["StatefulPartitionedCall:13"] == .logits)
    let second = try ReferenceModel.version2.load().description.outputs
    #expect(second["PartitionedCall/Identity_7"] == .layer(7))
    #expect(second["PartitionedCall/Identity"] == .logits)
    #expect(second["PartitionedCall/Identity_13"] == .activations)
  }
}
