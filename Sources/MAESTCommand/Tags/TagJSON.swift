import MAEST
import MAESTLibrary

/// Prints tags as JSON, one object per line.
struct TagJSON: TagPrinter {
  /// The values to print for a track.
  enum Content {
    /// The tags, and the times of the patches.
    case tags
    /// Every label's activation and logit of every patch.
    case everyValue
    /// The tags, and their activations in each patch.
    case curve
  }

  let selection: TagSelection
  let content: Content
  /// The separate classification head, if there is one.
  let head: ClassificationHeadModel?

  func write(_ analysis: Analysis, of file: String, model: MAESTModel) throws {
    let record =
      switch content {
      case .tags: try tags(of: analysis, file)
      case .everyValue: try everyValue(of: analysis, file)
      case .curve: try curve(of: analysis, file)
      }
    print(try jsonLine(JSONUnion(AnalysisSource(model, head: head), record)))
  }

  func write(failure: any Error, of file: String) { printFailure(failure, path: file) }

  private func tags(of analysis: Analysis, _ file: String) throws -> Record {
    var record = record(of: analysis, file)
    record.tags = selection.records(
      of: try analysis.activations(over: selection.aggregation), labels: analysis.labels)
    if selection.perPatch {
      record.patches = analysis.patches.map {
        PatchRecord(tagsOf: $0, selection, labels: analysis.labels)
      }
    }
    return record
  }

  private func everyValue(of analysis: Analysis, _ file: String) throws -> Record {
    var record = record(of: analysis, file)
    record.labels = analysis.labels
    record.activations = JSONNumbers(try analysis.activations(over: selection.aggregation))
    record.patches = analysis.patches.map { PatchRecord(everyValueOf: $0) }
    return record
  }

  private func curve(of analysis: Analysis, _ file: String) throws -> Record {
    let curve = try selection.curve(of: analysis)
    var record = record(of: analysis, file)
    record.tags = curve.tags.map(RecordedTag.init)
    record.curve = Curve(
      labels: curve.tags.map(\.label), activations: curve.windows.map { JSONNumbers($0.activations) })
    return record
  }

  private func record(of analysis: Analysis, _ file: String) -> Record {
    Record(
      path: file, duration: analysis.duration,
      warnings: analysis.warnings.isEmpty ? nil : analysis.warnings,
      overWindows: selection.aggregation.rawValue, patches: analysis.patches.map { PatchRecord($0.patch) })
  }

  private struct Record: Encodable {
    var path: String
    var duration: Double
    /// Nil if there are none.
    var warnings: [AudioWarning]?
    var overWindows: String
    var patches: [PatchRecord]
    var tags: [RecordedTag]?
    var curve: Curve?
    var labels: [String]?
    /// Aggregated over the windows, in the order of the labels.
    var activations: JSONNumbers?
  }

  private struct Curve: Encodable {
    var labels: [String]
    /// `[patch, label]`.
    var activations: [JSONNumbers]
  }
}
