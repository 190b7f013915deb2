import MAEST
import MAESTKernels
import MAESTWeights

/// A part of the work on one patch.
struct Stage {
  /// How often it is done.
  let count: Int
  let benchmark: BenchmarkCase
}

/// What logits of one patch consist of.
struct StageCases {
  private let kernels: KernelCases
  private let engine: PatchEngine
  private let options: EngineOptions
  private let patch: [Float]

  /// - Throws: where the backend cannot be had.
  init(_ engine: PatchEngine, _ options: EngineOptions) throws {
    var engine = engine
    try engine.prepare(options)
    self.engine = engine
    self.options = options
    kernels = KernelCases(ModelShape(engine.configuration), on: try options.makeCompute())
    patch = PatchArray(noiseFor: engine.configuration, count: 1).patches[0]
  }

  var peak: BenchmarkCase { Peak(kernels.compute).benchmark(threadCount: kernels.compute.threadCount) }

  /// The real thing.
  var wholePatch: BenchmarkCase { pass("whole patch", taps: [.logits]) }

  /// The last block is another one: it is done for CLS and DIST alone.
  func stages() -> [Stage] {
    let attention = AttentionSteps(kernels).all
    let block =
      [kernels.packing(), kernels.projections()].compactMap { $0 } + attention
      + [kernels.attentionOutput(), kernels.expansion(), kernels.contraction()]
    let blockCount = kernels.shape.blockCount - 1
    return [Stage(count: 1, benchmark: pass("patch embedding", taps: []))]
      + block.map { Stage(count: blockCount, benchmark: $0) }
      + [lastBlock(), kernels.head()].map { Stage(count: 1, benchmark: $0) }
  }

  /// A pass over the patch; without any taps it ends after the patch embedding.
  private func pass(_ name: String, taps: Set<Tap>) -> BenchmarkCase {
    BenchmarkCase(
      name: name, threadCount: kernels.compute.threadCount, gigaflop: kernels.shape.gigaflop(taps)
    ) { engine.run([patch], taps: taps, options) }
  }

  /// Keys and values of all tokens, the rest for CLS and DIST.
  private func lastBlock() -> BenchmarkCase {
    let count = ModelConfiguration.leadingTokenCount
    let parts = [
      kernels.packing(rowCount: count), kernels.projections(rowCount: count),
      kernels.attention(queryCount: count), kernels.attentionOutput(rowCount: count),
      kernels.expansion(rowCount: count), kernels.contraction(rowCount: count),
    ].compactMap { $0 }
    return BenchmarkCase(
      name: "last block, for \(count) tokens", threadCount: kernels.compute.threadCount,
      gigaflop: parts.compactMap(\.gigaflop).reduce(0, +)
    ) { for part in parts { try part.run() } }
  }
}
