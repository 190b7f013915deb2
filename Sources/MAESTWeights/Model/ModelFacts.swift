/// The sizes of a model's network in JSON, under the property names of ``ModelConfiguration``.
package struct NetworkSizes: Encodable, Sendable {
  let frameCount: Int
  let bandCount: Int
  let tokenCount: Int
  let gridFrequencyCount: Int
  let gridTimeCount: Int
  let embeddingWidth: Int
  let blockCount: Int
  let headCount: Int
  let headWidth: Int
  let attentionScale: Float
  let feedForwardWidth: Int
  let labelCount: Int

  package init(_ configuration: ModelConfiguration) {
    frameCount = configuration.frameCount
    bandCount = configuration.bandCount
    tokenCount = configuration.tokenCount
    gridFrequencyCount = configuration.gridBandCount
    gridTimeCount = configuration.gridFrameCount
    embeddingWidth = configuration.embeddingWidth
    blockCount = configuration.blockCount
    headCount = configuration.headCount
    headWidth = configuration.headWidth
    attentionScale = configuration.attentionScale
    feedForwardWidth = configuration.feedForwardWidth
    labelCount = configuration.labelCount
  }
}

extension ModelDescription {
  /// Names of the graph's outputs by role, in alphabetical order: "logits", "activations", "layer 1" ...
  package var outputNames: [String: [String]] {
    Dictionary(grouping: outputs.keys.sorted()) { outputs[$0]?.description ?? "" }
  }
}
