import MAESTFiles
public import MAESTWeights

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Converts a MAEST model from a graph or from named tensors to a weight file, without TensorFlow.
///
/// Sources: frozen TensorFlow graphs (`.pb`), SavedModel folders, ONNX (`.onnx`), and safetensors with the names of
/// Hugging Face or of the original PyTorch module.
public enum GraphConverter {
  /// Version recorded in every weight file; it changes whenever the same graph would give a different file.
  public static let version = "1.2"

  /// Converts the model at `sourcePath` and writes the weight file `outputPath`.
  ///
  /// MAEST is recognised by the topology of the graph, not by names. The same source and metadata give the same bytes.
  /// Nothing is written unless all parts were recognised and, if requested, verified.
  ///
  /// - Parameters:
  ///   - metadataPath: Essentia's `.json` with the label names; by default the one beside the source.
  ///   - headCount: number of attention heads, for safetensors without a `config.json` that states it.
  ///   - verifying: whether to run the source's graph and the converted weights on the same random patch and compare
  ///     the results.
  /// - Throws: ``ConversionError`` if the source cannot be read or is not a MAEST model, ``VerificationError`` if the
  ///   results differ, `FileWriteError` if the output cannot be written.
  public static func convert(
    graphAt sourcePath: String, metadataAt metadataPath: String? = nil, headCount: Int? = nil,
    verifying: Bool = false, to outputPath: String
  ) throws -> ConversionReport {
    let conversion = try Conversion(sourcePath, metadataPath: metadataPath, headCount: headCount)
    return conversion.report(try conversion.write(to: outputPath, verifying: verifying))
  }

  /// Converts and verifies the graph at `sourcePath`; `willVerify` is called before the verification.
  ///
  /// - Parameter outputPath: if nil, the weights stay in the process's memory, under the source's path.
  /// - Throws: the errors of ``convert(graphAt:metadataAt:headCount:verifying:to:)``.
  package static func convertVerified(
    graphAt sourcePath: String, to outputPath: String?, willVerify: @escaping () -> Void
  ) throws -> (weights: WeightFile, report: ConversionReport) {
    let conversion = try Conversion(sourcePath, metadataPath: nil, headCount: nil)
    guard let outputPath else {
      let (weights, verification) = try conversion.inMemory(
        named: sourcePath, verifying: true, willVerify: willVerify)
      return (weights, conversion.report(verification))
    }
    let report = conversion.report(
      try conversion.write(to: outputPath, verifying: true, willVerify: willVerify))
    return (try WeightFile(path: outputPath), report)
  }

  /// Does the same as ``convert(graphAt:metadataAt:headCount:verifying:to:)`` without writing a weight file: weights to
  /// verify are in memory.
  public static func examine(
    graphAt sourcePath: String, metadataAt metadataPath: String? = nil, headCount: Int? = nil,
    verifying: Bool = false
  ) throws -> ConversionReport {
    let conversion = try Conversion(sourcePath, metadataPath: metadataPath, headCount: headCount)
    guard verifying, conversion.source.graph != nil else { return conversion.report(nil) }
    return conversion.report(try conversion.inMemory(named: sourcePath, verifying: true).verification)
  }

  /// Returns the path of Essentia's metadata beside a graph (the same name with `.json`); nil if there is none.
  public static func metadataPath(besideGraphAt path: String) -> String? {
    let beside = URL(filePath: path).deletingPathExtension().appendingPathExtension("json")
      .path(percentEncoded: false)
    return PathCalls.exists(beside) ? beside : nil
  }
}

/// A recognised source with its labels: everything that a weight file needs.
private struct Conversion {
  let source: ConvertibleModel
  let description: ModelDescription
  let labelNotice: String?

  init(_ path: String, metadataPath: String?, headCount: Int?) throws {
    source = try SourceReader.model(at: path, options: .init(headCount: headCount))
    let labels = try LabelSource.find(
      count: source.configuration.labelCount, own: source.labels, graphPath: path, metadataPath: metadataPath)
    labelNotice = labels.notice
    description = ModelDescription(
      configuration: source.configuration, labels: labels.labels,
      inputName: source.graph == nil ? nil : source.inputName, outputs: source.outputs,
      normalization: .discogs,
      provenance: Provenance(
        sourceName: URL(filePath: path).lastPathComponent, sourceSHA256: source.digest,
        sourceFormat: source.format, labelSource: labels.origin, converterVersion: GraphConverter.version,
        verification: source.graph == nil ? .noGraph : .notVerified))
  }

  func write(
    to path: String, verifying: Bool, willVerify: @escaping () -> Void = {}
  ) throws -> VerificationReport? {
    var report: VerificationReport?
    try WeightFile.write(
      description, parameters: source.finiteParameters, to: path,
      verifying: verification(verifying, willVerify) { report = $0 })
    return report
  }

  func inMemory(
    named name: String, verifying: Bool, willVerify: @escaping () -> Void = {}
  ) throws -> (weights: WeightFile, verification: VerificationReport?) {
    var report: VerificationReport?
    let weights = try WeightFile.inMemory(
      description, parameters: source.finiteParameters, named: name,
      verifying: verification(verifying, willVerify) { report = $0 })
    return (weights, report)
  }

  /// Returns the comparison of the weights with the graph; nil if it is not requested or there is no graph.
  private func verification(
    _ verifying: Bool, _ willVerify: @escaping () -> Void, _ keep: @escaping (VerificationReport) -> Void
  ) -> WeightFile.Verification? {
    guard verifying, let graph = source.graph else { return nil }
    return { weights in
      willVerify()
      let report = try ConversionVerification.verify(
        weights, against: graph, inputName: source.inputName, outputs: source.outputs, values: source.values)
      try report.requirePassed()
      keep(report)
      return report.status
    }
  }

  func report(_ verification: VerificationReport?) -> ConversionReport {
    ConversionReport(
      description: description, inputName: source.inputName, graphSummary: source.summary,
      explanation: source.explanation,
      notices: source.notices + [labelNotice].compactMap { $0 }, verification: verification)
  }
}

/// The result of a conversion.
public struct ConversionReport: Sendable {
  /// The model, as described in the weight file.
  public let description: ModelDescription
  /// Name of the graph's input node.
  public let inputName: String
  /// Sizes of the graph, in human-readable form.
  public let graphSummary: String
  /// What was recognised and where, and what was ignored.
  public let explanation: ConversionExplanation
  /// Assumptions that the user should know about.
  public let notices: [String]
  /// The comparison of the weights with the graph; nil if it was not requested or there is no graph.
  public let verification: VerificationReport?

  /// The graph's constants that the network does not depend on.
  public var unusedConstants: [String] { explanation.unusedConstants }

  /// Number of weights.
  public var weightCount: Int {
    description.configuration.parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }
}
