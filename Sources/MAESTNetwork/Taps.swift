public import MAESTTensor

/// A point of the network whose values a caller can have.
public enum Tap: Sendable, Hashable {
  /// `[label]`: the head's output before the sigmoid.
  case logits
  /// `[token, embedding]`: the output of encoder block `layer`, counted from 1, before any final norm.
  case blockOutput(layer: Int)
}

/// What one pass over one mel patch gave: exactly what was asked for.
public struct NetworkOutput: Sendable {
  package init() {}

  /// `[label]`, if asked for.
  public package(set) var logits: Tensor?
  /// `[label]`: sigmoid of the logits, if these were asked for.
  public package(set) var activations: Tensor?
  /// `[token, embedding]` by layer number, for the block outputs asked for.
  public package(set) var blockOutputs: [Int: Tensor] = [:]
}

extension Set<Tap> {
  /// Blocks whose output is asked for.
  var layers: Set<Int> {
    Set<Int>(compactMap { if case .blockOutput(let layer) = $0 { layer } else { nil } })
  }
}
