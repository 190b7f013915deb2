import Foundation
import MAESTFiles
import MAESTWeights

/// Weight files of small models with seeded random numbers.
public enum TinyModel {
  /// 36 frames, 26 bands: a grid of 2 x 3, 8 tokens; width 24, 3 blocks, 2 heads of 12, 5 labels.
  public static let configuration = ModelConfiguration(
    frameCount: 36, bandCount: 26,
    convolution: ConvolutionGeometry(kernelBands: 16, kernelFrames: 16, bandStride: 10, frameStride: 10),
    embeddingWidth: 24, blockCount: 3, headCount: 2, headWidth: 12, attentionScale: 0.3, feedForwardWidth: 40,
    blockNormEpsilon: 1e-6, head: HeadConfiguration(labelCount: 5, finalNormEpsilon: 1e-6, normEpsilon: 1e-5))

  /// A description for `configuration` with numbered labels.
  public static func description(_ configuration: ModelConfiguration = configuration) -> ModelDescription {
    ModelDescription(
      configuration: configuration, labels: (0..<configuration.labelCount).map { "label \($0)" },
      outputs: ["PartitionedCall/Identity": .logits, "PartitionedCall/Identity_1": .layer(1)],
      normalization: .discogs,
      provenance: Provenance(
        sourceName: "tiny.pb", sourceSHA256: String(repeating: "0", count: 64),
        sourceFormat: "random numbers",
        labelSource: "numbered", converterVersion: "0"))
  }

  /// Random parameters by name: weights of about unit gain, scales around 1.
  public static func parameters(_ configuration: ModelConfiguration = configuration, seed: UInt64 = 1)
    -> [String: [Float]]
  {
    var random = SeededRandom(seed: seed)
    var result: [String: [Float]] = [:]
    for parameter in configuration.parameters {
      let spread = parameter.shape.count == 2 ? (1 / Float(parameter.shape[0])).squareRoot() : 0.2
      let centre: Float = parameter.name.hasSuffix(".scale") ? 1 : 0
      result[parameter.name] = (0..<parameter.shape.reduce(1, *)).map { _ in
        centre + spread * random.nextNormal()
      }
    }
    return result
  }

  /// Writes a weight file and returns its parameters.
  ///
  /// - Parameter factor: what the numbers of a parameter are multiplied by.
  @discardableResult
  public static func write(
    to path: String, _ configuration: ModelConfiguration = configuration, seed: UInt64 = 1,
    times factor: (_ name: String) -> Float = { _ in 1 }
  ) throws -> [String: [Float]] {
    var parameters = parameters(configuration, seed: seed)
    for (name, numbers) in parameters { parameters[name] = numbers.map { $0 * factor(name) } }
    let sources = configuration.parameters.map { parameter in
      TensorSource(name: parameter.name, shape: parameter.shape) {
        (parameters[parameter.name] ?? []).withUnsafeBytes { Data($0) }
      }
    }
    try WeightFile.write(description(configuration), parameters: sources, to: path)
    return parameters
  }
}

/// Reproducible random numbers (SplitMix64).
public struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// From 0 to below 1.
  public mutating func nextUniform() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// Mean 0, deviation 1 (the sum of twelve uniform numbers).
  public mutating func nextNormal() -> Float { (0..<12).reduce(-6) { sum, _ in sum + nextUniform() } }
}
