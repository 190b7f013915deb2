import MAESTWeights

/// Assembles the recognised parts: one configuration shared by all blocks, and the parameters by name.
struct ModelAssembly {
  let matcher: PatternMatcher
  let embedding: EmbeddingPattern
  let blocks: [BlockPattern]
  /// nil for a model that returns only tokens.
  let head: HeadPattern?

  func configuration() throws(ConversionError) -> ModelConfiguration {
    for (index, block) in blocks.enumerated() {
      try requireEqual(facts(block), facts(blocks[0]), place: "block \(index + 1)", block.output)
    }
    let first = blocks[0]
    let configuration = ModelConfiguration(
      frameCount: embedding.convolution.frameCount, bandCount: embedding.convolution.bandCount,
      convolution: embedding.convolution.geometry, embeddingWidth: embedding.convolution.embeddingWidth,
      blockCount: blocks.count, headCount: first.attention.headCount, headWidth: first.attention.headWidth,
      attentionScale: first.attention.scale, feedForwardWidth: first.expansion.outputWidth,
      blockNormEpsilon: first.attentionNorm.epsilon,
      head: head.map {
        HeadConfiguration(
          labelCount: $0.dense.outputWidth, finalNormEpsilon: $0.finalNorm.epsilon,
          normEpsilon: $0.norm?.epsilon)
      })
    try configuration.requireRanges()
    return configuration
  }

  /// Returns the parameters in the manifest's order; throws if a shape does not match the configuration.
  func parameters() throws(ConversionError) -> [(parameter: Parameter, expression: WeightExpression)] {
    let expressions = expressionsByName()
    var list: [(Parameter, WeightExpression)] = []
    for parameter in try configuration().parameters {
      guard let expression = expressions[parameter.name] else {
        preconditionFailure("the manifest's \(parameter.name) is not among the recognised parts")
      }
      guard expression.shape == parameter.shape else {
        throw matcher.mismatch(
          parameter.name, expression.constants.first ?? embedding.tokens,
          expected: "shape \(parameter.shape), not \(expression.shape)")
      }
      list.append((parameter, expression))
    }
    return list
  }

  // MARK: - Parts

  /// The numbers that must be equal in all blocks.
  private func facts(_ block: BlockPattern) -> [String: Float] {
    [
      "heads": Float(block.attention.headCount), "head width": Float(block.attention.headWidth),
      "attention scale": block.attention.scale, "feed-forward width": Float(block.expansion.outputWidth),
      "epsilon of the norm before the feed-forward": block.feedForwardNorm.epsilon,
      "epsilon of the norm before the attention": block.attentionNorm.epsilon,
    ].merging(block.attentionNorm.epsilon == block.feedForwardNorm.epsilon ? [:] : ["two epsilons": 1]) { $1 }
  }

  private func requireEqual(
    _ found: [String: Float], _ expected: [String: Float], place: String, _ value: Value
  ) throws(ConversionError) {
    for (fact, number) in found.sorted(by: { $0.key < $1.key }) where expected[fact] != number {
      let wanted = expected[fact].map { "\($0)" } ?? "none"
      throw matcher.mismatch(place, value, expected: "\(fact) \(wanted) as in block 1, not \(number)")
    }
    if found["two epsilons"] != nil {
      throw matcher.mismatch(place, value, expected: "one epsilon for both norms of the block")
    }
  }

  private func expressionsByName() -> [String: WeightExpression] {
    typealias Name = ParameterName
    var all = [
      Name.weight(Name.patchEmbedding): embedding.convolution.kernel,
      Name.bias(Name.patchEmbedding): embedding.grid.bias,
      Name.classToken: embedding.classToken,
      Name.distillationToken: embedding.distillationToken,
      Name.positionEmbedding: embedding.position,
    ]
    func add(_ module: String, _ dense: DensePattern) {
      all[Name.weight(module)] = dense.weight
      all[Name.bias(module)] = dense.bias
    }
    func add(_ module: String, _ norm: NormPattern) {
      all[Name.scale(module)] = norm.scale
      all[Name.bias(module)] = norm.bias
    }
    for (index, block) in blocks.enumerated() {
      add(Name.attentionNorm(index), block.attentionNorm)
      add(Name.query(index), block.attention.query)
      add(Name.key(index), block.attention.key)
      add(Name.value(index), block.attention.value)
      add(Name.attentionOutput(index), block.attentionOutput)
      add(Name.feedForwardNorm(index), block.feedForwardNorm)
      add(Name.expansion(index), block.expansion)
      add(Name.contraction(index), block.contraction)
    }
    guard let head else { return all }
    add(Name.finalNorm, head.finalNorm)
    if let norm = head.norm { add(Name.headNorm, norm) }
    add(Name.headDense, head.dense)
    return all
  }
}
