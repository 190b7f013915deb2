import MAEST

/// The provenance of an analysis's values, with the same keys as in records of `maest annotate`. Values with the same
/// provenance are comparable.
struct AnalysisSource: Encodable {
  /// Version of the engine.
  var engine = EngineVersion.current
  /// File name of the graph that the weights were converted from.
  var model: String
  /// SHA-256 of that graph.
  var modelSHA256: String
  /// File name of the separate classification head, if there is one.
  var head: String?
  var headSHA256: String?
  /// Precision of the encoder blocks; never `auto`.
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
