import MAESTKernels
import MAESTNetwork
import MAESTTensor
import MAESTTestSupport
import MAESTWeights
import Testing

/// A network of random weights, and the same weights as arrays.
struct RandomModel {
  let configuration: ModelConfiguration
  let parameters: [String: [Float]]
  let weights: WeightFile
  let network: AudioSpectrogramTransformer

  init(
    _ configuration: ModelConfiguration = TinyModel.configuration, seed: UInt64 = 1,
    times factor: (_ name: String) -> Float = { _ in 1 }
  ) throws {
    self.configuration = configuration
    (parameters, weights) = try withTemporaryFolder { folder in
      let path = folder + "/model.safetensors"
      let parameters = try TinyModel.write(to: path, configuration, seed: seed, times: factor)
      return (parameters, try WeightFile(path: path))
    }
    network = AudioSpectrogramTransformer(weights)
  }

  /// A random mel patch `[frame, band]`.
  func melPatch(seed: UInt64 = 100) -> Matrix {
    var random = SeededRandom(seed: seed)
    let count = configuration.frameCount * configuration.bandCount
    return Matrix(
      copying: (0..<count).map { _ in random.nextNormal() }, rows: configuration.frameCount,
      columns: configuration.bandCount)
  }

  /// Everything that can be asked for.
  var allTaps: Set<Tap> {
    let chosen = TokenSelection.tokens([2, 0, 1])
    let perLayer = (1...configuration.blockCount).flatMap { layer -> [Tap] in
      [
        .blockOutput(layer: layer), .blockOutput(layer: layer, tokens: .leading),
        .blockOutput(layer: layer, tokens: chosen), .attentionOutput(layer: layer),
        .attentionWeights(layer: layer), .attentionWeights(layer: layer, queries: .all),
        .attentionWeights(layer: layer, queries: chosen, heads: .mean),
        .queries(layer: layer), .keys(layer: layer), .values(layer: layer),
      ]
    }
    guard configuration.head != nil else { return Set(perLayer) }
    return Set(
      perLayer + [.logits, .finalNorm(), .finalNorm(tokens: .leading), .finalNorm(tokens: chosen)])
  }

  /// One pass with a workspace of its own.
  func run(
    _ melPatch: Matrix? = nil, taps: Set<Tap>? = nil, backend: MatrixBackend = backends[0],
    threadCount: Int = 1
  ) throws -> NetworkOutput {
    network(
      melPatch ?? self.melPatch(), taps: taps ?? allTaps,
      on: try Compute(backend: backend, threadCount: threadCount))
  }
}

/// The package's own kernels, the system's fast library, and plain loops.
#if canImport(Accelerate)
  let backends: [MatrixBackend] = [.builtin, .accelerate, .reference]
#else
  let backends: [MatrixBackend] = [.builtin, .openblas, .reference]
#endif

/// Expects two passes to have given the same things, to the last bit.
func expectIdentical(
  _ found: NetworkOutput, _ expected: NetworkOutput, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.taps == expected.taps, "\(what)")
  var pairs = expected.taps.map { ("\($0)", found[$0], expected[$0]) }
  pairs.append(("activations", found.activations, expected.activations))
  for (name, found, expected) in pairs {
    #expect(found?.shape == expected?.shape, "\(what) \(name)", sourceLocation: sourceLocation)
    expectIdentical(
      found?.elements ?? [], expected?.elements ?? [], "\(what) \(name)", sourceLocation: sourceLocation)
  }
}
