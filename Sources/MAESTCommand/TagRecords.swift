import MAEST

/// A tag in JSON.
struct TagRecord: Encodable {
  var label: String
  var activation: Float
}

/// A patch in JSON; times in seconds.
struct PatchRecord: Encodable {
  /// Its number, from 0, in outputs of one patch a line.
  var patch: Int?
  /// Of the encoder blocks, likewise.
  var precision: EngineOptions.Precision?
  var start: Double
  var end: Double
  var tags: [TagRecord]?
  var activations: JSONNumbers?
  var logits: JSONNumbers?
}

extension PatchRecord {
  /// Every label's activation and logit.
  init(everyValueOf result: PatchAnalysis) {
    self.init(
      start: result.patch.startTime, end: result.patch.endTime,
      activations: (result.output.activations?.elements).map(JSONNumbers.init),
      logits: (result.output.logits?.elements).map(JSONNumbers.init))
  }

  /// The tags that the selection takes.
  init(tagsOf result: PatchAnalysis, _ selection: TagSelection, labels: [String]) {
    self.init(
      start: result.patch.startTime, end: result.patch.endTime,
      tags: selection.records(of: result.output.activations?.elements ?? [], labels: labels))
  }
}

extension TagSelection {
  func records(of activations: [Float], labels: [String]) -> [TagRecord] {
    tags(of: activations, labels: labels).map { TagRecord(label: $0.label, activation: $0.activation) }
  }
}
