import ArgumentParser
import MAEST

/// Options for which embeddings to compute.
struct EmbeddingOptions: ParsableArguments {
  @Option(
    name: [.customLong("layer"), .customLong("layers")],
    help: "Layers: 7, 1-12, 1,3,5-7, all or final; may be repeated. Default: 7.",
    transform: LayerList.init(parsing:))
  var layers: [LayerList] = []

  @Option(
    help:
      "cls, dist, cls-dist, mean, mean3, cls-dist-mean, tokens or clsdist-final (maest embed --help tells what they are); may be repeated. Default: cls-dist-mean."
  )
  var pooling: [PoolingChoice] = []

  @Option(
    help: """
      Which values to take from each layer: blockOutput, or attentionOutput before it is added to the input.
      """)
  var point: Point = .blockOutput

  @Flag(name: .customLong("l2"), help: "Divide each vector by its Euclidean norm, in the end.")
  var normalizes = false

  enum Point: String, CaseIterable, ExpressibleByArgument {
    case blockOutput, attentionOutput
  }

  /// Whether any option for embeddings is given.
  var isUsed: Bool {
    !layers.isEmpty || !pooling.isEmpty || normalizes || point != .blockOutput
  }

  /// The requested embeddings, layer by layer, with the poolings of each layer in the order given.
  ///
  /// - Parameter aggregation: how to aggregate the vectors of all windows; nil for one vector per window.
  func kinds(layerCount: Int, overWindows aggregation: WindowAggregation?) throws(ModelError)
    -> [EmbeddingKind]
  {
    let choices = pooling.isEmpty ? [.pooling(.clsDistMean)] : pooling
    let lists = layers.isEmpty ? [LayerList.seventh] : layers
    let poolings = choices.compactMap { if case .pooling(let pooling) = $0 { pooling } else { nil } }
    var sources: [(EmbeddingKind.Source, Pooling)] = []
    for place in try LayerList.places(lists, layerCount: layerCount) {
      sources += poolings.map { (source(place), $0) }
    }
    if choices.contains(.clsDistFinal) { sources.append((.finalNorm, .clsDist)) }
    return sources.map { source, pooling in
      EmbeddingKind(source, pooling, normalization: normalizes ? .l2 : .none, overWindows: aggregation)
    }.unique
  }

  private func source(_ place: LayerList.Place) -> EmbeddingKind.Source {
    switch (place, point) {
    case (.final, _): .finalNorm
    case (.layer(let layer), .blockOutput): .blockOutput(layer: layer)
    case (.layer(let layer), .attentionOutput): .attentionOutput(layer: layer)
    }
  }
}
