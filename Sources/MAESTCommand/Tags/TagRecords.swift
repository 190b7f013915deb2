import MAEST
import MAESTLibrary

/// A patch in JSON, with times in seconds.
struct PatchRecord: Encodable {
  /// Index of the patch, from 0; only in outputs with one patch per line.
  var patch: Int?
  var start: Double
  var end: Double
  var tags: [RecordedTag]?
  var labels: [String]?
  var activations: JSONNumbers?
  var logits: JSONNumbers?
}

extension PatchRecord {
  /// A record of the patch's times only.
  init(_ patch: Patch) { self.init(start: patch.startTime, end: patch.endTime) }

  /// A record of every label's activation and logit.
  init(everyValueOf result: PatchAnalysis) {
    self.init(result.patch)
    activations = (result.output.activations?.elements).map(JSONNumbers.init)
    logits = (result.output.logits?.elements).map(JSONNumbers.init)
  }

  /// A record of the selected tags.
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
