import MAESTConverter
import MAESTFiles
import MAESTWeights

/// A conversion's report for programs.
struct ReportJSON: Encodable {
  private struct Comparison: Encodable {
    /// Which output: "logits", "layer 7".
    let role: String
    /// The node's name in the graph.
    let node: String
    /// Numbers compared.
    let count: Int
    let largestDifference: Float
    let relativeError: Double
  }

  /// Of the source.
  private let path: String
  /// The weight file; nil: nothing was written.
  private let output: String?
  /// File name and SHA-256 of the source.
  private let model, modelSHA256, sourceFormat, converterVersion: String
  private let graph, input: String
  private let network: NetworkSizes
  private let labelSource: String
  private let weightCount: Int
  /// Names of the graph's nodes by what they give.
  private let outputs: [String: [String]]
  private let parts: [ConversionExplanation.Part]
  private let ignored: [ConversionExplanation.Ignored]
  private let foldedNodeCount: Int
  private let notices: [String]
  /// A verification that fails is an error.
  private let verification: VerificationFacts
  /// Nil: not verified.
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

/// A source that failed, for programs.
struct FailureJSON: Encodable {
  struct Reason: Encodable {
    /// ``ConversionError/code``, else the error's type.
    let code: String
    /// For people.
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
