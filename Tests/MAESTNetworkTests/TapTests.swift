import MAESTKernels
import MAESTNetwork
import MAESTTensor
import MAESTTestSupport
import MAESTWeights
import Testing

/// What is asked for is what is given, and it does not depend on what else is asked for.
@Suite struct TapTests {
  /// Enough tokens for two runs of rows: 41.
  static let configuration = NetworkShape("41 tokens", grid: (3, 13), blockCount: 3).configuration

  /// Every choice of the logits and the three layers.
  static let choices: [Set<Tap>] = (0..<16).map { bits in
    let all: [Tap] = [.logits, .blockOutput(layer: 1), .blockOutput(layer: 2), .blockOutput(layer: 3)]
    return Set(all.indices.filter { bits >> $0 & 1 == 1 }.map { all[$0] })
  }

  @Test(arguments: backends)
  func everyChoiceGivesExactlyThatAndTheSameBits(backend: MatrixBackend) throws {
    let model = try RandomModel(Self.configuration)
    let everything = try model.run(backend: backend)
    let logits = try #require(everything.logits)
    let activations = try #require(everything.activations)
    #expect(everything.blockOutputs.keys.sorted() == [1, 2, 3])
    for taps in Self.choices {
      let output = try model.run(taps: taps, backend: backend)
      #expect((output.logits != nil) == taps.contains(.logits), "\(taps)")
      #expect((output.activations != nil) == taps.contains(.logits), "\(taps)")
      let layers = (1...3).filter { taps.contains(.blockOutput(layer: $0)) }
      #expect(output.blockOutputs.keys.sorted() == layers, "\(taps)")
      if let found = output.logits { expectIdentical(found.elements, logits.elements, "\(taps)") }
      if let found = output.activations { expectIdentical(found.elements, activations.elements, "\(taps)") }
      for (layer, found) in output.blockOutputs {
        let expected = try #require(everything.blockOutputs[layer])
        expectIdentical(found.elements, expected.elements, "layer \(layer) of \(taps)")
      }
    }
  }

  @Test func theLayersOfAModelWithoutAHead() throws {
    var headless = Self.configuration
    headless.head = nil
    let model = try RandomModel(headless)
    let output = try model.run(taps: [.blockOutput(layer: 2)])
    #expect(output.blockOutputs.keys.sorted() == [2])
    #expect(output.logits == nil && output.activations == nil)
    expectIdentical(
      output.blockOutputs[2]?.elements ?? [], try model.run().blockOutputs[2]?.elements ?? [.nan])
  }

  @Test func theLayersDifferFromOneAnother() throws {
    let output = try RandomModel(Self.configuration).run()
    let layers = output.blockOutputs
    #expect(layers[1] != layers[2] && layers[2] != layers[3] && layers[1] != layers[3])
  }

  @Test func activationsAreBetweenNothingAndOneInTheOrderOfTheLogits() throws {
    let output = try RandomModel(Self.configuration).run(taps: [.logits])
    let logits = try #require(output.logits).elements
    let activations = try #require(output.activations).elements
    #expect(activations.allSatisfy { $0 > 0 && $0 < 1 })
    let order = logits.indices.sorted { logits[$0] < logits[$1] }
    #expect(order == activations.indices.sorted { activations[$0] < activations[$1] })
  }
}
