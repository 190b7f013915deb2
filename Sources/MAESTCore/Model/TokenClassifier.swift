public import MAESTTensor

/// A classification head that replaces a model's own.
///
/// `ClassificationHeadModel`, in the product MAEST, reads one from a graph.
public protocol TokenClassifier: Sendable {
  /// Label names in output order.
  var labels: [String] { get }

  /// Checks the shape of the head's input tokens: `[token, embedding]`.
  ///
  /// - Throws: ``ModelError/headMismatch(path:expected:found:)`` for a shape that the head does not take.
  func requireTokens(_ shape: [Int]) throws(ModelError)

  /// Computes logits and activations, each `[label]`, from the last block's output `[token, embedding]`; logits are nil
  /// if the head does not provide them.
  func callAsFunction(_ tokens: Tensor) throws -> (logits: Tensor?, activations: Tensor)
}
