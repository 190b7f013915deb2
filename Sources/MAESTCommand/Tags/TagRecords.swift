import MAEST
import MAESTLibrary

/// A patch in JSON; times in seconds.
struct PatchRecord: Encodable {
  /// Its number, from 0, in outputs of one patch a line.
  var patch: Int?
  var start: Double
  var end: Double
  var tags: [RecordedTag]?
  var labels: [String]?
  var activations: JSONNumbers?
  var logits: JSONNumbers?
}

extension PatchRecord {
  /// Its times alone.
  init(_ patch: Patch) { self.init(start: patch.startTime, end: patch.endTime) }

  /// Every label's activation and logit.
  init(everyValueOf result: PatchAnalysis) {
    self.init(result.patch)
    activations = (result.output.activations?.elements).map(JSONNumbers.init)
    logits = (result.output.logits?.elements).map(JSONNumbers.init)
  }

  /// The tags that the selection takes.
  init(tagsOf result: PatchAnalysis, _ selection: TagSelection, labels: [String]) {
    self.init(result.patch)
    tags = selection.records(of: result.output.activations?.elements ?? [], labels: labels)
  }
}

extension TagSelection {
  func records(of activations: [Float], labels: [String]) -> [RecordedTag] {
    tags(of: activations, labels: labels).map(RecordedTag.init)
  }
}

extension RecordedTag {
  init(_ tag: LabelActivation) { self.init(label: tag.label, activation: tag.activation) }
}
