import Foundation
public import Logging
import MAESTConverter
import MAESTCore
import MAESTFiles
import MAESTNetwork
import MAESTTensor

/// A classification head in a separate file, used instead of the model's own head.
///
/// Essentia publishes such heads for MAEST, such as `genre_discogs400-discogs-maest-30s-pw-1.pb`: small frozen graphs
/// that compute logits and activations from the last layer's tokens. The graph is run without conversion.
///
/// ```swift
/// let model = try MAESTModel(path: "discogs-maest-30s-pw-2.pb")
/// let head = try ClassificationHeadModel(path: "genre_discogs400-discogs-maest-30s-pw-1.pb")
/// let analysis = try model.analyze(fileAt: "track.flac", head: head)
/// ```
///
/// The head is immutable and can be used from many threads at once.
public struct ClassificationHeadModel: TokenClassifier {
  /// Path of the graph.
  public let path: String
  /// The file's name.
  package var name: String { URL(filePath: path).lastPathComponent }
  /// SHA-256 of the graph, lower-case hexadecimal.
  public let digest: String
  /// Label names in output order.
  public let labels: [String]
  /// Number of tokens that the head expects.
  public let tokenCount: Int
  /// Width of a token's embedding.
  public let embeddingWidth: Int
  private let graph: ClassificationGraph

  /// Reads a frozen TensorFlow graph, a SavedModel folder or an ONNX file.
  ///
  /// - Parameters:
  ///   - path: the file or folder; label names are read from the `.json` beside it.
  ///   - options: threads and backend; the precision is ignored, a head is always computed in single precision.
  ///   - logger: receives a notice if label names had to be assumed; silent by default.
  /// - Throws: ``ModelError/noHeadFile(path:)`` if there is no graph, `ConversionError` if the graph is not a
  ///   classification head, or an error of the compute backend.
  public init(path: String, options: EngineOptions = .automatic, logger: Logger = .silent) throws {
    guard PathCalls.exists(path), !path.lowercased().hasSuffix(".safetensors") else {
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

  /// Computes logits and activations, each `[label]`, from the last layer's tokens `[token, embedding]`.
  ///
  /// The logits are nil if they are not a named node of the graph.
  ///
  /// - Throws: ``ModelError/headMismatch(path:expected:found:)`` if the tokens' shape differs, `ConversionError` if the
  ///   graph cannot be computed.
  public func callAsFunction(_ tokens: Tensor) throws -> (logits: Tensor?, activations: Tensor) {
    try requireTokens(tokens.shape)
    return try graph(tokens)
  }

  /// Name of the graph's input.
  package var inputName: String { graph.inputName }

  /// The graph's name for `activations` or `logits`; any other name is returned unchanged.
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
