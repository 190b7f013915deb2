import MAEST

/// Tags as JSON, one object a line.
struct TagJSON: TagPrinter {
  let selection: TagSelection
  /// Every label's values instead of tags.
  let includesAll: Bool

  func write(_ analysis: Analysis, of file: String, model: MAESTModel) throws {
    let mean = analysis.meanActivations ?? []
    var record = Record(
      file: file, duration: analysis.duration, model: model.description.provenance.sourceName,
      modelSHA256: model.description.provenance.sourceSHA256)
    if includesAll {
      record.mean = mean
      record.patches = analysis.patches.map { result in
        PatchRecord(
          start: result.patch.startTime, end: result.patch.endTime,
          activations: result.output.activations?.elements, logits: result.output.logits?.elements)
      }
    } else {
      record.tags = tags(mean, analysis.labels)
      if selection.perPatch {
        record.patches = analysis.patches.map { result in
          PatchRecord(
            start: result.patch.startTime, end: result.patch.endTime,
            tags: tags(result.output.activations?.elements ?? [], analysis.labels))
        }
      }
    }
    print(try jsonLine(record))
  }

  func write(failure: any Error, of file: String) {
    struct Failure: Encodable {
      var file: String
      var error: String
    }
    if let line = try? jsonLine(Failure(file: file, error: "\(failure)")) { print(line) }
  }

  private func tags(_ activations: [Float], _ labels: [String]) -> [TagRecord] {
    selection.tags(of: activations, labels: labels).map {
      TagRecord(label: $0.label, activation: $0.activation)
    }
  }

  private struct Record: Encodable {
    var file: String
    var duration: Double
    var model: String
    var modelSHA256: String
    var tags: [TagRecord]?
    var patches: [PatchRecord]?
    var mean: [Float]?

    enum CodingKeys: String, CodingKey {
      case file, duration, model, tags, patches, mean
      case modelSHA256 = "model_sha256"
    }
  }

  private struct PatchRecord: Encodable {
    var start: Double
    var end: Double
    var tags: [TagRecord]?
    var activations: [Float]?
    var logits: [Float]?
  }

  private struct TagRecord: Encodable {
    var label: String
    var activation: Float
  }
}
