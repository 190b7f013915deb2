import MAEST

/// Tags as JSON, one object a line.
struct TagJSON: TagPrinter {
  let selection: TagSelection
  /// Every label's values instead of tags.
  let includesAll: Bool
  /// The separate classification head, if there is one.
  let head: ClassificationHeadModel?

  func write(_ analysis: Analysis, of file: String, model: MAESTModel) throws {
    let mean = analysis.meanActivations ?? []
    var record = Record(
      file: file, duration: analysis.duration, model: model.description.provenance.sourceName,
      modelSHA256: model.description.provenance.sourceSHA256,
      head: head?.name, headSHA256: head?.digest)
    if includesAll {
      record.mean = mean
      record.patches = analysis.patches.map { PatchRecord(everyValueOf: $0) }
    } else {
      record.tags = selection.records(of: mean, labels: analysis.labels)
      if selection.perPatch {
        record.patches = analysis.patches.map {
          PatchRecord(tagsOf: $0, selection, labels: analysis.labels)
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

  private struct Record: Encodable {
    var file: String
    var duration: Double
    var model: String
    var modelSHA256: String
    var head: String?
    var headSHA256: String?
    var tags: [TagRecord]?
    var patches: [PatchRecord]?
    var mean: [Float]?

    enum CodingKeys: String, CodingKey {
      case file, duration, model, head, tags, patches, mean
      case modelSHA256 = "model_sha256"
      case headSHA256 = "head_sha256"
    }
  }
}
