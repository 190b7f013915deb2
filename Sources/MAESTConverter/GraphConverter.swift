import MAESTTensor
public import MAESTWeights

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Converts frozen TensorFlow graphs of MAEST into weight files, without TensorFlow.
public enum GraphConverter {
  /// Version that goes into every weight file; it changes when the same graph would give another file.
  public static let version = "1.0"

  /// Converts the graph at `graphPath` and writes the weight file `outputPath`.
  ///
  /// MAEST is found by the graph's topology, never by names. The same graph and metadata give the same bytes.
  /// Nothing is written unless everything was recognised.
  ///
  /// - Parameters:
  ///   - metadataPath: Essentia's `.json` with the label names; by default the one beside the graph.
  /// - Throws: ``ConversionError`` for a graph that cannot be read or is no MAEST, `FileWriteError` where the
  ///   output cannot be written.
  public static func convert(
    graphAt graphPath: String, metadataAt metadataPath: String? = nil, to outputPath: String
  ) throws -> ConversionReport {
    let source = try read(graphPath)
    let folded = FoldedGraph(source.graph)
    let model = try ModelRecognizer.recognize(folded)
    let labels = try LabelSource.find(
      count: model.configuration.labelCount, graphPath: graphPath, metadataPath: metadataPath)
    let description = ModelDescription(
      configuration: model.configuration, labels: labels.labels, outputs: model.outputs,
      normalization: .discogs,
      provenance: Provenance(
        sourceName: URL(filePath: graphPath).lastPathComponent, sourceSHA256: source.digest,
        sourceFormat: "TensorFlow frozen graph", labelSource: labels.origin, converterVersion: version))
    let tensors = model.parameters.map { parameter, expression in
      TensorSource(name: parameter.name, shape: parameter.shape) { try expression.bytes(in: folded) }
    }
    try WeightFile.write(description, parameters: tensors, to: outputPath)
    return ConversionReport(
      description: description, inputName: model.inputName, graphSummary: source.graph.summary,
      unusedConstants: model.unusedConstants, notices: labels.notice.map { [$0] } ?? [])
  }

  /// Path of Essentia's metadata beside a graph (the same name with `.json`); nil where there is none.
  public static func metadataPath(besideGraphAt path: String) -> String? {
    let beside = URL(filePath: path).deletingPathExtension().appendingPathExtension("json")
      .path(percentEncoded: false)
    return FileManager.default.fileExists(atPath: beside) ? beside : nil
  }

  private static func read(_ path: String) throws -> (graph: Graph, digest: String) {
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch {
      throw ConversionError.unreadable(path: path, reason: error.reason)
    }
    return try file.withUnsafeBytes { bytes in
      (try GraphDefReader.read(bytes, path: path), SHA256Digest.hash(bytes))
    }
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
  /// The graph's constants that the network does not depend on.
  public let unusedConstants: [String]
  /// Assumptions that the user should know of.
  public let notices: [String]

  /// Number of weights.
  public var weightCount: Int {
    description.configuration.parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }
}
