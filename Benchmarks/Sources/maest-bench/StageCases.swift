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
  /// Those of the blocks, in the options' precision.
  private let block: any BlockCases
  private let engine: PatchEngine
  private let options: EngineOptions
  private let patch: [Float]

  /// - Throws: where the backend cannot be had.
  init(_ engine: PatchEngine, _ options: EngineOptions) throws {
    var engine = engine
    try engine.prepare(options)
    self.engine = engine
    self.options = options
    let (shape, compute) = (ModelShape(engine.configuration), try options.makeCompute())
    kernels = KernelCases(shape, on: compute)
    block = TileCases(shape, on: compute) ?? kernels
    patch = PatchArray(noiseFor: engine.configuration, count: 1).patches[0]
  }

  var peak: BenchmarkCase { Peak(kernels.compute).benchmark(threadCount: kernels.compute.threadCount) }

  /// The real thing.
  var wholePatch: BenchmarkCase { pass("whole patch", taps: [.logits]) }

  /// The last block is another one: it is done for CLS and DIST alone.
  func stages() -> [Stage] {
    let blockCount = kernels.shape.blockCount - 1
    return [Stage(count: 1, benchmark: pass("patch embedding", taps: []))]
      + block.wholeBlock.map { Stage(count: blockCount, benchmark: $0) }
      + [lastBlock(), kernels.head()].map { Stage(count: 1, benchmark: $0) }
  }

  /// A pass over the patch; without any taps it ends after the patch embedding.
  private func pass(_ name: String, taps: Set<Tap>) -> BenchmarkCase {
    BenchmarkCase(
      name: name, threadCount: kernels.compute.threadCount, gigaflop: kernels.shape.gigaflop(taps),
      hasPeak: kernels.compute.tiles == nil || taps.isEmpty
    ) { engine.run([patch], taps: taps, options) }
  }

  /// Keys and values of all tokens, the rest for CLS and DIST.
  private func lastBlock() -> BenchmarkCase {
    let count = ModelConfiguration.leadingTokenCount
    let parts = block.leadingTokens(count)
    return BenchmarkCase(
      name: "last block, for \(count) tokens", threadCount: kernels.compute.threadCount,
      gigaflop: parts.compactMap(\.gigaflop).reduce(0, +), hasPeak: parts.allSatisfy(\.hasPeak)
    ) { for part in parts { try part.run() } }
  }
}
