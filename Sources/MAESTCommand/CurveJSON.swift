import MAEST

/// The top tags' activations over time as JSON, one object a file.
struct CurveJSON: TagPrinter {
  let selection: TagSelection

  func write(_ analysis: Analysis, of file: String, model: MAESTModel) throws {
    let curve = selection.curve(of: analysis)
    let record = Record(
      file: file, precision: model.precision, labels: curve.tags.map(\.label),
      times: curve.windows.map { PatchRecord(start: $0.patch.startTime, end: $0.patch.endTime) },
      activations: curve.windows.map { JSONNumbers($0.activations) })
    print(try jsonLine(record))
  }

  func write(failure: any Error, of file: String) { printFailure(failure, file: file) }

  private struct Record: Encodable {
    var file: String
    var precision: EngineOptions.Precision
    var labels: [String]
    var times: [PatchRecord]
    /// `[window, label]`.
    var activations: [JSONNumbers]
  }
}
