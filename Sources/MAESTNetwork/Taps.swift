public import MAESTTensor

/// A point of the network whose values a caller can have.
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
  /// `[head, query, token]`, or `[query, token]` where the heads are averaged: how much each query attends to each
  /// token, `softmax(scale · q · kᵀ)`; each row sums to 1.
  ///
  /// All queries of the 30 s model take 136 MB a layer with each head, 11 MB with their mean; CLS and DIST 160 KB.
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

/// Which tokens of a patch are meant.
public enum TokenSelection: Sendable, Hashable {
  /// CLS and DIST: indices 0 and 1. Where nothing else is asked for of the last block, it works on them alone.
  case leading
  /// All of them: CLS, DIST, then the grid, frequency-major.
  case all
  /// These indices, in this order.
  case tokens([Int])

  /// The indices among so many tokens.
  public func indices(tokenCount: Int) -> [Int] {
    switch self {
    case .leading: Array(0..<2)
    case .all: Array(0..<tokenCount)
    case .tokens(let indices): indices
    }
  }
}

/// Whether attention weights are those of each head.
public enum AttentionHeads: String, Sendable, Hashable, CaseIterable {
  /// One matrix for each head.
  case each
  /// The mean over the heads.
  case mean
}

/// What one pass over one mel patch gave: exactly what was asked for.
public struct NetworkOutput: Sendable {
  package init() {}

  /// The values at each point asked for.
  package var values: [Tap: Tensor] = [:]

  /// The points that have values.
  public var taps: Set<Tap> { Set(values.keys) }

  /// The values at a point, in the shape that ``Tap`` gives; nil where they were not asked for.
  public subscript(tap: Tap) -> Tensor? { values[tap] }

  /// `[label]`, if asked for.
  public var logits: Tensor? { values[.logits] }
  /// `[label]`: sigmoid of the logits, if these were asked for.
  public package(set) var activations: Tensor?
}

extension Tap {
  /// The block that the point belongs to, counted from 1; nil for what comes after the last one.
  public var layer: Int? {
    switch self {
    case .logits, .finalNorm: nil
    case .blockOutput(let layer, _), .attentionOutput(let layer), .attentionWeights(let layer, _, _),
      .queries(let layer), .keys(let layer), .values(let layer):
      layer
    }
  }

  /// The tokens that are chosen; nil where there is no choice.
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
