import MAESTConverter
import MAESTFiles
import MAESTWeights

/// A conversion's report as JSON.
struct ReportJSON: Encodable {
  private struct Comparison: Encodable {
    /// The output's role: "logits", "layer 7".
    let role: String
    /// The node's name in the graph.
    let node: String
    /// Number of values compared.
    let count: Int
    let largestDifference: Float
    let relativeError: Double
  }

  /// Path of the source.
  private let path: String
  /// Path of the weight file; nil if nothing was written.
  private let output: String?
  /// File name and SHA-256 of the source.
  private let model, modelSHA256, sourceFormat, converterVersion: String
  private let graph, input: String
  private let network: NetworkSizes
  private let labelSource: String
  private let weightCount: Int
  /// Names of the graph's nodes by output role.
  private let outputs: [String: [String]]
  private let parts: [ConversionExplanation.Part]
  private let ignored: [ConversionExplanation.Ignored]
  private let foldedNodeCount: Int
  private let notices: [String]
  /// Status of the verification; a failed verification is an error instead.
  private let verification: VerificationFacts
  /// Nil if the source was not verified.
  private let comparisons: [Comparison]?

  init(_ report: ConversionReport, source: String, output: String?) {
    let (description, provenance) = (report.description, report.description.provenance)
    path = source
    self.output = output
    model = provenance.sourceName
    modelSHA256 = provenance.sourceSHA256
    sourceFormat = provenance.sourceFormat
    converterVersion = provenance.converterVersion
    graph = report.graphSummary
    input = report.inputName
    network = NetworkSizes(description.configuration)
    labelSource = provenance.labelSource
    weightCount = report.weightCount
    outputs = description.outputNames
    parts = report.explanation.parts
    ignored = report.explanation.ignored
    foldedNodeCount = report.explanation.foldedNodeCount
    notices = report.notices
    verification = VerificationFacts(report.verification?.status ?? provenance.verification)
    comparisons = report.verification?.comparisons.map {
      Comparison(
        role: "\($0.role)", node: $0.name, count: $0.count, largestDifference: $0.maximumDifference,
        relativeError: $0.relativeNorm)
    }
  }

  func text() throws -> String { try SortedJSON.text(self, keys: .snakeCase, isIndented: true) }
}

/// A failed conversion as JSON.
struct FailureJSON: Encodable {
  struct Reason: Encodable {
    /// `ConversionError.code`, else the name of the error's type.
    let code: String
    /// Human-readable message.
    let message: String
  }

  let path: String
  let error: Reason

  init(_ error: any Error, source: String) {
    path = source
    self.error = Reason(
      code: (error as? ConversionError)?.code ?? "\(type(of: error))", message: "\(error)")
  }

  func text() throws -> String { try SortedJSON.text(self, keys: .snakeCase, isIndented: true) }
}
