/// One parameter of the network: its name in a weight file and its shape.
public struct Parameter: Sendable, Hashable {
  public let name: String
  public let shape: [Int]

  public init(_ name: String, _ shape: [Int]) {
    self.name = name
    self.shape = shape
  }
}

/// Names of the parameters, mirroring the network's modules. Blocks count from 0, as array indices do.
///
/// Weights of dense layers are `[input, output]`: `y = x · weight + bias`.
public enum ParameterName {
  /// The convolution as a dense layer: its weight is `[kernelBands * kernelFrames, embedding]`, rows band-major.
  public static let patchEmbedding = "patchEmbedding"
  public static let classToken = "tokens.class"
  public static let distillationToken = "tokens.distillation"
  /// `[token, embedding]`.
  public static let positionEmbedding = "positionEmbedding"
  public static let finalNorm = "finalNorm"
  public static let headNorm = "head.norm"
  public static let headDense = "head.dense"

  public static func attentionNorm(_ block: Int) -> String { "blocks.\(block).attentionNorm" }
  public static func feedForwardNorm(_ block: Int) -> String { "blocks.\(block).feedForwardNorm" }
  public static func query(_ block: Int) -> String { "blocks.\(block).attention.query" }
  public static func key(_ block: Int) -> String { "blocks.\(block).attention.key" }
  public static func value(_ block: Int) -> String { "blocks.\(block).attention.value" }
  public static func attentionOutput(_ block: Int) -> String { "blocks.\(block).attention.output" }
  public static func expansion(_ block: Int) -> String { "blocks.\(block).feedForward.expansion" }
  public static func contraction(_ block: Int) -> String { "blocks.\(block).feedForward.contraction" }

  public static func weight(_ module: String) -> String { module + ".weight" }
  public static func scale(_ module: String) -> String { module + ".scale" }
  public static func bias(_ module: String) -> String { module + ".bias" }
}

extension ModelConfiguration {
  /// Every parameter of the network, in the order of the forward pass: the one registry that converter and
  /// loader share.
  public var parameters: [Parameter] {
    typealias Name = ParameterName
    let width = embeddingWidth
    var list = Self.dense(Name.patchEmbedding, convolution.kernelElementCount, width)
    list += [
      Parameter(Name.classToken, [width]),
      Parameter(Name.distillationToken, [width]),
      Parameter(Name.positionEmbedding, [tokenCount, width]),
    ]
    for block in 0..<blockCount { list += blockParameters(block) }
    if let head {
      list += Self.norm(Name.finalNorm, width)
      if head.normEpsilon != nil { list += Self.norm(Name.headNorm, width) }
      list += Self.dense(Name.headDense, width, head.labelCount)
    }
    return list
  }

  private func blockParameters(_ block: Int) -> [Parameter] {
    typealias Name = ParameterName
    let width = embeddingWidth
    return Self.norm(Name.attentionNorm(block), width)
      + Self.dense(Name.query(block), width, attentionWidth)
      + Self.dense(Name.key(block), width, attentionWidth)
      + Self.dense(Name.value(block), width, attentionWidth)
      + Self.dense(Name.attentionOutput(block), attentionWidth, width)
      + Self.norm(Name.feedForwardNorm(block), width)
      + Self.dense(Name.expansion(block), width, feedForwardWidth)
      + Self.dense(Name.contraction(block), feedForwardWidth, width)
  }

  private static func norm(_ module: String, _ width: Int) -> [Parameter] {
    [Parameter(ParameterName.scale(module), [width]), Parameter(ParameterName.bias(module), [width])]
  }

  private static func dense(_ module: String, _ input: Int, _ output: Int) -> [Parameter] {
    [
      Parameter(ParameterName.weight(module), [input, output]),
      Parameter(ParameterName.bias(module), [output]),
    ]
  }
}
