import Foundation
import MAESTConverter
import MAESTWeights

/// A conversion's report for programs.
struct ReportJSON: Encodable {
  private struct Model: Encodable {
    let frames, bands, tokens, width, blocks, heads, headWidth, feedForward, labels: Int
    let attentionScale: Float
  }

  private struct Comparison: Encodable {
    let output, name: String
    let count: Int
    let maximumDifference: Float
    let relativeNorm: Double
  }

  private let source: String
  /// nil: nothing was written.
  private let output: String?
  private let format, graph, input: String
  private let model: Model
  /// What each addressable output is.
  private let outputs: [String: String]
  private let parts: [ConversionExplanation.Part]
  private let ignored: [ConversionExplanation.Ignored]
  private let foldedNodes: Int
  private let notices: [String]
  /// nil: not verified. A verification that fails is an error.
  private let verification: [Comparison]?

  init(_ report: ConversionReport, source: String, output: String?) {
    let configuration = report.description.configuration
    self.source = source
    self.output = output
    format = report.description.provenance.sourceFormat
    graph = report.graphSummary
    input = report.inputName
    model = Model(
      frames: configuration.frameCount, bands: configuration.bandCount, tokens: configuration.tokenCount,
      width: configuration.embeddingWidth, blocks: configuration.blockCount, heads: configuration.headCount,
      headWidth: configuration.headWidth, feedForward: configuration.feedForwardWidth,
      labels: configuration.labelCount, attentionScale: configuration.attentionScale)
    outputs = report.description.outputs.mapValues { "\($0)" }
    parts = report.explanation.parts
    ignored = report.explanation.ignored
    foldedNodes = report.explanation.foldedNodeCount
    notices = report.notices
    verification = report.verification?.comparisons.map {
      Comparison(
        output: "\($0.role)", name: $0.name, count: $0.count, maximumDifference: $0.maximumDifference,
        relativeNorm: $0.relativeNorm)
    }
  }

  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
