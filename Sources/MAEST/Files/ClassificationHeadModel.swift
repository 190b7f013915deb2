import Foundation
public import Logging
import MAESTConverter
import MAESTCore
import MAESTNetwork
import MAESTTensor

/// A classification head in a file of its own, which takes the place of the model's head.
///
/// Essentia publishes such heads for MAEST, `genre_discogs400-discogs-maest-30s-pw-1.pb` and others: small frozen
/// graphs that turn the last layer's tokens into logits and activations. The graph is run as it is.
///
/// ```swift
/// let model = try MAESTModel(path: "discogs-maest-30s-pw-2.pb")
/// let head = try ClassificationHeadModel(path: "genre_discogs400-discogs-maest-30s-pw-1.pb")
/// let analysis = try model.analyze(fileAt: "track.flac", head: head)
/// ```
///
/// Immutable: any number of threads may use one at once.
public struct ClassificationHeadModel: TokenClassifier {
  /// Path of the graph.
  public let path: String
  /// The file's name.
  package var name: String { URL(filePath: path).lastPathComponent }
  /// SHA-256 of the graph, lower-case hexadecimal.
  public let digest: String
  /// Label names in output order.
  public let labels: [String]
  /// Tokens that the head takes.
  public let tokenCount: Int
  /// Width of a token's embedding.
  public let embeddingWidth: Int
  private let graph: ClassificationGraph

  /// Reads a frozen TensorFlow graph, a SavedModel folder or an ONNX file.
  ///
  /// - Parameters:
  ///   - path: the file or folder; label names come from the `.json` beside it.
  ///   - options: threads and backend; a head is computed in single precision, whatever precision they ask for.
  ///   - logger: told where label names are an assumption; silent by default.
  /// - Throws: ``ModelError/noHeadFile(path:)`` where there is no graph, `ConversionError` for a graph that is no
  ///   classification head, an error of the compute backend.
  public init(path: String, options: EngineOptions = .automatic, logger: Logger = .silent) throws {
    guard FileManager.default.fileExists(atPath: path), !path.lowercased().hasSuffix(".safetensors") else {
      throw ModelError.noHeadFile(path: path)
    }
    graph = try ClassificationGraph(path: path, compute: options.inSinglePrecision.makeCompute())
    self.path = path
    digest = graph.digest
    labels = graph.labels
    tokenCount = graph.tokenCount
    embeddingWidth = graph.embeddingWidth
    if let notice = graph.notice { logger.notice("\(notice)") }
  }

  /// Logits and activations, each `[label]`, of the last layer's tokens `[token, embedding]`.
  ///
  /// The logits are nil where the graph has no name for them.
  ///
  /// - Throws: ``ModelError/headMismatch(path:expected:found:)`` for tokens of another shape, `ConversionError`
  ///   for a graph that cannot be computed.
  public func callAsFunction(_ tokens: Tensor) throws -> (logits: Tensor?, activations: Tensor) {
    try requireTokens(tokens.shape)
    return try graph(tokens)
  }

  /// Name of the graph's input.
  package var inputName: String { graph.inputName }

  /// The graph's own name for what `activations` or `logits` stands for; any other name is one of the graph's.
  package func nodeName(_ name: String) -> String {
    switch name.lowercased() {
    case "activations": graph.activationsName
    case "logits": graph.logitsName ?? name
    default: name
    }
  }

  public func requireTokens(_ shape: [Int]) throws(ModelError) {
    guard shape == [tokenCount, embeddingWidth] else {
      throw .headMismatch(path: path, expected: [tokenCount, embeddingWidth], found: shape)
    }
  }
}
