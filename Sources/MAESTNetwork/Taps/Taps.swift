public import MAESTTensor

/// A point of the network whose values a caller can request.
///
/// Layers are encoder blocks, counted from 1. Values are those of one patch.
public enum Tap: Sendable, Hashable {
  /// `[label]`: the head's output before the sigmoid; the activations come with it.
  case logits
  /// `[token, embedding]`: the output of block `layer`, before any final norm.
  case blockOutput(layer: Int, tokens: TokenSelection = .all)
  /// `[token, embedding]`: the output of the block's attention, after the output projection and before it is added
  /// to the block's input.
  case attentionOutput(layer: Int)
  /// `[head, query, token]`, or `[query, token]` if the heads are averaged: the attention weights
  /// `softmax(scale · q · kᵀ)`; each row sums to 1.
  ///
  /// All queries of the 30 s model take 136 MB per layer with each head, and 11 MB with their mean; CLS and DIST take
  /// 160 KB.
  case attentionWeights(layer: Int, queries: TokenSelection = .leading, heads: AttentionHeads = .each)
  /// `[token, head, width]`: the attention's queries, bias included, before the scale.
  case queries(layer: Int)
  /// `[token, head, width]`: the attention's keys, bias included.
  case keys(layer: Int)
  /// `[token, head, width]`: the attention's values, bias included.
  case values(layer: Int)
  /// `[token, embedding]`: the last block's output after the model's final LayerNorm.
  case finalNorm(tokens: TokenSelection = .all)
}

/// A choice of tokens of a patch.
public enum TokenSelection: Sendable, Hashable {
  /// CLS and DIST: indices 0 and 1. If nothing else is requested from the last block, it computes only these two.
  case leading
  /// All tokens: CLS, DIST, then the grid, frequency-major.
  case all
  /// The tokens with these indices, in this order.
  case tokens([Int])

  /// The indices, for a patch of `tokenCount` tokens.
  public func indices(tokenCount: Int) -> [Int] {
    switch self {
    case .leading: Array(0..<2)
    case .all: Array(0..<tokenCount)
    case .tokens(let indices): indices
    }
  }
}

/// Whether attention weights are given for each head or averaged.
public enum AttentionHeads: String, Sendable, Hashable, CaseIterable {
  /// One matrix for each head.
  case each
  /// The mean over the heads.
  case mean
}

/// The results of one forward pass over one mel patch: exactly the requested taps.
public struct NetworkOutput: Sendable {
  package init() {}

  /// The values of each requested tap.
  package var values: [Tap: Tensor] = [:]

  /// The taps that have values.
  public var taps: Set<Tap> { Set(values.keys) }

  /// The values of a tap, in the shape that ``Tap`` documents; nil if the tap was not requested.
  public subscript(tap: Tap) -> Tensor? { values[tap] }

  /// `[label]`; nil if the logits were not requested.
  public var logits: Tensor? { values[.logits] }
  /// `[label]`: the sigmoid of the logits; nil if these were not requested.
  public package(set) var activations: Tensor?
}

extension Tap {
  /// The block that the tap belongs to, counted from 1; nil for taps after the last block.
  public var layer: Int? {
    switch self {
    case .logits, .finalNorm: nil
    case .blockOutput(let layer, _), .attentionOutput(let layer), .attentionWeights(let layer, _, _),
      .queries(let layer), .keys(let layer), .values(let layer):
      layer
    }
  }

  /// The chosen tokens; nil for taps without a choice.
  public var tokens: TokenSelection? {
    switch self {
    case .blockOutput(_, let tokens), .attentionWeights(_, let tokens, _), .finalNorm(let tokens): tokens
    case .logits, .attentionOutput, .queries, .keys, .values: nil
    }
  }
}

extension Tap: CustomStringConvertible {
  /// For people: "blockOutput of layer 7", "attentionWeights of layer 3 (CLS and DIST, each head)".
  public var description: String {
    switch self {
    case .logits: "logits"
    case .blockOutput(let layer, .all): "blockOutput of layer \(layer)"
    case .blockOutput(let layer, let tokens): "blockOutput of layer \(layer) (\(tokens))"
    case .attentionOutput(let layer): "attentionOutput of layer \(layer)"
    case .attentionWeights(let layer, let queries, let heads):
      "attentionWeights of layer \(layer) (\(queries), \(heads == .each ? "each head" : "mean over heads"))"
    case .queries(let layer): "queries of layer \(layer)"
    case .keys(let layer): "keys of layer \(layer)"
    case .values(let layer): "values of layer \(layer)"
    case .finalNorm(.all): "finalNorm"
    case .finalNorm(let tokens): "finalNorm (\(tokens))"
    }
  }
}

extension TokenSelection: CustomStringConvertible {
  public var description: String {
    switch self {
    case .leading: "CLS and DIST"
    case .all: "all tokens"
    case .tokens(let indices): "tokens \(indices.map(String.init).joined(separator: ", "))"
    }
  }
}

extension NetworkOutput: CustomStringConvertible {
  /// "blockOutput of layer 7 [1406, 768], logits [400]".
  public var description: String {
    values.map { "\($0.key) \($0.value.shape)" }.sorted().joined(separator: ", ")
  }
}
