import MAESTKernels
import MAESTNetwork
import MAESTTensor
import MAESTWeights

/// Runs the network of a small model on one patch.
enum NetworkTrial {
  /// Multiplications of one pass, and numbers in memory, each of them.
  private static let workLimit = 1 << 24
  private static let sizeLimit = 1 << 18

  /// Whether one pass takes little time and memory.
  static func isSmall(_ configuration: ModelConfiguration) -> Bool {
    let tokens = saturated(configuration.gridBandCount, configuration.gridFrameCount) + 2
    let width = configuration.embeddingWidth
    let attention = saturated(configuration.headCount, configuration.headWidth)
    let kernel = saturated(configuration.convolution.kernelBands, configuration.convolution.kernelFrames)
    let inBlock = [
      saturated(4, tokens, width, attention), saturated(2, tokens, tokens, attention),
      saturated(2, tokens, width, configuration.feedForwardWidth),
    ].reduce(0, sum)
    let work = [
      saturated(configuration.blockCount, inBlock), saturated(tokens, width, kernel),
      saturated(2, width, max(configuration.labelCount, 1)),
    ].reduce(0, sum)
    let sizes = [
      saturated(configuration.frameCount, configuration.bandCount), saturated(tokens, width),
      saturated(tokens, attention), saturated(tokens, configuration.feedForwardWidth),
      saturated(tokens, kernel), saturated(configuration.headCount, tokens, tokens),
    ]
    return work <= workLimit && sizes.allSatisfy { $0 <= sizeLimit }
  }

  /// Takes everything from one pass that can be had; its values may be anything.
  static func run(_ weights: WeightFile) {
    guard let compute = try? Compute(backend: .builtin, threadCount: 1) else {
      preconditionFailure("no kernels")
    }
    let configuration = weights.configuration
    let network = AudioSpectrogramTransformer(weights)
    let patch = (0..<configuration.frameCount * configuration.bandCount).map { Float($0 % 7) / 4 - 0.75 }
    let last = configuration.blockCount
    var taps: Set<Tap> = [
      .blockOutput(layer: last), .attentionOutput(layer: 1), .attentionWeights(layer: last, queries: .all),
      .queries(layer: last), .keys(layer: 1), .values(layer: last),
    ]
    if configuration.head != nil { taps.formUnion([.logits, .finalNorm()]) }
    let output = network(
      Matrix(copying: patch, rows: configuration.frameCount, columns: configuration.bandCount), taps: taps,
      on: compute)
    let count = output[.blockOutput(layer: last)]?.elements.count
    precondition(count == configuration.tokenCount * configuration.embeddingWidth)
    precondition(configuration.head == nil || output.logits?.elements.count == configuration.labelCount)
  }

  private static func saturated(_ factors: Int...) -> Int {
    factors.reduce(1) { product, factor in
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      return overflow ? .max : next
    }
  }

  private static func sum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }
}
