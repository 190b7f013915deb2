/// One parameter of the network: its name in a weight file and its shape.
package struct Parameter: Sendable, Hashable {
  package let name: String
  package let shape: [Int]

  package init(_ name: String, _ shape: [Int]) {
    self.name = name
    self.shape = shape
  }
}

/// Parameter names, which mirror the network's modules. Blocks count from 0, like array indices.
///
/// Weights of dense layers are `[input, output]`: `y = x · weight + bias`.
package enum ParameterName {
  /// The convolution as a dense layer: its weight is `[kernelBands * kernelFrames, embedding]`, rows in band-major
  /// order.
  package static let patchEmbedding = "patchEmbedding"
  package static let classToken = "tokens.class"
  package static let distillationToken = "tokens.distillation"
  /// `[token, embedding]`.
  package static let positionEmbedding = "positionEmbedding"
  package static let finalNorm = "finalNorm"
  package static let headNorm = "head.norm"
  package static let headDense = "head.dense"

  package static func attentionNorm(_ block: Int) -> String { "blocks.\(block).attentionNorm" }
  package static func feedForwardNorm(_ block: Int) -> String { "blocks.\(block).feedForwardNorm" }
  package static func query(_ block: Int) -> String { "blocks.\(block).attention.query" }
  package static func key(_ block: Int) -> String { "blocks.\(block).attention.key" }
  package static func value(_ block: Int) -> String { "blocks.\(block).attention.value" }
  package static func attentionOutput(_ block: Int) -> String { "blocks.\(block).attention.output" }
  package static func expansion(_ block: Int) -> String { "blocks.\(block).feedForward.expansion" }
  package static func contraction(_ block: Int) -> String { "blocks.\(block).feedForward.contraction" }

  package static func weight(_ module: String) -> String { module + ".weight" }
  package static func scale(_ module: String) -> String { module + ".scale" }
  package static func bias(_ module: String) -> String { module + ".bias" }
}

extension ModelConfiguration {
  /// All parameters of the network, in the order of the forward pass. The converter and the loader both use this list.
  package var parameters: [Parameter] {
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
