import MAEST

/// What makes the numbers of an analysis comparable with others, under the keys that records of `maest annotate` have.
struct AnalysisSource: Encodable {
  /// Version of the engine.
  var engine = EngineVersion.current
  /// File name of the graph that the weights come from.
  var model: String
  /// Of that graph.
  var modelSHA256: String
  /// File name of the separate classification head, if there is one.
  var head: String?
  var headSHA256: String?
  /// Of the encoder blocks; never `auto`.
  var precision: EngineOptions.Precision
}

extension AnalysisSource {
  init(_ model: MAESTModel, head: ClassificationHeadModel? = nil) {
    let provenance = model.description.provenance
    self.init(
      model: provenance.sourceName, modelSHA256: provenance.sourceSHA256, head: head?.name,
      headSHA256: head?.digest, precision: model.precision)
  }
}
