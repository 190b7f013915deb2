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

  @Test(arguments: backends)
  func everyPointAloneHasTheSameBitsAsAmongAllOthers(backend: MatrixBackend) throws {
    let model = try RandomModel(Self.configuration)
    let everything = try model.run(backend: backend)
    #expect(everything.taps == model.allTaps)
    for tap in model.allTaps {
      let output = try model.run(taps: [tap], backend: backend)
      #expect(output.taps == [tap])
      #expect((output.activations != nil) == (tap == .logits))
      expectIdentical(output[tap]?.elements ?? [], everything[tap]?.elements ?? [.nan], "\(tap) alone")
    }
  }

  /// Random choices of a few points: exactly they are given.
  @Test(arguments: backends) func everyChoiceGivesExactlyThatAndTheSameBits(backend: MatrixBackend) throws {
    let model = try RandomModel(Self.configuration)
    let everything = try model.run(backend: backend)
    let all = model.allTaps.sorted { "\($0)" < "\($1)" }
    var random = SeededRandom(seed: 5)
    for _ in 0..<30 {
      let taps = Set((0..<1 + random.next() % 5).map { _ in all[Int(random.next() % UInt64(all.count))] })
      let output = try model.run(taps: taps, backend: backend)
      #expect(output.taps == taps)
      #expect((output.activations != nil) == taps.contains(.logits))
      for tap in taps {
        expectIdentical(output[tap]?.elements ?? [], everything[tap]?.elements ?? [.nan], "\(tap) of \(taps)")
      }
    }
  }

  @Test(arguments: backends) func everyRowOfAttentionSumsToOne(backend: MatrixBackend) throws {
    let model = try RandomModel(Self.configuration)
    let output = try model.run(backend: backend)
    for tap in output.taps {
      guard case .attentionWeights = tap, let weights = output[tap] else { continue }
      for row in stride(from: 0, to: weights.count, by: Self.configuration.tokenCount) {
        let sum = weights.elements[row..<row + Self.configuration.tokenCount].reduce(0.0) { $0 + Double($1) }
        #expect(abs(sum - 1) < 1e-5, "\(tap)")
      }
    }
  }

  @Test func nothingIsAskedFor() throws {
    #expect(try RandomModel(Self.configuration).run(taps: []).taps.isEmpty)
  }

  @Test func theLayersOfAModelWithoutAHead() throws {
    var headless = Self.configuration
    headless.head = nil
    let model = try RandomModel(headless)
    let layer = Tap.blockOutput(layer: 2)
    let output = try model.run(taps: [layer])
    #expect(output.taps == [layer] && output.activations == nil)
    expectIdentical(output[layer]?.elements ?? [], try model.run()[layer]?.elements ?? [.nan])
  }

  @Test func theLayersDifferFromOneAnother() throws {
    let output = try RandomModel(Self.configuration).run()
    let layers = (1...3).map { output[.blockOutput(layer: $0)] }
    #expect(layers[0] != layers[1] && layers[1] != layers[2] && layers[0] != layers[2])
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
