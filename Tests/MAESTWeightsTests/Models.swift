import MAESTTestSupport
import MAESTWeights

/// Configurations and descriptions that the tests share.
enum Models {
  /// As the official models; `frameCount` is 316, 626, 1256 or 1876.
  static func official(frameCount: Int, labelCount: Int = 400) -> ModelConfiguration {
    ModelConfiguration(
      frameCount: frameCount, bandCount: 96,
      convolution: ConvolutionGeometry(kernelBands: 16, kernelFrames: 16, bandStride: 10, frameStride: 10),
      embeddingWidth: 768, blockCount: 12, headCount: 12, headWidth: 64, attentionScale: 0.125,
      feedForwardWidth: 3072, blockNormEpsilon: 1e-6,
      head: HeadConfiguration(labelCount: labelCount, finalNormEpsilon: 1e-6, normEpsilon: 1e-6))
  }

  /// No size of it is a multiple of 64 bytes: a grid of 2 x 3, 8 tokens, width 5, 2 blocks, 1 head of 3.
  static let odd = ModelConfiguration(
    frameCount: 11, bandCount: 5,
    convolution: ConvolutionGeometry(kernelBands: 3, kernelFrames: 5, bandStride: 2, frameStride: 3),
    embeddingWidth: 5, blockCount: 2, headCount: 1, headWidth: 3, attentionScale: 0.577, feedForwardWidth: 7,
    blockNormEpsilon: 1e-5, head: HeadConfiguration(labelCount: 3, finalNormEpsilon: 1e-6, normEpsilon: nil))

  /// The shortest header with everything in it: one block, one head, one label, one tensor of padding.
  static let smallest = ModelConfiguration(
    frameCount: 2, bandCount: 2,
    convolution: ConvolutionGeometry(kernelBands: 2, kernelFrames: 2, bandStride: 1, frameStride: 1),
    embeddingWidth: 16, blockCount: 1, headCount: 1, headWidth: 16, attentionScale: 0.5, feedForwardWidth: 17,
    blockNormEpsilon: 1e-6, head: HeadConfiguration(labelCount: 1, finalNormEpsilon: 1e-6, normEpsilon: 1e-5))

  /// Gives tokens only.
  static var headless: ModelConfiguration {
    var configuration = TinyModel.configuration
    configuration.head = nil
    return configuration
  }

  /// Texts and numbers that are easily lost on the way: quotes, escapes, several scripts, the ends of ranges.
  static var awkwardDescription: ModelDescription {
    var description = TinyModel.description()
    description.configuration.attentionScale = 1e-12
    description.configuration.blockNormEpsilon = 1e6
    description.configuration.head?.finalNormEpsilon = 0x1.fffffep-20
    description.labels = [
      "", "Folk, World, & Country---Müzik/\"Özgün\"", "Latin---Música\\Criolla\n\t", "日本語 🎵", "e\u{301}\u{0}",
    ]
    description.outputs = ["PartitionedCall/Identity:0": .activations, "": .logits, "ü \"x\"": .layer(3)]
    for number in 0..<40 { description.outputs["Identity_\(number)"] = .layer(1 + number % 3) }
    description.normalization = InputNormalization(mean: -0.1, standardDeviation: 1e-6)
    description.provenance = Provenance(
      sourceName: "дискография.pb", sourceSHA256: "", sourceFormat: "a/b\\c", labelSource: "\u{7f}\u{1}",
      converterVersion: "{}")
    return description
  }
}

extension WeightFile {
  /// A parameter's numbers, in order.
  func elements(of parameter: Parameter) -> [Float] {
    parameter.shape.count == 2 ? matrix(parameter.name).elements() : vector(parameter.name).elements()
  }
}
