public import MAESTWeights

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Converts MAEST, from a graph or from named tensors, into a weight file, without TensorFlow.
///
/// Sources: frozen TensorFlow graphs (`.pb`), SavedModel folders, ONNX (`.onnx`), and safetensors with the names
/// of Hugging Face or of the PyTorch original.
public enum GraphConverter {
  /// Version that goes into every weight file; it changes when the same graph would give another file.
  public static let version = "1.1"

  /// Converts the model at `sourcePath` and writes the weight file `outputPath`.
  ///
  /// MAEST is found by the graph's topology, never by names. The same source and metadata give the same bytes.
  /// Nothing is written unless everything was recognised and, where asked for, verified.
  ///
  /// - Parameters:
  ///   - metadataPath: Essentia's `.json` with the label names; by default the one beside the source.
  ///   - headCount: attention heads, for safetensors without a `config.json` that tells them.
  ///   - verifying: run the source's graph and the converted weights on the same random patch, and compare.
  /// - Throws: ``ConversionError`` for a source that cannot be read or is no MAEST, ``VerificationError`` where the
  ///   results differ, `FileWriteError` where the output cannot be written.
  public static func convert(
    graphAt sourcePath: String, metadataAt metadataPath: String? = nil, headCount: Int? = nil,
    verifying: Bool = false, to outputPath: String
  ) throws -> ConversionReport {
    let conversion = try Conversion(sourcePath, metadataPath: metadataPath, headCount: headCount)
    return conversion.report(try conversion.write(to: outputPath, verifying: verifying))
  }

  /// Does all that ``convert(graphAt:metadataAt:headCount:verifying:to:)`` does, but leaves no weight file.
  ///
  /// Only verification needs the weights as a file: it stands in the system's temporary folder meanwhile.
  public static func examine(
    graphAt sourcePath: String, metadataAt metadataPath: String? = nil, headCount: Int? = nil,
    verifying: Bool = false
  ) throws -> ConversionReport {
    let conversion = try Conversion(sourcePath, metadataPath: metadataPath, headCount: headCount)
    guard verifying, conversion.source.graph != nil else { return conversion.report(nil) }
    let folder = FileManager.default.temporaryDirectory.appending(path: "maest-convert-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "weights.safetensors").path(percentEncoded: false)
    return conversion.report(try conversion.write(to: path, verifying: true))
  }

  /// Path of Essentia's metadata beside a graph (the same name with `.json`); nil where there is none.
  public static func metadataPath(besideGraphAt path: String) -> String? {
    let beside = URL(filePath: path).deletingPathExtension().appendingPathExtension("json")
      .path(percentEncoded: false)
    return FileManager.default.fileExists(atPath: beside) ? beside : nil
  }
}

/// A source that was recognised, with its labels: all that a weight file needs.
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
        sourceFormat: source.format, labelSource: labels.origin, converterVersion: GraphConverter.version))
  }

  func write(to path: String, verifying: Bool) throws -> VerificationReport? {
    var verification: VerificationReport?
    try WeightFile.write(description, parameters: source.parameters, to: path) { path in
      guard verifying, let graph = source.graph else { return }
      verification = try ConversionVerification.verify(
        weightFileAt: path, against: graph, inputName: source.inputName, outputs: source.outputs,
        values: source.values)
      try verification?.requirePassed()
    }
    return verification
  }

  func report(_ verification: VerificationReport?) -> ConversionReport {
    ConversionReport(
      description: description, inputName: source.inputName, graphSummary: source.summary,
      explanation: source.explanation,
      notices: source.notices + [labelNotice].compactMap { $0 }, verification: verification)
  }
}

/// What a conversion found.
public struct ConversionReport: Sendable {
  /// The model as the weight file describes it.
  public let description: ModelDescription
  /// Name of the graph's input node.
  public let inputName: String
  /// Sizes of the graph, for people.
  public let graphSummary: String
  /// What was found where, and what was left aside.
  public let explanation: ConversionExplanation
  /// Assumptions that the user should know of.
  public let notices: [String]
  /// How the weights compare with the graph; nil where that was not asked for or there is no graph.
  public let verification: VerificationReport?

  /// The graph's constants that the network does not depend on.
  public var unusedConstants: [String] { explanation.unusedConstants }

  /// Number of weights.
  public var weightCount: Int {
    description.configuration.parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }
}
