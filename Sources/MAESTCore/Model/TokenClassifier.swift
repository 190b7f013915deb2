public import MAESTTensor

/// A classification head that takes the place of a model's own.
///
/// `ClassificationHeadModel`, in the product MAEST, reads one from a graph.
public protocol TokenClassifier: Sendable {
  /// Label names in output order.
  var labels: [String] { get }

  /// Checks the shape of the tokens that the head is to be given: `[token, embedding]`.
  ///
  /// - Throws: ``ModelError/headMismatch(path:expected:found:)`` for another one than it takes.
  func requireTokens(_ shape: [Int]) throws(ModelError)

  /// Logits and activations, each `[label]`, of the last block's output `[token, embedding]`; no logits if the head does
  /// not have them.
  func callAsFunction(_ tokens: Tensor) throws -> (logits: Tensor?, activations: Tensor)
}
