import MAEST

/// Tags as JSON, one object a line.
struct TagJSON: TagPrinter {
  let selection: TagSelection
  /// Every label's values instead of tags.
  let includesAll: Bool
  /// The separate classification head, if there is one.
  let head: ClassificationHeadModel?

  func write(_ analysis: Analysis, of file: String, model: MAESTModel) throws {
    let overall = analysis.activations(over: selection.aggregation) ?? []
    var record = Record(
      file: file, duration: analysis.duration, model: model.description.provenance.sourceName,
      modelSHA256: model.description.provenance.sourceSHA256, precision: model.precision,
      head: head?.name, headSHA256: head?.digest, overWindows: selection.aggregation.rawValue)
    if includesAll {
      switch selection.aggregation {
      case .mean: record.mean = JSONNumbers(overall)
      case .max: record.max = JSONNumbers(overall)
      }
      record.patches = analysis.patches.map { PatchRecord(everyValueOf: $0) }
    } else {
      record.tags = selection.records(of: overall, labels: analysis.labels)
      record.patches = analysis.patches.map { result in
        selection.perPatch
          ? PatchRecord(tagsOf: result, selection, labels: analysis.labels)
          : PatchRecord(start: result.patch.startTime, end: result.patch.endTime)
      }
    }
    print(try jsonLine(record))
  }

  func write(failure: any Error, of file: String) { printFailure(failure, file: file) }

  private struct Record: Encodable {
    var file: String
    var duration: Double
    var model: String
    var modelSHA256: String
    var precision: EngineOptions.Precision
    var head: String?
    var headSHA256: String?
    var tags: [TagRecord]?
    var patches: [PatchRecord] = []
    var mean: JSONNumbers?
    var max: JSONNumbers?
    var overWindows: String

    enum CodingKeys: String, CodingKey {
      case file, duration, model, precision, head, tags, patches, mean, max
      case overWindows = "over_windows"
      case modelSHA256 = "model_sha256"
      case headSHA256 = "head_sha256"
    }
  }
}
