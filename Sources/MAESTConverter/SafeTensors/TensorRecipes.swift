import MAESTWeights

extension TensorNaming {
  /// Returns a recipe for each parameter of `configuration`, by the parameter's name.
  func recipes(for configuration: ModelConfiguration) -> [String: TensorRecipe] {
    typealias Name = ParameterName
    let (width, geometry) = (configuration.embeddingWidth, configuration.convolution)
    var recipes = [
      Name.weight(Name.patchEmbedding): TensorRecipe.transposed(
        patchEmbedding + ".weight", shape: [width, 1, geometry.kernelBands, geometry.kernelFrames]),
      Name.bias(Name.patchEmbedding): .plain(patchEmbedding + ".bias", shape: [width]),
      Name.classToken: .plain(classToken, shape: [1, 1, width]),
      Name.distillationToken: .plain(distillationToken, shape: [1, 1, width]),
      Name.positionEmbedding: positionRecipe(configuration),
    ]
    for block in 0..<configuration.blockCount { recipes.merge(blockRecipes(block, configuration)) { $1 } }
    if let head = configuration.head {
      recipes.merge(Self.norm(Name.finalNorm, finalNorm, width)) { $1 }
      if head.normEpsilon != nil { recipes.merge(Self.norm(Name.headNorm, headNorm, width)) { $1 } }
      recipes.merge(Self.dense(Name.headDense, headDense, width, head.labelCount)) { $1 }
    }
    return recipes
  }

  private func positionRecipe(_ configuration: ModelConfiguration) -> TensorRecipe {
    switch position {
    case .whole(let name):
      .plain(name, shape: [1, configuration.tokenCount, configuration.embeddingWidth])
    case .separate(let leading, let time, let frequency):
      .position(
        leading: leading, time: time, frequency: frequency, width: configuration.embeddingWidth,
        bands: configuration.gridBandCount, frames: configuration.gridFrameCount,
        leadingCount: ModelConfiguration.leadingTokenCount)
    }
  }

  private func blockRecipes(_ index: Int, _ configuration: ModelConfiguration) -> [String: TensorRecipe] {
    typealias Name = ParameterName
    let (width, inner) = (configuration.embeddingWidth, configuration.attentionWidth)
    let own = block(index)
    var recipes = Self.norm(Name.attentionNorm(index), own + attentionNorm, width)
    let parameters = [Name.query(index), Name.key(index), Name.value(index)]
    switch projections {
    case .separate(let query, let key, let value):
      for (parameter, name) in zip(parameters, [query, key, value]) {
        recipes.merge(Self.dense(parameter, own + name, width, inner)) { $1 }
      }
    case .fused(let name):
      for (third, parameter) in parameters.enumerated() {
        recipes[Name.weight(parameter)] = .third(
          third, of: "\(own)\(name).weight", shape: [3 * inner, width])
        recipes[Name.bias(parameter)] = .third(third, of: "\(own)\(name).bias", shape: [3 * inner])
      }
    }
    recipes.merge(Self.dense(Name.attentionOutput(index), own + attentionOutput, inner, width)) { $1 }
    recipes.merge(Self.norm(Name.feedForwardNorm(index), own + feedForwardNorm, width)) { $1 }
    let hidden = configuration.feedForwardWidth
    recipes.merge(Self.dense(Name.expansion(index), own + expansion, width, hidden)) { $1 }
    recipes.merge(Self.dense(Name.contraction(index), own + contraction, hidden, width)) { $1 }
    return recipes
  }

  private static func norm(_ module: String, _ name: String, _ width: Int) -> [String: TensorRecipe] {
    [
      ParameterName.scale(module): .plain(name + ".weight", shape: [width]),
      ParameterName.bias(module): .plain(name + ".bias", shape: [width]),
    ]
  }

  private static func dense(
    _ module: String, _ name: String, _ input: Int, _ output: Int
  ) -> [String: TensorRecipe] {
    [
      ParameterName.weight(module): .transposed(name + ".weight", shape: [output, input]),
      ParameterName.bias(module): .plain(name + ".bias", shape: [output]),
    ]
  }
}
